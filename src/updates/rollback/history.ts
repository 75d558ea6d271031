import type { Forge, SourceCommit } from '../../domain/forge.ts';
import type { Progress } from '../scan.ts';
import type { Own, Standing } from './standing.ts';
import { stoodThen } from './standing.ts';

/** Commits that are looked at, the newest: what ran before all of these nobody goes back to. */
const mostCommits = 200;
/** Commits whose files are read at once. */
const atOnce = 5;
/** Bytes of one file. */
const fileLimit = 10_000_000;

/** How an app stood after each commit that changed one of its files, newest first; read from the forge as far as it is asked for. */
export async function* standings(
  { forge, progress }: { readonly forge: Pick<Forge, 'line' | 'file'>; readonly progress: Progress },
  path: string,
  head: string,
  own: readonly Own[],
): AsyncGenerator<Standing> {
  const files = [...new Set(own.map(({ reference }) => reference.file))];
  const { commits } = await forge.line(path, head, files, mostCommits);
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

interface At {
  readonly commit: SourceCommit;
  readonly files: readonly string[];
  readonly own: readonly Own[];
}

async function standingAt(forge: Pick<Forge, 'file'>, path: string, { commit, files, own }: At): Promise<Standing> {
  const stood = files.map(async (file) => stoodThen(own, file, await forge.file(path, commit.sha, file, fileLimit)));
  return { commit, stood: (await Promise.all(stood)).flat() };
}
