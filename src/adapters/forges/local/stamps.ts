import { statSync } from 'node:fs';
import { explain } from '../../../domain/errors.ts';

/** Milliseconds: a file system's clock goes in steps, so that what has just been written may be written again and show the same time. */
const settling = 2000;

/** Files and folders as they were at one moment. Which have changed since, their inodes tell without a look inside: git and we put files in the place of others. */
export class Stamps {
  readonly #stamps: Map<string, string>;
  #fresh = false;

  constructor(paths: Iterable<string>, now: number) {
    this.#stamps = new Map([...new Set(paths)].map((path) => [path, this.#stampOf(path, now)]));
  }

  /** Whether one was made, changed or removed since, or may have been without showing it. */
  get stale(): boolean {
    return this.#fresh || [...this.#stamps].some(([path, stamp]) => stampOf(path).text !== stamp);
  }

  /** Whether they change counts no more. */
  leave(paths: Iterable<string>): void {
    for (const path of paths) this.#stamps.delete(path);
  }

  #stampOf(path: string, now: number): string {
    const { text, at } = stampOf(path);
    // A time that lies ahead is of a clock that was set back; it changes with the next change.
    this.#fresh ||= Math.abs(now - at) < settling;
    return text;
  }
}

/** By the time of the inode, which nobody sets. */
function stampOf(path: string): { readonly text: string; readonly at: number } {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined ? { text: '', at: 0 } : { text: `${found.ino} ${found.ctimeMs} ${found.size}`, at: found.ctimeMs };
  } catch (error) {
    return { text: explain(error), at: 0 };
  }
}
