import type { Store } from '../../src/domain/store.ts';

/** A Store in memory; values pass through JSON, as they do in a real one. */
export class MemoryStore implements Store {
  readonly #values = new Map<string, string>();

  get<T>(space: string, key: string): Promise<T | undefined> {
    const text = this.#values.get(`${space} ${key}`);
    return Promise.resolve(text === undefined ? undefined : (JSON.parse(text) as T));
  }

  put(space: string, key: string, value: unknown): Promise<void> {
    this.#values.set(`${space} ${key}`, JSON.stringify(value));
    return Promise.resolve();
  }

  async putAll(space: string, entries: Iterable<readonly [key: string, value: unknown]>): Promise<void> {
    for (const [key, value] of entries) await this.put(space, key, value);
  }

  delete(space: string, key: string): Promise<void> {
    this.#values.delete(`${space} ${key}`);
    return Promise.resolve();
  }

  /** Keys of a space. */
  keys(space: string): string[] {
    return [...this.#values.keys()].filter((key) => key.startsWith(`${space} `)).map((key) => key.slice(space.length + 1));
  }
}
