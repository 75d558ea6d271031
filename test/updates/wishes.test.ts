import { readMarker, writeMarker } from '../../src/domain/identifiers.ts';
import { fulfilled, unfulfilled } from '../../src/updates/fulfil.ts';
import type { Looked } from '../../src/updates/look-up.ts';
import { reconcile } from '../../src/updates/reconcile.ts';
import { wishesIn, wishesOf, withCompanions } from '../../src/updates/wishes.ts';
import { aMergeRequest, aProposal, aRepository } from '../support/builders/proposals.ts';

const wish = { package: 'registry.example.com/payments/billing', version: '1.5.0', by: 'local:<!-- bob -->' };
const [update] = aProposal().updates;
if (update === undefined) throw new Error('the proposal has an update');
const wanted = aProposal({ updates: [{ ...update, wish }] });
const marker = { app: 'billing', environment: 'staging', content: 'c150', title: wanted.title };
const carrying = (wishes: readonly (typeof wish)[], state: 'open' | 'closed' = 'open') =>
  aMergeRequest({ state, description: writeMarker({ ...marker, wishes }) });

test('a marker carries what was asked for, and what is none of ours is no marker', () => {
  expect(readMarker(writeMarker({ ...marker, wishes: [wish] }))?.wishes).toEqual([wish]);
  for (const wishes of ['1.5.0', [{ package: 'p' }], [null], [{ ...wish, by: 7 }]])
    expect(readMarker(`<!-- lockkeeper:update ${JSON.stringify({ ...marker, wishes })} -->`)).toBeUndefined();
});

test('what was asked for lasts while the merge request is open', () => {
  expect(wishesIn([carrying([wish])])).toEqual([wish]);
  expect(wishesIn([carrying([wish], 'closed'), aMergeRequest()])).toEqual([]);
  expect(wishesOf([...wanted.updates, ...wanted.updates, update])).toEqual([wish]);
});

test.each<[string, readonly (typeof wish)[], typeof wanted, 'keep' | 'update']>([
  ['told already', [wish], wanted, 'keep'],
  ['asked for what is open already: its text says so', [], wanted, 'update'],
  ['asked for by somebody else since', [{ ...wish, by: 'ada' }], wanted, 'update'],
  ['over: its text says so no more', [wish], aProposal(), 'update'],
])('%s', (_, told, proposal, kind) => {
  const branch = { head: 'b1', content: 'c150', base: 'm1' };
  const state = { environment: 'staging', app: 'billing', gone: '', certain: true, failed: [], repository: aRepository(), targetHeads: {} };
  expect(reconcile({ ...state, proposal, requests: [carrying(told)], branch })).toMatchObject({ kind });
});

const looked = (change: Partial<Looked> = {}): Looked => ({
  reference: update.reference,
  held: [],
  certain: true,
  problems: [],
  ...change,
});

test.each<[string, Looked, Parameters<typeof unfulfilled>[1]['action'], string | undefined]>([
  ['opened', looked({ update: { ...update, wish } }), { kind: 'open', proposal: wanted, build: undefined }, undefined],
  ['open already', looked({ update: { ...update, wish } }), { kind: 'keep', proposal: wanted, request: aMergeRequest() }, undefined],
  [
    'a person has the branch',
    looked({ update: { ...update, wish } }),
    { kind: 'keep', proposal: wanted, request: aMergeRequest(), reason: 'Ada committed' },
    'Ada committed',
  ],
  [
    'closed before',
    looked({ update: { ...update, wish } }),
    { kind: 'hold', proposal: wanted, reason: 'closed unmerged' },
    'closed unmerged',
  ],
  [
    'refused',
    looked({ update, refusedWish: 'ignored by "1.5.0"' }),
    { kind: 'open', proposal: wanted, build: undefined },
    'ignored by "1.5.0"',
  ],
  [
    'its digest is not known',
    looked({ held: [{ version: '1.5.0', reason: 'the digest is not known' }] }),
    { kind: 'none' },
    'the digest is not known',
  ],
  ['the registry fails', looked({ reason: 'timed out', failed: true }), { kind: 'none' }, 'timed out'],
])('%s', (_, one, action, why) => {
  expect(unfulfilled(wish, { looked: [one], action })).toBe(why);
});

test('what stands at the same version is wished for with it', () => {
  const standing = (name: string, version: string) => ({ package: { datasource: 'oci' as const, name }, version });
  const all = [standing('bundle', '1.4.2'), standing('image', '1.4.2'), standing('image', '1.4.2'), standing('redis', '7.2.4')];
  expect(withCompanions({ ...wish, package: 'bundle' }, all).map((one) => one.package)).toEqual(['bundle', 'image']);
  expect(withCompanions({ ...wish, package: 'redis' }, all).map((one) => one.package)).toEqual(['redis']);
});

test('another package, another app', () => {
  expect(unfulfilled({ ...wish, package: 'q' }, { looked: [looked()], action: { kind: 'none' } })).toBe('the app has no package q');
  expect(fulfilled('billing', undefined)).toEqual({ action: 'hold', reason: 'there is no app billing' });
});
