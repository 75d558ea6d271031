import type { Forge, SourceCommit } from '../../domain/forge.ts';
import type { Progress } from '../scan.ts';
import type { Own, Standing } from './standing.ts';
import { inEarlierFiles, stoodThen } from './standing.ts';

/** Commits that are looked at, the newest: what ran before all of these nobody goes back to. */
const mostCommits = 200;
/** Commits whose files are read at once. */
const atOnce = 5;
/** Bytes of one file. */
const fileLimit = 10_000_000;

interface Ports {
  readonly forge: Pick<Forge, 'line' | 'file'>;
  readonly progress: Progress;
  /** The app's references at a commit. */
  ownAt(commit: string): Promise<readonly Own[]>;
}

/**
 * How an app stood after each commit that changed one of its files, newest first; read from the forge as far as it is asked for. Where its
 * files begin, it goes on with those that it stood in before.
 */
export async function* standings(ports: Ports, path: string, head: string, own: readonly Own[]): AsyncGenerator<Standing> {
  let left = mostCommits;
  let [at, looked]: [string | undefined, readonly Own[]] = [head, own];
  while (at !== undefined && looked.length > 0) {
    const { commits } = await ports.forge.line(path, at, filesOf(looked), left);
    yield* standingsAt(ports, path, commits, looked);
    left -= Math.max(commits.length, 1);
    if (left <= 0) return;
    const last: string | undefined = commits.at(-1)?.sha;
    at = last === undefined ? undefined : (await ports.forge.line(path, last, [], 2)).commits[1]?.sha;
    looked = at === undefined ? [] : inEarlierFiles(looked, await ports.ownAt(at));
  }
}

async function* standingsAt(
  { forge, progress }: Ports,
  path: string,
  commits: readonly SourceCommit[],
  own: readonly Own[],
): AsyncGenerator<Standing> {
  const files = filesOf(own);
  for (let at = 0; at < commits.length; at += atOnce) {
    const some = commits.slice(at, at + atOnce);
    progress.add(some.length);
    const read = some.map(async (commit) => {
      const standing = await standingAt(forge, path, { commit, files, own });
      progress.done(`${path} ${commit.sha}`);
      return standing;
    });
    yield* await Promise.all(read);
  }
}

const filesOf = (own: readonly Own[]): string[] => [...new Set(own.map(({ file }) => file))];

interface At {
  readonly commit: SourceCommit;
  readonly files: readonly string[];
  readonly own: readonly Own[];
}

async function standingAt(forge: Pick<Forge, 'file'>, path: string, { commit, files, own }: At): Promise<Standing> {
  const stood = files.map(async (file) => stoodThen(own, file, await forge.file(path, commit.sha, file, fileLimit)));
  return { commit, stood: (await Promise.all(stood)).flat() };
}
