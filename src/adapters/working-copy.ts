import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { UsageError } from '../domain/errors.ts';
import { existingFolder } from './folder.ts';
import { type Git, gitIn } from './git.ts';

/** A folder in a git repository that somebody works in. */
export interface WorkingCopy {
  /** The commit that a branch, tag or other revision names. Throws UsageError when there is none. */
  commit(revision: string): Promise<string>;
  /** False before the first commit. */
  hasCommits(): Promise<boolean>;
  /** The newest commit that two revisions have in common; undefined where there is none, as in a copy without its history. */
  fork(one: string, other: string): Promise<string | undefined>;
  /** As the remote names it, else `main` or `master`, whichever there is. */
  defaultBranch(): Promise<string | undefined>;
  /** A tar of the folder at a commit, below one top-level folder; undefined where the commit does not have it. */
  archive(commit: string): Promise<Readable | undefined>;
}

/** undefined for a folder in no repository. Throws UsageError when there is no such folder, or no git. */
export function findWorkingCopy(folder: string): WorkingCopy | undefined {
  const inside = existingFolder(folder);
  for (let top = inside; ; top = dirname(top)) {
    const gitFolder = gitFolderOf(top);
    if (gitFolder !== undefined) return workingCopy(gitIn(gitFolder, folder), folder, relative(top, inside).split(sep).join('/'));
    if (dirname(top) === top) return undefined;
  }
}

/** A linked working copy has a file that says where its git folder is. https://git-scm.com/docs/gitrepository-layout */
function gitFolderOf(top: string): string | undefined {
  const found = statSync(join(top, '.git'), { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (found.isDirectory()) return join(top, '.git');
  const [, path] = /^gitdir: (.+)$/m.exec(readFileSync(join(top, '.git'), 'utf8')) ?? [];
  return path === undefined ? undefined : resolve(top, path);
}

function workingCopy(git: Git, folder: string, path: string): WorkingCopy {
  const objectAt = (name: string): Promise<string | undefined> =>
    oneLine(git, `looking for ${name}`, ['rev-parse', '--verify', '--quiet', '--end-of-options', name], [0, 1, 128]);
  const commit = async (revision: string): Promise<string> => {
    const found = await objectAt(`${revision}^{commit}`);
    if (found === undefined) throw new UsageError(`${folder}: its repository has no revision ${revision}; fetch it, or correct its name`);
    return found;
  };
  return {
    commit,
    hasCommits: async () => (await objectAt('HEAD^{commit}')) !== undefined,
    fork: async (one, other) =>
      oneLine(git, 'looking for the common commit', ['merge-base', await commit(one), await commit(other)], [0, 1]),
    defaultBranch: async () => {
      const remote = await oneLine(
        git,
        'looking for the default branch',
        ['symbolic-ref', '--quiet', 'refs/remotes/origin/HEAD'],
        [0, 1, 128],
      );
      const names = [
        ...(remote === undefined ? [] : [remote]),
        ...['refs/remotes/origin/', 'refs/heads/'].flatMap((kind) => [`${kind}main`, `${kind}master`]),
      ];
      for (const name of names)
        if ((await objectAt(`${name}^{commit}`)) !== undefined) return name.replace(/^refs\/(?:remotes|heads)\//, '');
      return undefined;
    },
    archive: async (at) => {
      const object = await objectAt(`${at}:${path}`);
      const tree = object === undefined ? undefined : await objectAt(`${object}^{tree}`);
      return tree === undefined ? undefined : git.stream(`reading ${path} at ${at}`, ['archive', '--format=tar', '--prefix=x/', tree]);
    },
  };
}

async function oneLine(git: Git, doing: string, args: readonly string[], codes: readonly number[]): Promise<string | undefined> {
  const { code, out } = await git.run(doing, args, { codes });
  const text = out.toString().trim();
  return code === 0 && text !== '' ? text : undefined;
}
