import type { ChangedPath, ChangedPaths, TreeEntry } from '../../../domain/access-forge.ts';
import { RefusedError } from '../../../domain/errors.ts';
import { isFilePath, isFullId } from './names.ts';
import { type ObjectInfo, objects } from './objects.ts';
import { knownStart } from './patch.ts';
import type { MergeRecord } from './record.ts';
import type { Repository } from './repository.ts';

const pathLimit = 100;

/** See AccessForge; of the record as it is now. Where git no longer tells where the branch left its target, nothing is said to be all of it. */
export async function changedPaths(repository: Repository, record: MergeRecord): Promise<ChangedPaths> {
  const base = await knownStart(repository, record);
  return base === undefined ? { paths: [], complete: false } : compared(repository, [base, record.commit]);
}

/** Whether it changes a file with one of these paths; true where git no longer tells. */
export async function touches(repository: Repository, record: MergeRecord, isOne: (path: string) => boolean): Promise<boolean> {
  const base = await knownStart(repository, record);
  if (base === undefined) return true;
  const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', '--no-ext-diff', base, record.commit, '--'];
  const { out } = await repository.git.run('comparing commits', args);
  return out
    .toString()
    .split('\0')
    .some((path) => path !== '' && isOne(path));
}

/** See AccessForge. */
export async function changedBy(repository: Repository, commit: string): Promise<ChangedPaths> {
  await requireObject(repository, commit, 'commit');
  const [parent] = await objects(repository, [`${commit}^1^{commit}`]);
  return compared(repository, parent === undefined ? ['--root', commit] : [parent.id, commit]);
}

/** https://git-scm.com/docs/git-diff-tree#_raw_output_format */
async function compared(repository: Repository, which: readonly string[]): Promise<ChangedPaths> {
  const args = ['diff-tree', '-r', '-z', '--raw', '--no-commit-id', '--find-renames', '--no-ext-diff', ...which, '--'];
  const fields = (await repository.git.run('comparing commits', args)).out.toString().split('\0');
  const paths: ChangedPath[] = [];
  for (let at = 0; at + 1 < fields.length && paths.length <= pathLimit; at += 2) {
    const letter = fields[at]?.split(' ').at(-1)?.[0];
    const [first = '', second = ''] = fields.slice(at + 1, at + 3);
    if (letter === 'R') at += 1; // it has two paths
    paths.push(letter === 'R' ? { path: second, before: first, kind: 'moved' } : { path: first, kind: kindOf(letter) });
  }
  return { paths: paths.slice(0, pathLimit), complete: paths.length <= pathLimit };
}

/** Of a letter that is neither: its mode or its type is another one. */
const kindOf = (letter: string | undefined): ChangedPath['kind'] => (letter === 'A' ? 'added' : letter === 'D' ? 'removed' : 'changed');

/** See AccessForge. */
export async function entries(repository: Repository, commit: string, folder: string): Promise<readonly TreeEntry[]> {
  const { git, scope } = repository;
  if (!isFilePath(folder)) throw new RefusedError(scope, `${scope}: ${JSON.stringify(folder)} is not a path inside the repository`);
  await requireObject(repository, commit, 'commit');
  const args = ['ls-tree', '-r', '-z', '--full-tree', commit, '--', `${folder}/`];
  const { out } = await git.run(`reading ${commit}`, args);
  return [...out.toString().matchAll(/(?<=^|\0)(\d{6}) \w+ ([0-9a-f]+)\t([^\0]*)\0/g)].map(([, mode = '', id = '', path = '']) => ({
    path,
    mode,
    id,
  }));
}

/** See AccessForge. */
export async function blob(repository: Repository, id: string, limit: number): Promise<Uint8Array | undefined> {
  const { size } = await requireObject(repository, id, 'blob');
  if (size > limit) return undefined;
  return new Uint8Array((await repository.git.run(`reading ${id}`, ['cat-file', 'blob', id])).out);
}

async function requireObject(repository: Repository, id: string, type: 'blob' | 'commit'): Promise<ObjectInfo> {
  const [found] = isFullId(id) ? await objects(repository, [id]) : [];
  if (found?.type !== type) throw new RefusedError(repository.scope, `${repository.scope}: there is no ${type} ${JSON.stringify(id)}`);
  return found;
}
