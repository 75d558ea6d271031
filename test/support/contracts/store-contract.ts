import type { Store } from '../../../src/domain/store.ts';

/** What every store promises. `create` gives an empty one each time; `end` is called after each test. */
export function storeContract(name: string, create: () => Promise<Store>, end: () => Promise<void> = async () => {}): void {
  describe(`${name} keeps the store's contract`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await create();
    });
    afterEach(end);

    test('nothing is there at first', async () => {
      expect(await store.get('http', 'a')).toBeUndefined();
      await store.delete('http', 'a');
      expect(await store.get('http', 'a')).toBeUndefined();
    });

    test.each([
      ['an object', { etag: '"a"', nested: { list: [1, 'two', null] } }],
      ['a list', [1, 2, 3]],
      ['an empty string', ''],
      ['zero', 0],
      ['false', false],
      ['null', null],
      ['text of every kind', 'å\u0000\n"\\ 🚢 \u2028 \ud800'],
      ['two megabytes', 'x'.repeat(2_000_000)],
    ])('%s comes back as it was put', async (_, value) => {
      await store.put('http', 'a', value);
      expect(await store.get('http', 'a')).toEqual(value);
    });

    test('a value put is a copy', async () => {
      const value = { list: [1] };
      await store.put('http', 'a', value);
      value.list.push(2);
      const first = await store.get<{ list: number[] }>('http', 'a');
      first?.list.push(3);
      expect(await store.get('http', 'a')).toEqual({ list: [1] });
    });

    test('the last put wins, a deleted one is gone', async () => {
      await store.put('http', 'a', 1);
      await store.put('http', 'a', 2);
      expect(await store.get('http', 'a')).toBe(2);
      await store.delete('http', 'a');
      expect(await store.get('http', 'a')).toBeUndefined();
    });

    test('what was not put or touched for so long is forgotten, in its space alone', async () => {
      for (const key of ['old', 'again', 'touched', 'å\u0000 \ud800']) await store.put('http', key, key);
      await store.put('other', 'old', 1);
      const put = Date.now();
      while (Date.now() <= put + 1) await new Promise(setImmediate);
      const since = new Date();
      await store.forget('http', new Date(put - 60_000));
      await store.put('http', 'again', 2);
      await store.touch('http', ['touched', 'å\u0000 \ud800', 'never there']);
      await store.touch('http', []);
      await store.forget('http', since);
      expect(await Promise.all(['old', 'again', 'touched', 'å\u0000 \ud800', 'never there'].map((key) => store.get('http', key)))).toEqual([
        undefined,
        2,
        'touched',
        'å\u0000 \ud800',
        undefined,
      ]);
      expect(await store.get('other', 'old')).toBe(1);
    });

    test.each([
      ['http', 'a', 'htt', 'pa'],
      ['http', 'a', 'http', 'A'],
      ['a', 'b:c', 'a:b', 'c'],
      ['http', 'é', 'http', 'e\u0301'],
      ['http', '', 'http', ' '],
      ['http', '%', 'http', 'anything'],
    ])('%s %s is another than %s %s', async (space, key, otherSpace, otherKey) => {
      await store.put(space, key, 'one');
      expect(await store.get(otherSpace, otherKey)).toBeUndefined();
      await store.put(otherSpace, otherKey, 'other');
      await store.delete(otherSpace, otherKey);
      expect(await store.get(space, key)).toBe('one');
    });

    test('many at once, from any iterable, the last of a repeated key', async () => {
      const entries = Array.from({ length: 3000 }, (_, index) => [`key ${index}`, { index }] as const);
      await store.putAll('first-seen', new Map(entries));
      await store.putAll('first-seen', [
        ['key 7', 'once'],
        ['key 7', 'twice'],
      ]);
      await store.putAll('first-seen', []);
      expect(await store.get('first-seen', 'key 2999')).toEqual({ index: 2999 });
      expect(await store.get('first-seen', 'key 7')).toBe('twice');
      expect(await store.get('other', 'key 1')).toBeUndefined();
    });

    test('all or none: a value that JSON cannot hold keeps the rest out too', async () => {
      await store.put('http', 'b', 'before');
      const entries: [string, unknown][] = [
        ['a', 1],
        ['b', 2],
        ['c', undefined],
      ];
      await expect(store.putAll('http', entries)).rejects.toThrow('JSON cannot hold');
      expect([await store.get('http', 'a'), await store.get('http', 'b'), await store.get('http', 'c')]).toEqual([
        undefined,
        'before',
        undefined,
      ]);
      await expect(store.put('http', 'd', () => 1)).rejects.toThrow('JSON cannot hold');
    });

    test('many callers at once', async () => {
      await Promise.all(Array.from({ length: 50 }, (_, index) => store.put('http', `k${index % 10}`, index)));
      await Promise.all([store.putAll('http', [['x', 1]]), store.putAll('http', [['y', 2]]), store.delete('http', 'k0')]);
      expect(await Promise.all(['x', 'y', 'k0', 'k9'].map((key) => store.get('http', key)))).toEqual([1, 2, undefined, 49]);
    });
  });
}
