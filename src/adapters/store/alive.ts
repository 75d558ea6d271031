import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { tryLock } from '../lock.ts';
import { makeFolder } from '../make-folder.ts';

/** Which workers on one folder are alive: each holds a lock of the kernel's, which ends with its process however that ends. No clock, no process id is asked. */
export interface Census {
  /** A new name, alive until `end`. */
  join(): { readonly name: string; end(): void };
  /** Whether the process of that name has ended. Never asked about a name of this process. */
  hasEnded(name: string): boolean;
}

export function census(folder: string): Census {
  const place = join(folder, 'workers');
  const fileOf = (name: string): string => join(place, name);
  return {
    join() {
      makeFolder(place, 0o700);
      const name = randomUUID();
      let lock = tryLock(fileOf(name));
      if (lock === undefined) throw new Error(`${fileOf(name)}: another process has this lock`);
      return {
        name,
        end() {
          lock?.release();
          lock = undefined;
          rmSync(fileOf(name), { force: true });
        },
      };
    },
    hasEnded(name) {
      if (!existsSync(fileOf(name))) return true;
      const lock = tryLock(fileOf(name));
      lock?.release();
      if (lock !== undefined) rmSync(fileOf(name), { force: true });
      return lock !== undefined;
    },
  };
}
