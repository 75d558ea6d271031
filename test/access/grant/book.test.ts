import {
  type AccessBook,
  changeBook,
  fileKey,
  idleReverts,
  isSettled,
  readBook,
  seenStanding,
  trimmed,
  withRecord,
  withRevert,
} from '../../../src/access/grant/book.ts';
import type { GrantRecord } from '../../../src/domain/access.ts';
import { grantOf, recordOf } from '../../support/builders/grants.ts';
import { MemoryStore } from '../../support/memory-store.ts';

const { file, blob } = grantOf();
const standing = { path: file, id: blob, mode: '100644' };
const key = fileKey(file, blob);
const empty: AccessBook = { grants: [], refused: {}, requests: {}, closed: {}, unexplained: {} };
const refused = { reason: 'no', at: '2026-11-21T12:00:00Z' };

test.each<readonly [string, Partial<AccessBook>, Partial<typeof standing>, boolean]>([
  ['unknown', {}, {}, false],
  ['refused', { refused: { [key]: refused } }, {}, true],
  ['refused with other content', { refused: { [fileKey(file, 'other')]: refused } }, {}, false],
  ['given', { grants: [recordOf()] }, {}, true],
  ['given, and no plain file any more', { grants: [recordOf()] }, { mode: '100755' }, false],
  ['given with other content', { grants: [recordOf({}, { blob: 'other' })] }, {}, false],
  ['being given', { grants: [recordOf({ state: 'granting' })] }, {}, false],
  ['ending', { grants: [recordOf({ state: 'ending' })] }, {}, true],
  ['ended, and perhaps asked for again', { grants: [recordOf({ state: 'ended' })] }, {}, false],
  ['ended, and given again', { grants: [recordOf({ state: 'ended' }), recordOf({}, { id: 'g2' })] }, {}, true],
])('whether a file is settled: %s', (_, book, change, settled) => {
  expect(isSettled({ ...empty, ...book }, { ...standing, ...change })).toBe(settled);
});

describe('a look at the branch', () => {
  const known = { ...empty, refused: { [key]: refused }, unexplained: { [key]: 'then' }, files: { [file]: blob }, head: 'h' };

  test('forgets what is gone, and that all was settled', () => {
    expect(seenStanding(known, [], false)).toEqual({ ...empty, files: {} });
    expect(seenStanding(known, [standing], false)).toEqual({ ...known, head: undefined });
  });
  test('changes nothing where nothing changed', () => {
    const { head: _, ...seen } = known;
    expect(seenStanding(seen, [standing], true)).toBe(seen);
  });
  test('says what files there are once all of them were looked at', () => {
    expect(seenStanding(empty, [standing], false).files).toBeUndefined();
    expect(seenStanding(empty, [standing], true).files).toEqual({ [file]: blob });
  });
  test('remembers a merge request that is to be closed', () => {
    const proposed = withRevert(known, key, 9);
    const gone = seenStanding(proposed, [], false);
    expect(idleReverts(proposed, [standing])).toEqual([]);
    expect(idleReverts(gone, [])).toEqual([[key, 9]]);
    expect(seenStanding(withRevert(gone, key, undefined), [], false).refused).toEqual({});
  });
});

describe('what ended', () => {
  const now = new Date('2026-11-21T15:00:00Z');
  const ended = (id: string, goneAt: string, of = {}): GrantRecord => recordOf({ state: 'ended', goneAt }, { id, ...of });

  test('is dropped after 90 days, what lasts is not, nor what has its file still', () => {
    const old = '2026-08-01T00:00:00Z';
    const [kept, lasting, filed] = [
      ended('new', '2026-11-01T00:00:00Z'),
      recordOf({}, { id: 'lasts', until: old }),
      ended('filed', old, { file: 'f', blob: 'b' }),
    ];
    const book = { ...empty, files: { f: 'b' }, grants: [ended('old', old), kept, lasting, filed] };
    expect(trimmed(book, now).grants).toEqual([kept, lasting, filed]);
  });
  test('a hundred of it at the most, the newest', () => {
    const many = Array.from({ length: 130 }, (_, at) => ended(`g${at}`, now.toISOString()));
    expect(trimmed({ ...empty, grants: many }, now).grants.map(({ grant }) => grant.id)).toEqual(
      many.slice(30).map(({ grant }) => grant.id),
    );
  });
  test('the same book where nothing is to be dropped', () => {
    const book = { ...empty, grants: [recordOf()] };
    expect(trimmed(book, now)).toBe(book);
  });
});

test('is changed by one after the other, and not written where nothing changed', async () => {
  const store = new MemoryStore();
  const held: string[] = [];
  const locks = {
    hold: <T>(name: string, _: number, work: (signal: AbortSignal) => Promise<T>) => {
      held.push(name);
      return work(new AbortController().signal);
    },
  };
  await changeBook({ store, locks }, 'local:a', (book) => book);
  expect(store.keys('access')).toEqual([]);
  await changeBook({ store, locks }, 'local:a', (book) => withRecord(book, recordOf()));
  await changeBook({ store, locks }, 'local:a', (book) => withRecord(book, recordOf({ state: 'ending' })));
  expect((await readBook(store, 'local:a')).grants).toEqual([recordOf({ state: 'ending' })]);
  expect(await readBook(store, 'local:b')).toEqual(empty);
  expect(new Set(held)).toEqual(new Set(['access book local:a']));
});
