import type { Entry, Journal, JournalStore, NewEntry } from '../../../src/domain/journal.ts';
import { follow, verifyChain } from '../../../src/journal/chain.ts';
import { createJournal } from '../../../src/journal/record.ts';

const entry = (what: string): NewEntry => ({
  kind: 'proposal',
  actor: 'lockkeeper',
  environment: 'staging',
  what,
  why: 'text of every kind: å\u0000\n"\\ 🚢 \u2028',
  links: ['https://gitlab.example.com/-/merge_requests/1'],
  facts: { app: 'billing', number: 1.5, yes: true },
});

export interface KeptJournal {
  readonly store: JournalStore;
  /** The same journal, as another process opens it. */
  readonly again: () => Promise<JournalStore>;
  /** Changes the text of one kept entry behind the store's back. */
  readonly tamper: (number: number, text: string) => Promise<void>;
}

/** What every store of the journal promises. `create` gives an empty one each time. */
export function journalContract(name: string, create: () => Promise<KeptJournal>): void {
  describe(`${name} keeps the journal's contract`, () => {
    let kept: KeptJournal;
    beforeEach(async () => {
      kept = await create();
    });
    const all = async (store: JournalStore, from?: number): Promise<Entry[]> => {
      const entries: Entry[] = [];
      for await (const one of store.entries(from)) entries.push(one);
      return entries;
    };

    test('nothing is there at first', async () => {
      expect(await kept.store.newest()).toBeUndefined();
      expect(await all(kept.store)).toEqual([]);
    });

    test('entries come back as they were written, in order, also more than one page of them', async () => {
      const written = await kept.store.append((newest) =>
        follow(
          newest,
          Array.from({ length: 1203 }, (_, index) => entry(`open ${index}`)),
          new Date(),
        ),
      );
      expect(await all(kept.store)).toEqual(written);
      expect(await all(kept.store, 1201)).toEqual(written.slice(1200));
      expect(await kept.store.newest()).toEqual(written.at(-1));
      expect(await (await kept.again()).newest()).toEqual(written.at(-1));
      expect((await verifyChain(kept.store.entries(), [])).problems).toEqual([]);
    });

    test('many writers at once, through two doors, keep one chain', async () => {
      const stores = [kept.store, await kept.again()];
      const journals = stores.map((store) =>
        createJournal(
          () => store,
          () => new Date(),
        ),
      );
      await Promise.all(
        Array.from(
          { length: 60 },
          (_, index) => journals.at(index % 2)?.record(entry(`open ${index}`)) ?? Promise.reject(new Error('no journal')),
        ),
      );
      const verdict = await verifyChain(kept.store.entries(), []);
      expect(verdict).toMatchObject({ entries: 60, problems: [] });
    });

    test('what several saw at the same time is there once, with all that belongs to it, whoever else writes', async () => {
      const stores = [kept.store, await kept.again()];
      const journals = stores.map((store) =>
        createJournal(
          () => store,
          () => new Date(),
        ),
      );
      const indexes = Array.from({ length: 20 }, (_, index) => index);
      const saw = (index: number) => journals.map((journal) => journal.recordOnce(`merged ${index}`, [entry('approved'), entry('merged')]));
      await Promise.all(
        indexes.flatMap((index) => [...saw(index), ...journals.slice(index % 2, 1).map((one) => one.record(entry('open')))]),
      );
      const entries = await all(kept.store);
      const events = entries.flatMap(({ facts }) => facts['event'] ?? []);
      expect(entries).toHaveLength(50);
      expect(events).toHaveLength(20);
      expect(new Set(events)).toEqual(new Set(indexes.map((index) => `merged ${index}`)));
      for (const [at, { what }] of entries.entries()) if (what === 'merged') expect(entries[at - 1]?.what).toBe('approved');
      expect((await verifyChain(kept.store.entries(), [])).problems).toEqual([]);
      const seen = await (journals[0] as Journal).events();
      expect([seen.begun, seen.actor('merged 7'), seen.actor('merged 77')]).toEqual([entries[0]?.at, 'lockkeeper', undefined]);
    });

    test('what throws while it is linked leaves nothing behind', async () => {
      const failing = kept.store.append(() => {
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect(await all(kept.store)).toEqual([]);
      await kept.store.append((newest) => follow(newest, [entry('next')], new Date()));
      expect(await all(kept.store)).toHaveLength(1);
    });

    test('a number that is taken is refused', async () => {
      const [first] = await kept.store.append((newest) => follow(newest, [entry('one')], new Date()));
      await expect(kept.store.append(() => [first as Entry])).rejects.toThrow();
      expect(await all(kept.store)).toEqual([first]);
    });

    test.each([['{"number":2}'], ['no JSON'], ['null'], ['[]']])(
      'an entry that somebody made %s is read, and named by who verifies',
      async (text) => {
        await kept.store.append((newest) => follow(newest, ['one', 'two', 'three'].map(entry), new Date()));
        await kept.tamper(2, text);
        const { entries, problems } = await verifyChain(kept.store.entries(), []);
        expect(entries).toBe(3);
        expect(problems.map(({ number }) => number)).toContain(2);
      },
    );

    test('an entry that says to be another one does not make the reader walk in a circle', async () => {
      const [first] = await kept.store.append((newest) => follow(newest, ['one', 'two', 'three'].map(entry), new Date()));
      await kept.tamper(3, JSON.stringify(first).replace('u0000', 'u0020'));
      const { entries, problems } = await verifyChain(kept.store.entries(), []);
      expect(entries).toBe(3);
      expect(problems).toContainEqual({ number: 1, problem: expect.stringContaining('stands after entry 2') });
    });
  });
}
