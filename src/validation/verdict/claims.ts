/** Something that has to stand in a server while a set is judged, under a name that other sets want, too. */
export interface Claim {
  readonly key: string;
  /** Who wants the same content shares it; who wants another waits. */
  readonly content: string;
  /** What became of it, for those who hold it. */
  make(): Promise<Made>;
  /** Called after `make`, whatever came of it: takes away what it made, and nothing else. */
  remove(): Promise<void>;
}

/**
 * `theirs`: it stood there before, and is left alone; `others` are those of them that say something else than the set.
 * `refused`: the server does not want those, in its words by name.
 */
export type Made =
  | { readonly kind: 'ours' }
  | { readonly kind: 'theirs'; readonly others?: readonly string[] }
  | { readonly kind: 'refused'; readonly messages: ReadonlyMap<string, string> };

interface Waiter {
  readonly claim: Claim;
  readonly enter: (entry: Entry) => void;
}

interface Entry {
  readonly claim: Claim;
  readonly made: Promise<Made>;
  users: number;
  leaving: boolean;
}

/** What was claimed, by key. */
export interface Held {
  readonly made: ReadonlyMap<string, Made>;
  /** Removes what nobody else holds. */
  release(): Promise<void>;
}

/**
 * Who holds what in one server. Claims are taken in the order of their keys and each queue is first come, first served, so that sets never
 * wait for one another in a circle, and none waits for ever.
 */
export class Claims {
  readonly #entries = new Map<string, Entry>();
  readonly #queues = new Map<string, Waiter[]>();

  /** Waits until all are made. Throws what making throws, or the reason of the signal; nothing is held then. */
  async take(claims: readonly Claim[], signal: AbortSignal): Promise<Held> {
    const entries: Entry[] = [];
    const release = async (): Promise<void> => {
      await Promise.all(entries.map((entry) => this.#leave(entry)));
    };
    try {
      for (const claim of [...claims].sort((a, b) => (a.key < b.key ? -1 : 1))) entries.push(await this.#enter(claim, signal));
      const made = await Promise.all(entries.map(async (entry) => [entry.claim.key, await entry.made] as const));
      signal.throwIfAborted();
      return { made: new Map(made), release };
    } catch (error) {
      await release();
      throw error;
    }
  }

  async #enter(claim: Claim, signal: AbortSignal): Promise<Entry> {
    signal.throwIfAborted();
    const entry = this.#entries.get(claim.key);
    if (entry === undefined) return this.#open(claim);
    if (!entry.leaving && entry.claim.content === claim.content && !this.#queues.has(claim.key)) {
      entry.users += 1;
      return entry;
    }
    return this.#wait(claim, signal);
  }

  #open(claim: Claim): Entry {
    const made = claim.make();
    made.catch(() => undefined); // told to those who wait for it in `take`
    const entry = { claim, made, users: 1, leaving: false };
    this.#entries.set(claim.key, entry);
    return entry;
  }

  #wait(claim: Claim, signal: AbortSignal): Promise<Entry> {
    return new Promise((resolve, reject) => {
      const queue = this.#queues.get(claim.key) ?? [];
      this.#queues.set(claim.key, queue);
      const giveUp = (): void => {
        queue.splice(queue.indexOf(waiter), 1);
        if (queue.length === 0 && this.#queues.get(claim.key) === queue) this.#queues.delete(claim.key);
        reject(signal.reason as Error);
      };
      const waiter: Waiter = {
        claim,
        enter: (entry) => {
          signal.removeEventListener('abort', giveUp);
          resolve(entry);
        },
      };
      queue.push(waiter);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  async #leave(entry: Entry): Promise<void> {
    entry.users -= 1;
    if (entry.users > 0) return;
    entry.leaving = true;
    const { key } = entry.claim;
    await entry.made.catch(() => undefined);
    try {
      await entry.claim.remove();
    } finally {
      this.#entries.delete(key);
      this.#next(key);
    }
  }

  /** Lets in the first who waits, and all who want the same. */
  #next(key: string): void {
    const [first, ...others] = this.#queues.get(key) ?? [];
    this.#queues.delete(key);
    if (first === undefined) return;
    const entry = this.#open(first.claim);
    first.enter(entry);
    const rest = others.filter((waiter) => {
      if (waiter.claim.content !== first.claim.content) return true;
      entry.users += 1;
      waiter.enter(entry);
      return false;
    });
    if (rest.length > 0) this.#queues.set(key, rest);
  }
}
