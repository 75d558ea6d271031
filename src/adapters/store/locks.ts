import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Locks } from '../../domain/locks.ts';
import { tryLock } from '../lock.ts';
import { makeFolder } from '../make-folder.ts';
import { locksFrom } from './turns.ts';

/** The embedded store's locks: the kernel's, one empty file per name in `<folder>/locks`. They hold between commands and the service, and end with their process. */
export function embeddedLocks(folder: string): Locks {
  const files = join(folder, 'locks');
  return locksFrom(async (name) => {
    makeFolder(files, 0o700);
    const lock = tryLock(join(files, createHash('sha256').update(name).digest('hex').slice(0, 32)));
    return lock && { signal: new AbortController().signal, release: async () => lock.release() };
  });
}
