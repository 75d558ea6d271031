import { OutsideError, RefusedError } from '../../src/domain/errors.ts';
import type { MergeRequest, Review } from '../../src/domain/forge.ts';
import { writeMarker } from '../../src/domain/identifiers.ts';
import type { NewEntry } from '../../src/domain/journal.ts';
import { createJournal } from '../../src/journal/record.ts';
import { witnessEnded } from '../../src/updates/ended.ts';
import { memoryJournal } from '../support/memory-journal.ts';

const begun = new Date('2026-11-01T08:00:00Z');
const place = { environment: 'staging', forge: 'gl', path: 'platform/staging' };
const marker = { app: 'billing', environment: 'staging', content: '0123456789abcdef', title: 'billing 1.4.2 → 1.5.0' };

const request = (more: Partial<MergeRequest> = {}): MergeRequest => ({
  id: 7,
  url: 'https://gl.example.com/7',
  title: 'Please merge',
  description: writeMarker(marker),
  state: 'merged',
  branch: 'lockkeeper/billing',
  target: 'main',
  commit: 'c'.repeat(40),
  labels: ['lockkeeper'],
  createdAt: '2026-11-02T08:00:00.000Z',
  updatedAt: '2026-11-02T09:00:00.000Z',
  conflicts: false,
  endedAt: '2026-11-02T09:00:00.000Z',
  ...more,
});

const review = (name: string, state: Review['state']): Review => ({ user: { id: name, name, bot: false }, state });
const opening: NewEntry = { kind: 'proposal', actor: 'lockkeeper', what: 'open', why: 'newer', links: [], facts: {} };

interface Answers {
  readonly by?: string | Error;
  readonly reviews?: readonly Review[] | Error;
}

/** A journal that began, and a forge that counts what it is asked. */
async function world({ by = 'ada', reviews = [] }: Answers = {}) {
  const kept = memoryJournal();
  const journal = () =>
    createJournal(
      () => kept,
      () => begun,
    );
  await journal().record(opening);
  const asked: string[] = [];
  const answer = <T>(what: string, value: T | Error): Promise<T> => {
    asked.push(what);
    return Error.isError(value) ? Promise.reject(value) : Promise.resolve(value);
  };
  const forge = {
    endedBy: () => answer('by', by),
    reviews: () =>
      answer('reviews', reviews).then((all) => ({ author: { id: '1', name: 'lockkeeper', bot: true }, commit: '', reviews: all })),
  };
  return {
    asked,
    kept: () => kept.kept.slice(1),
    /** Each look by another process. */
    look: (requests: readonly MergeRequest[], now = new Date('2026-11-03T08:00:00Z')) =>
      witnessEnded({ forge, journal: journal(), now }, place, requests),
  };
}

test.each<[what: string, request: MergeRequest, actions: readonly string[]]>([
  ['merged', request(), ['merged']],
  ['closed by a person', request({ state: 'closed' }), ['closed']],
  ['with its description written anew', request({ description: '' }), ['merged']],
  ['with its label taken off', request({ labels: [] }), ['merged']],
  ['without both, which is theirs', request({ description: '', labels: [] }), []],
  ['open', request({ state: 'open' }), []],
  ['closed by us', request({ state: 'closed', description: writeMarker({ ...marker, closed: 'no longer needed' }) }), []],
  ['merged before the journal began', request({ endedAt: '2026-11-01T07:54:00.000Z' }), []],
  ['merged by a clock that is a little behind', request({ endedAt: '2026-11-01T07:56:00.000Z' }), ['merged']],
])('one that is %s', async (_, one, actions) => {
  const { look, kept } = await world();
  expect((await look([one])).map(({ action }) => action)).toEqual(actions);
  expect(kept().map(({ facts }) => facts['action'])).toEqual(actions);
});

test('looked at again, it is neither written nor asked for again, and told for a week', async () => {
  const { look, asked, kept } = await world();
  const seen = { title: marker.title, url: 'https://gl.example.com/7', action: 'merged', by: 'ada', isNews: true };
  expect(await look([request()])).toEqual([seen]);
  expect(asked).toEqual(['by', 'reviews']);
  expect(await look([request()])).toEqual([seen]);
  expect(await look([request()], new Date('2026-11-10T08:00:00Z'))).toEqual([{ ...seen, isNews: false }]);
  expect(asked).toHaveLength(2);
  expect(kept()).toHaveLength(1);
});

test('who is named by the list is not asked for', async () => {
  const { look, asked, kept } = await world();
  await look([request({ state: 'closed', endedBy: 'grace' })]);
  expect(asked).toEqual([]);
  expect(kept()).toMatchObject([{ kind: 'proposal', actor: 'gl:grace', why: 'not this version' }]);
});

test('closed, reopened and closed again are two; merged in the end a third', async () => {
  const { look, kept } = await world();
  await look([request({ state: 'closed', labels: [] })]);
  await look([request({ state: 'closed', endedAt: '2026-11-02T10:00:00.000Z' })]);
  await look([request()]);
  expect(kept().map(({ facts, why }) => [facts['event'], why])).toEqual([
    ['closed gl:platform/staging 7 2026-11-02T09:00:00.000Z', 'its label lockkeeper was taken off: it may be proposed again'],
    ['closed gl:platform/staging 7 2026-11-02T10:00:00.000Z', 'not this version'],
    ['merged gl:platform/staging 7', 'no approval is known'],
  ]);
});

test('approved by those whose last word it was', async () => {
  const words: [string, Review['state']][] = [
    ['ada', 'changes-requested'],
    ['ada', 'approved'],
    ['ada', 'commented'],
    ['bob', 'approved'],
    ['bob', 'dismissed'],
    ['eve', 'approved'],
    ['eve', 'changes-requested'],
    ['grace', 'approved'],
  ];
  const { look, kept } = await world({ by: 'bob', reviews: words.map(([name, state]) => review(name, state)) });
  await look([request()]);
  expect(kept().map(({ kind, actor }) => `${kind} ${actor}`)).toEqual(['approval gl:ada', 'approval gl:grace', 'merge gl:bob']);
  expect(kept().at(-1)).toMatchObject({ why: 'approved by gl:ada, gl:grace', facts: { from: '1.4.2', to: '1.5.0' } });
});

test('what the forge refuses to say is not known; what it could not say now is asked for by the next scan, and nothing is written before', async () => {
  const refused = new RefusedError('gl', 'no');
  const without = await world({ by: refused, reviews: refused });
  expect(await without.look([request()])).toEqual([expect.not.objectContaining({ by: expect.anything() as unknown })]);
  expect(without.kept()).toMatchObject([{ kind: 'merge', actor: 'gl', why: 'no approval is known' }]);
  expect(await without.look([request()])).toEqual([expect.not.objectContaining({ by: expect.anything() as unknown })]);
  const down = await world({ reviews: new OutsideError('gl', 'no answer') });
  await expect(down.look([request()])).rejects.toThrow('no answer');
  expect(down.kept()).toEqual([]);
});
