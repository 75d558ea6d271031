import { lstat, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { explain, OutsideError, RefusedError } from '../../../domain/errors.ts';
import { withLock } from '../../lock.ts';
import { makeFolder } from '../../make-folder.ts';
import { replaceFile } from './durable.ts';
import { type BrokenRecord, isBroken, isWhole, type MergeRecord, readRecord, writeRecord } from './record.ts';
import type { Repository } from './repository.ts';

/** Every merge request of a repository, as its files say. */
export interface Shelf {
  readonly records: readonly MergeRecord[];
  readonly broken: readonly BrokenRecord[];
}

/** Bytes; a description is a megabyte at the most. */
const sizeLimit = 16 * 1024 * 1024;
const atOnce = 32;
const fileName = /^([1-9]\d{0,8})\.json$/;

export const folderOf = ({ beside }: Pick<Repository, 'beside'>): string => join(beside, 'merge-requests');
export const fileOf = (repository: Repository, id: number): string => join(folderOf(repository), `${id}.json`);

/** In the order of their ids. */
export async function readShelf(repository: Repository): Promise<Shelf> {
  const ids = (await entries(repository)).flatMap((name) => fileName.exec(name)?.[1] ?? []).map(Number);
  ids.sort((a, b) => a - b);
  const read: (MergeRecord | BrokenRecord)[] = [];
  for (let at = 0; at < ids.length; at += atOnce) {
    const some = await Promise.all(ids.slice(at, at + atOnce).map((id) => readOne(repository, id)));
    read.push(...some.filter((record) => record !== undefined));
  }
  return { records: read.filter(isWhole), broken: read.filter(isBroken) };
}

/** undefined when there is no such file. */
async function readOne(repository: Repository, id: number): Promise<MergeRecord | BrokenRecord | undefined> {
  const file = fileOf(repository, id);
  try {
    if ((await stat(file)).size > sizeLimit) return { id, file, problem: `larger than ${sizeLimit} bytes` };
    return readRecord(id, file, await readFile(file, 'utf8'));
  } catch (error) {
    return isMissing(error) ? undefined : { id, file, problem: explain(error) };
  }
}

/** Throws RefusedError when there is none, or none that can be read. */
export async function requireRecord(repository: Repository, id: number): Promise<MergeRecord> {
  const record = await readOne(repository, id);
  if (record === undefined) {
    throw new RefusedError(repository.scope, `${repository.scope}: there is no merge request ${id} (${fileOf(repository, id)})`);
  }
  if (isBroken(record)) throw new RefusedError(repository.scope, `${repository.scope}: ${unreadable(record)}`);
  return record;
}

export const unreadable = (record: BrokenRecord): string => `${record.file} cannot be read (${record.problem}); repair it, or delete it`;

/** Whoever writes merge requests of the repository does so in here: one at a time, over all processes. */
export async function alone<T>(repository: Repository, work: () => Promise<T>): Promise<T> {
  const { beside } = repository;
  await writing(repository, async () => makeFolder(folderOf(repository)));
  if (!(await lstat(beside)).isDirectory())
    throw new RefusedError(repository.scope, `${repository.scope}: ${beside} is not a folder; move it away`);
  return withLock(join(beside, 'lock'), work);
}

/** The file is the old or the new one whole, whenever the process dies. Only under `alone`. */
export async function putRecord(repository: Repository, record: MergeRecord): Promise<void> {
  await writing(repository, () => replaceFile(folderOf(repository), `${record.id}.json`, writeRecord(record)));
}

/** One that no merge request has, readable or not. Only under `alone`, which is why drafts found here are leftovers of a killed process. */
export async function nextId(repository: Repository): Promise<number> {
  const names = await entries(repository);
  await Promise.all(names.filter((name) => name.endsWith('.draft')).map((name) => rm(join(folderOf(repository), name), { force: true })));
  return Math.max(0, ...names.map((name) => Number(fileName.exec(name)?.[1] ?? 0))) + 1;
}

async function entries(repository: Repository): Promise<string[]> {
  try {
    return await readdir(folderOf(repository));
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw new OutsideError(repository.scope, `${repository.scope}: reading merge requests: ${explain(cause)}`, { cause });
  }
}

/** Runs what writes beside the repository; throws RefusedError where that is not allowed. */
export async function writing<T>(repository: Repository, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const text = `${repository.scope}: writing beside the repository: ${explain(cause)}; the folder ${repository.beside} must be writable`;
    throw new RefusedError(repository.scope, text, { cause });
  }
}

export const isMissing = (error: unknown): boolean =>
  Error.isError(error) && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
