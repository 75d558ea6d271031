/**
 * What can be found out again (ETags, what was read of an environment at a commit) and since when a scan has seen something, which is counted anew when lost.
 * A space is a kind of thing (`http`, `environment`, `first-seen`), a key one of them; a value is anything JSON can hold.
 */
export interface Store {
  get<T>(space: string, key: string): Promise<T | undefined>;
  put(space: string, key: string, value: unknown): Promise<void>;
  /** All or none. */
  putAll(space: string, entries: Iterable<readonly [key: string, value: unknown]>): Promise<void>;
  delete(space: string, key: string): Promise<void>;
  /** Those that are there count as put just now. */
  touch(space: string, keys: readonly string[]): Promise<void>;
  /** Takes away what was last put, or touched, before then. */
  forget(space: string, before: Date): Promise<void>;
}
