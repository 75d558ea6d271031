import type { Store } from '../../src/domain/store.ts';

/** A store that forgets; values go through JSON as in a real one. */
export function memoryStore(): Store {
  const entries = new Map<string, string>();
  const at = (space: string, key: string) => JSON.stringify([space, key]);
  const json = (value: unknown): string => {
    const text: string | undefined = JSON.stringify(value);
    if (text === undefined) throw new TypeError('JSON cannot hold this value');
    return text;
  };
  return {
    async get<T>(space: string, key: string) {
      const text = entries.get(at(space, key));
      return text === undefined ? undefined : (JSON.parse(text) as T);
    },
    async put(space, key, value) {
      entries.set(at(space, key), json(value));
    },
    async putAll(space, all) {
      for (const [key, text] of [...all].map(([key, value]) => [key, json(value)] as const)) entries.set(at(space, key), text);
    },
    async delete(space, key) {
      entries.delete(at(space, key));
    },
  };
}
