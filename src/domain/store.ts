/**
 * What can be rebuilt: ETags, what was read of an environment at a commit, when a release was first seen.
 * A space is a kind of thing (`http`, `environment`, `first-seen`), a key one of them; a value is anything JSON can hold.
 */
export interface Store {
  get<T>(space: string, key: string): Promise<T | undefined>;
  put(space: string, key: string, value: unknown): Promise<void>;
  /** All or none. */
  putAll(space: string, entries: Iterable<readonly [key: string, value: unknown]>): Promise<void>;
  delete(space: string, key: string): Promise<void>;
}
