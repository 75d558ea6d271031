import { OutsideError } from '../domain/errors.ts';
import type { Journal, JournalStore } from '../domain/journal.ts';
import { follow } from './chain.ts';

/** Others may write between reading and writing; so often it is read again. */
const mostTries = 50;

/** The part of a journal that sees to it that an event is recorded once. It reads the whole journal the first time, and then what is new. */
export function createWitness(store: () => JournalStore, now: () => Date): Pick<Journal, 'events' | 'recordOnce'> {
  const actors = new Map<string, string>();
  let begun: string | undefined;
  let read = { number: 0, hash: '' };
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => {}); // told to those who asked
    return done;
  };

  const readOn = async (): Promise<void> => {
    for await (const { number, hash, at, actor, facts } of store().entries(read.number + 1)) {
      begun ??= at;
      if (typeof facts['event'] === 'string') actors.set(facts['event'], actor);
      read = { number, hash };
    }
  };

  return {
    async events() {
      await inTurn(readOn);
      return { begun, actor: (event) => actors.get(event) };
    },
    recordOnce: (event, entries) =>
      inTurn(async () => {
        const named = entries.map((entry, at) => (at === entries.length - 1 ? { ...entry, facts: { ...entry.facts, event } } : entry));
        for (let tries = 0; tries < mostTries; tries += 1) {
          await readOn();
          if (actors.has(event)) return;
          const kept = await store().append((newest) => ((newest?.hash ?? '') === read.hash ? follow(newest, named, now()) : []));
          if (kept.length > 0) return;
        }
        throw new OutsideError('the journal', `${event}: others write to the journal all the time; the next run tries again`);
      }),
  };
}
