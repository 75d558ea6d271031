import { type Dirent, realpathSync, statSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { explain, UsageError } from '../domain/errors.ts';

export interface FolderLimits {
  /** Bytes of one file. */
  readonly file: number;
  /** Bytes of all files that are read. */
  readonly total: number;
  readonly entries: number;
}

const defaultLimits: FolderLimits = { file: 4 * 1024 * 1024, total: 64 * 1024 * 1024, entries: 200_000 };

/** What lies in a folder: a file that was read, a folder, or why something was not read. Paths are relative, with `/`. */
export type FolderItem =
  | { readonly path: string; readonly bytes: Uint8Array }
  | { readonly folder: string }
  | { readonly file: string; readonly message: string };

/**
 * The wanted files of a folder and of those in it, in the order of their paths; git's own are left out. Links are not followed, as nowhere else
 * where a repository is read. Throws UsageError when there is no such folder, or it holds more than the limits.
 */
export async function* readFolder(
  folder: string,
  isWanted: (path: string) => boolean,
  limits: FolderLimits = defaultLimits,
): AsyncGenerator<FolderItem> {
  const root = existingFolder(folder);
  const refuse = (what: string): UsageError => new UsageError(`${folder} holds more than ${what}: name the folder of one environment`);
  let [entries, total] = [0, 0];
  for await (const { path, entry } of walk(root, '')) {
    entries += 1;
    if (entries > limits.entries) throw refuse(`${limits.entries} files`);
    const item = await itemOf(root, path, entry, isWanted, limits);
    if (item === undefined) continue;
    total += 'bytes' in item ? item.bytes.length : 0;
    if (total > limits.total) throw refuse(`${limits.total} bytes of manifests`);
    yield item;
  }
}

/** As it is named without links. */
export function existingFolder(folder: string): string {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(`${resolve(folder)} does not exist`);
  if (!found.isDirectory()) throw new UsageError(`${resolve(folder)} is no folder: name the folder of an environment`);
  return realpathSync(folder);
}

async function* walk(root: string, folder: string): AsyncGenerator<{ readonly path: string; readonly entry: Dirent }> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name === '.git') continue;
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    yield { path, entry };
    if (entry.isDirectory()) yield* walk(root, path);
  }
}

async function itemOf(
  root: string,
  path: string,
  entry: Dirent,
  isWanted: (path: string) => boolean,
  limits: FolderLimits,
): Promise<FolderItem | undefined> {
  if (entry.isDirectory()) return { folder: path };
  if (entry.isSymbolicLink()) return { file: path, message: 'is a link, which is not followed: what it leads to is read where it lies' };
  if (!isWanted(path)) return undefined;
  if (!entry.isFile()) return { file: path, message: 'is no ordinary file: left out' };
  try {
    const { size } = await stat(join(root, path));
    if (size > limits.file) return { file: path, message: `has ${size} bytes, more than the ${limits.file} that are read: split it` };
    return { path, bytes: await readFile(join(root, path)) };
  } catch (error) {
    return { file: path, message: `cannot be read: ${explain(error)}` };
  }
}
