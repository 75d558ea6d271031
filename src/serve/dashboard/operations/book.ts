import type { Store } from '../../../domain/store.ts';

/** What replicas have noted by name, the newest of each: kept here, and put together in the store now and again. Lost, it fills again. */
export class SharedBook<T extends { readonly at: string }> {
  readonly #store: Store;
  readonly #name: string;
  readonly #most: number;
  #known = new Map<string, T>();
  readonly #fresh = new Set<string>();

  /** Of more than `most` names those that were noted last are kept. */
  constructor(store: Store, name: string, most: number) {
    [this.#store, this.#name, this.#most] = [store, name, most];
  }

  note(name: string, change: (known: T | undefined) => T): void {
    this.#known.set(name, change(this.#known.get(name)));
    this.#fresh.add(name);
  }

  /** Of all replicas. */
  async read(): Promise<ReadonlyMap<string, T>> {
    const others = await this.#store.get<Readonly<Record<string, T>>>('service', this.#name);
    this.#known = newest([...Object.entries(others ?? {}), ...this.#known], this.#most);
    return this.#known;
  }

  /** Puts what was noted since the last time where others find it. */
  async share(): Promise<void> {
    const all = await this.read(); // also for what was noted before this process began
    if (this.#fresh.size === 0) return;
    this.#fresh.clear();
    await this.#store.put('service', this.#name, Object.fromEntries(all));
  }
}

function newest<T extends { readonly at: string }>(all: readonly (readonly [string, T])[], most: number): Map<string, T> {
  const byName = new Map<string, T>();
  for (const [name, one] of all) if (one.at >= (byName.get(name)?.at ?? '')) byName.set(name, one);
  return new Map([...byName].sort(([, a], [, b]) => b.at.localeCompare(a.at)).slice(0, most));
}
