import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConflictError, RefusedError } from '../../../domain/errors.ts';
import type { BranchChange } from '../../../domain/forge.ts';
import { branchHead } from './branches.ts';
import { isFilePath, isFullId, isRefName } from './names.ts';
import type { Repository } from './repository.ts';

/** A file of the new commit. */
interface Entry {
  readonly path: string;
  readonly mode: string;
  readonly blob: string;
}

/** Writes a commit on `base` with these files, which no branch names yet. Throws RefusedError when it would change nothing, or cannot be. */
export async function writeCommit(repository: Repository, change: BranchChange): Promise<string> {
  refuseNonsense(repository, change);
  const scratch = await mkdtemp(join(tmpdir(), 'lockkeeper-commit-'));
  try {
    const index = { GIT_INDEX_FILE: join(scratch, 'index') };
    const { git } = repository;
    const [before, blobs] = await Promise.all([
      entriesAt(repository, change),
      writeBlobs(repository, change, scratch),
      git.run(`reading ${change.base}`, ['read-tree', change.base], { env: index }),
    ]);
    const entries = change.files.map(({ path }, at) => ({ path, blob: blobs[at] ?? '', mode: before.get(path)?.mode ?? '100644' }));
    const gone = (change.removed ?? []).map((path) => ({ mode: '0', blob: '0'.repeat(change.base.length), path }));
    if (gone.length === 0 && entries.every(({ path, blob }) => before.get(path)?.blob === blob)) {
      throw new RefusedError(
        repository.scope,
        `${repository.scope}: committing to ${change.branch}: the files are the same in ${change.base}`,
      );
    }
    const input = [...entries, ...gone].map(({ mode, blob, path }) => `${mode} ${blob}\t${path}\0`).join('');
    await git.run('adding files', ['update-index', '-z', '--index-info'], { env: index, input });
    const tree = (await git.run('writing a tree', ['write-tree'], { env: index })).out.toString().trim();
    const made = await git.run('writing a commit', ['commit-tree', tree, '-p', change.base, '-F', '-'], { input: change.message });
    return made.out.toString().trim();
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function refuseNonsense({ scope }: Repository, { branch, base, files, removed = [] }: BranchChange): void {
  const paths = [...files.map(({ path }) => path), ...removed];
  const wrong = paths.find((path) => !isFilePath(path));
  const problem =
    (!isRefName(branch) && 'not a name of a branch') ||
    (!isFullId(base) && `${base} is not a commit's full id`) ||
    (paths.length === 0 && 'no file to change') ||
    (new Set(paths).size < paths.length && 'a file stands in the change twice') ||
    (wrong !== undefined && `${JSON.stringify(wrong)} is not a path inside the repository`);
  if (problem !== false) throw new RefusedError(scope, `${scope}: committing to ${branch}: ${problem}`);
}

/** What stands at the files' paths in the base: only files may be replaced. */
async function entriesAt(repository: Repository, { base, files }: BranchChange): Promise<ReadonlyMap<string, Entry>> {
  if (files.length === 0) return new Map();
  const args = ['ls-tree', '-z', '--full-tree', base, '--', ...files.map(({ path }) => path)];
  const { out } = await repository.git.run(`reading ${base}`, args);
  const entries = [...out.toString().matchAll(/(?<=^|\0)(\d{6}) \w+ ([0-9a-f]+)\t([^\0]*)\0/g)].map(
    ([, mode = '', blob = '', path = '']) => ({
      mode,
      blob,
      path,
    }),
  );
  const other = entries.find(({ mode }) => !mode.startsWith('100'));
  if (other !== undefined) {
    throw new RefusedError(
      repository.scope,
      `${repository.scope}: ${other.path} is no ordinary file in ${base} (its mode is ${other.mode})`,
    );
  }
  return new Map(entries.map((entry) => [entry.path, entry]));
}

/** The bytes as they are, whatever .gitattributes says: a file is read that way too. */
async function writeBlobs(repository: Repository, { files }: BranchChange, scratch: string): Promise<string[]> {
  if (files.length === 0) return [];
  const names = files.map((_, at) => join(scratch, `file-${at}`));
  await Promise.all(files.map(({ content }, at) => writeFile(names[at] ?? '', content)));
  const args = ['hash-object', '-w', '--no-filters', '--stdin-paths'];
  const { out } = await repository.git.run('writing files', args, { input: `${names.join('\n')}\n` });
  return out.toString().split('\n');
}

/** Throws ConflictError when the branch no longer is where it was expected to be. */
export async function moveBranch(repository: Repository, branch: string, to: string, expected: string | undefined): Promise<void> {
  const old = expected ?? '0'.repeat(to.length);
  try {
    await repository.git.run(`moving ${branch}`, ['update-ref', `refs/heads/${branch}`, to, old]);
  } catch (cause) {
    const found = await branchHead(repository, branch);
    if (found === expected) throw cause;
    const text = `${repository.scope}: ${branch} is at ${found ?? 'no commit'} and no longer at ${expected ?? 'no commit'}: somebody else moved it`;
    throw new ConflictError(repository.scope, text, { cause });
  }
}

/** Deletes the branch where it is at the commit, and leaves it where it is not. */
export async function deleteBranch(repository: Repository, branch: string, commit: string): Promise<void> {
  if ((await branchHead(repository, branch)) !== commit) return;
  try {
    await repository.git.run(`deleting ${branch}`, ['update-ref', '-d', `refs/heads/${branch}`, commit]);
  } catch (cause) {
    if ((await branchHead(repository, branch)) === commit) throw cause;
  }
}
