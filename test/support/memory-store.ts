import type { Store } from '../../src/domain/store.ts';

/** A Store in memory; values pass through JSON, as they do in a real one. */
export class MemoryStore implements Store {
  readonly #values = new Map<string, string>();
  readonly #written = new Map<string, number>();

  get<T>(space: string, key: string): Promise<T | undefined> {
    const text = this.#values.get(`${space} ${key}`);
    return Promise.resolve(text === undefined ? undefined : (JSON.parse(text) as T));
  }

  put(space: string, key: string, value: unknown): Promise<void> {
    return this.putAll(space, [[key, value]]);
  }

  async putAll(space: string, entries: Iterable<readonly [key: string, value: unknown]>): Promise<void> {
    const texts = [...entries].map(([key, value]) => {
      const text: string | undefined = JSON.stringify(value);
      if (text === undefined) throw new TypeError(`${space} ${key}: JSON cannot hold this value`);
      return [`${space} ${key}`, text] as const;
    });
    for (const [key, text] of texts) this.#values.set(key, text);
    for (const [key] of texts) this.#written.set(key, Date.now());
  }

  delete(space: string, key: string): Promise<void> {
    this.#values.delete(`${space} ${key}`);
    return Promise.resolve();
  }

  async touch(space: string, keys: readonly string[]): Promise<void> {
    for (const key of keys.map((one) => `${space} ${one}`)) if (this.#written.has(key)) this.#written.set(key, Date.now());
  }

  async forget(space: string, before: Date): Promise<void> {
    for (const key of this.keys(space)) if ((this.#written.get(`${space} ${key}`) ?? 0) < before.getTime()) await this.delete(space, key);
  }

  /** Keys of a space. */
  keys(space: string): string[] {
    return [...this.#values.keys()].filter((key) => key.startsWith(`${space} `)).map((key) => key.slice(space.length + 1));
  }
}
