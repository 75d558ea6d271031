import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explain, RefusedError } from '../../../domain/errors.ts';
import type { CommitStatus, NewStatus, StatusState } from '../../../domain/forge.ts';
import { makeFolder } from '../../make-folder.ts';
import { replaceFile } from './durable.ts';
import { isFullId } from './names.ts';
import { objects } from './objects.ts';
import { type Repository, refuseArchived } from './repository.ts';
import { alone, isMissing, writing } from './shelf.ts';

const states: readonly unknown[] = ['pending', 'running', 'success', 'failure', 'error'] satisfies StatusState[];

/** One file per commit, beside the merge requests. */
const folderOf = (repository: Repository): string => join(repository.beside, 'statuses');

/** See StatusForge. */
export async function statuses(repository: Repository, commit: string): Promise<readonly CommitStatus[]> {
  const { scope } = repository;
  const [found] = isFullId(commit) ? await objects(repository, [`${commit}^{commit}`]) : [];
  if (found === undefined) throw new RefusedError(scope, `${scope}: there is no commit ${commit}`);
  const file = join(folderOf(repository), `${commit}.json`);
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (!Array.isArray(value) || !value.every(isStatus)) throw new Error('not a list of statuses');
    return value;
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw new RefusedError(scope, `${scope}: ${file} cannot be read (${explain(cause)}); delete it: it is made again`, { cause });
  }
}

/** See StatusForge. */
export async function setStatus(repository: Repository, commit: string, status: NewStatus): Promise<void> {
  await refuseArchived(repository);
  const { name, state, description, url } = status;
  const wanted: CommitStatus = { name, state, description, ...(url === undefined ? {} : { url }) };
  const text = JSON.stringify(wanted);
  const isStanding = (known: readonly CommitStatus[]) => known.some((one) => JSON.stringify(one) === text);
  if (isStanding(await statuses(repository, commit))) return;
  await alone(repository, async () => {
    const known = await statuses(repository, commit);
    const next = [...known.filter((one) => one.name !== name), wanted];
    await writing(repository, async () => {
      makeFolder(folderOf(repository));
      await replaceFile(folderOf(repository), `${commit}.json`, `${JSON.stringify(next, null, 2)}\n`);
    });
  });
}

function isStatus(value: unknown): value is CommitStatus {
  if (typeof value !== 'object' || value === null) return false;
  const { name, state, description, url } = value as Record<keyof CommitStatus, unknown>;
  const texts = [name, description, url ?? ''].every((text) => typeof text === 'string');
  return texts && states.includes(state);
}
