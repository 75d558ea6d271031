import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { explain, UsageError } from '../domain/errors.ts';
import { makeFolder } from './make-folder.ts';

/** Files that are there, empty, and nobody else's. */
export interface NewFiles {
  /** One text for each; an empty one takes its file away. */
  write(texts: readonly string[]): Promise<void>;
  /** Takes them away again. */
  drop(): Promise<void>;
}

/** Makes files that only we may read, so that what is to go into them cannot be lost for want of a place. Throws UsageError when one exists, or cannot be made; then none is left. */
export async function reserveFiles(paths: readonly string[]): Promise<NewFiles> {
  const handles: FileHandle[] = [];
  const close = async (): Promise<void> => void (await Promise.all(handles.map((handle) => handle.close())));
  const made: string[] = [];
  const drop = async (): Promise<void> => void (await Promise.all(made.map((path) => rm(path, { force: true }))));
  try {
    for (const path of paths) {
      makeFolder(dirname(path));
      handles.push(await open(path, 'wx', 0o600));
      made.push(path);
    }
  } catch (error) {
    await close();
    await drop();
    const exists = Error.isError(error) && 'syscall' in error && 'code' in error && error.code === 'EEXIST' && error.syscall === 'open';
    const path = paths[made.length] ?? '';
    throw new UsageError(exists ? `${path} is there already: nothing is written over it` : `${path} cannot be made: ${explain(error)}`);
  }
  return {
    async write(texts) {
      for (const [at, text] of texts.entries()) {
        const [handle, path] = [handles[at], made[at]];
        if (handle === undefined || path === undefined) continue;
        if (text === '') await rm(path);
        else await handle.writeFile(text);
        await handle.sync();
      }
      await close();
    },
    async drop() {
      await close();
      await drop();
    },
  };
}
