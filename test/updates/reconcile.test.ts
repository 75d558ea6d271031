import { writeMarker } from '../../src/domain/identifiers.ts';
import { placesOf } from '../../src/updates/proposal.ts';
import { type AppState, appOfRequest, appsByBranch, reconcile } from '../../src/updates/reconcile.ts';
import { aMergeRequest, aProposal, aRepository } from '../support/builders/proposals.ts';

const newer = aProposal({ title: 'billing 1.4.2 → 1.6.0', content: 'c160' });
const marked = { app: 'billing', environment: 'staging', content: 'c150', title: aProposal().title };
const own = { head: 'b1', content: 'c150', base: 'm1' };

const aState = (change: Partial<AppState> = {}): AppState => ({
  environment: 'staging',
  app: 'billing',
  proposal: aProposal(),
  gone: 'billing is at 1.5.0 on main',
  certain: true,
  failed: [],
  repository: aRepository(),
  requests: [],
  branch: undefined,
  targetHeads: {},
  ...change,
});

test.each<[string, Partial<AppState>, object]>([
  ['nothing there: open', {}, { kind: 'open', build: { base: 'm1', expected: undefined } }],
  ['the branch stands, the run died before it opened', { branch: own }, { kind: 'open', build: undefined }],
  ['an old branch of ours is in the way', { branch: { ...own, content: 'c149' } }, { kind: 'open', build: { base: 'm1', expected: 'b1' } }],
  [
    'a branch of a person is in the way',
    { branch: { head: 'p1', person: 'Ada' } },
    { kind: 'hold', reason: expect.stringContaining('Ada') },
  ],
  ['nothing new', { requests: [aMergeRequest()], branch: own }, { kind: 'keep' }],
  ['behind, without a conflict', { requests: [aMergeRequest()], branch: own, repository: aRepository({ commit: 'm2' }) }, { kind: 'keep' }],
  [
    'a newer release',
    { proposal: newer, requests: [aMergeRequest()], branch: own },
    { kind: 'update', build: { base: 'm1', expected: 'b1' }, texts: { title: newer.title } },
  ],
  [
    'committed, then died before the texts',
    { proposal: newer, requests: [aMergeRequest()], branch: { ...own, content: 'c160' } },
    { kind: 'update', build: undefined, texts: { title: newer.title } },
  ],
  [
    'a person changed the title',
    { proposal: newer, requests: [aMergeRequest({ title: 'Do this on Monday' })], branch: own },
    { kind: 'update', texts: {} },
  ],
  [
    'a person wrote the description anew',
    { proposal: newer, requests: [aMergeRequest({ description: 'mine' })], branch: own },
    { kind: 'update', texts: { title: newer.title } },
  ],
  [
    'a person wrote title and description anew',
    { proposal: newer, requests: [aMergeRequest({ title: 'Do this on Monday', description: 'mine' })], branch: own },
    { kind: 'update', texts: {} },
  ],
  [
    'a person changed the target',
    { proposal: newer, requests: [aMergeRequest({ target: 'next' })], branch: own, targetHeads: { next: 'n1' } },
    { kind: 'update', build: { base: 'n1', expected: 'b1' } },
  ],
  [
    'the environment has another name by now',
    { requests: [aMergeRequest({}, aProposal({ environment: 'stage' }))], branch: own },
    { kind: 'update', build: undefined, texts: {} },
  ],
  [
    'the target is gone',
    { requests: [aMergeRequest({ target: 'master' })], branch: own },
    { kind: 'update', build: undefined, texts: { target: 'main' } },
  ],
  [
    'another file runs the app by now',
    { requests: [aMergeRequest()], branch: { ...own, places: '0123456789abcdef' } },
    { kind: 'update', build: { base: 'm1', expected: 'b1' }, texts: undefined },
  ],
  [
    'another file runs the app by now, and the text does not say so',
    { requests: [aMergeRequest({ description: writeMarker({ ...marked, places: '0123456789abcdef' }) })], branch: own },
    { kind: 'update', build: undefined, texts: {} },
  ],
  [
    'a text of which something could not be read',
    { requests: [aMergeRequest({ description: writeMarker({ ...marked, unread: true }) })], branch: own },
    { kind: 'update', build: undefined, texts: {} },
  ],
  ['still the same files', { requests: [aMergeRequest()], branch: { ...own, places: placesOf(aProposal().updates) } }, { kind: 'keep' }],
  [
    'what is left was refused before',
    { requests: [aMergeRequest({ id: 1, state: 'closed' }), aMergeRequest({ id: 2 }, newer)], branch: { ...own, content: 'c160' } },
    { kind: 'close', request: { id: 2 }, reason: expect.stringContaining('closed unmerged in') },
  ],
  [
    'refused before, and reopened',
    { requests: [aMergeRequest({ id: 1, state: 'closed' }), aMergeRequest({ id: 2 })], branch: own },
    { kind: 'keep' },
  ],
  [
    'a conflict',
    { requests: [aMergeRequest({ conflicts: true })], branch: own, repository: aRepository({ commit: 'm2' }) },
    { kind: 'update', build: { base: 'm2', expected: 'b1' }, texts: undefined },
  ],
  [
    'a conflict that the forge has not noticed we solved',
    { requests: [aMergeRequest({ conflicts: true })], branch: { ...own, base: 'm2' }, repository: aRepository({ commit: 'm2' }) },
    { kind: 'keep' },
  ],
  [
    'a person committed',
    { proposal: newer, requests: [aMergeRequest()], branch: { head: 'p1', person: 'Ada' } },
    { kind: 'keep', say: 'Ada' },
  ],
  [
    'not certain',
    { proposal: newer, certain: false, requests: [aMergeRequest()], branch: own },
    { kind: 'keep', reason: expect.stringContaining('incomplete') },
  ],
  [
    'a part of the app could not be looked up',
    { certain: false, failed: ['redis'] },
    { kind: 'hold', reason: expect.stringContaining('redis') },
  ],
  [
    'closed by a person',
    { requests: [aMergeRequest({ state: 'closed' })], branch: own },
    { kind: 'hold', reason: expect.stringContaining('reopen') },
  ],
  [
    'closed by a person long ago, with others since',
    { requests: [aMergeRequest({ state: 'closed' }), aMergeRequest({ id: 2, state: 'merged' }, newer)] },
    { kind: 'hold' },
  ],
  ['closed by a person for another version', { proposal: newer, requests: [aMergeRequest({ state: 'closed' })] }, { kind: 'open' }],
  ['closed by a person who took the label off', { requests: [aMergeRequest({ state: 'closed', labels: [] })] }, { kind: 'open' }],
  [
    'closed by a person before we could label it',
    { requests: [aMergeRequest({ state: 'closed', labels: [], unfinished: true })] },
    { kind: 'hold' },
  ],
  ['closed by ourselves', { requests: [aMergeRequest({ state: 'closed' }, aProposal(), 'no longer needed')] }, { kind: 'open' }],
  ['merged and taken back by a revert', { requests: [aMergeRequest({ state: 'merged' })] }, { kind: 'open' }],
  [
    'merged and taken back by a revert, and the branch was left',
    { requests: [aMergeRequest({ state: 'merged' })], branch: own, repository: aRepository({ commit: 'm2' }) },
    { kind: 'open', build: { base: 'm2', expected: 'b1' } },
  ],
  [
    'no longer needed',
    { proposal: undefined, requests: [aMergeRequest()], branch: own },
    { kind: 'close', reason: 'billing is at 1.5.0 on main' },
  ],
  ['perhaps no longer needed', { proposal: undefined, certain: false, requests: [aMergeRequest()], branch: own }, { kind: 'none' }],
  [
    'no longer needed, but a person works on it',
    { proposal: undefined, requests: [aMergeRequest()], branch: { head: 'p1', person: 'Ada' } },
    { kind: 'none' },
  ],
  [
    'a branch of the same name that somebody else opened',
    { proposal: undefined, requests: [aMergeRequest({ description: 'mine' })], branch: own },
    { kind: 'none' },
  ],
  [
    'a marker copied from another environment',
    { proposal: undefined, requests: [aMergeRequest({}, aProposal({ environment: 'production' }))], branch: own },
    { kind: 'none' },
  ],
  ['nothing at all', { proposal: undefined }, { kind: 'none' }],
])('%s', (_name, change, expected) => {
  expect(reconcile(aState(change))).toMatchObject(expected);
});

describe('nothing is proposed, and one that was closed has left its branch behind', () => {
  const ours = aMergeRequest({ state: 'closed' }, aProposal(), 'no longer needed');
  const there = aRepository({ branches: { [ours.branch]: ours.commit } });
  const branch = { ...own, head: ours.commit };
  test.each<[string, Partial<AppState>, string]>([
    ['closed by us: it is deleted', { requests: [ours], branch }, 'tidy'],
    ['closed by a person: it is theirs', { requests: [aMergeRequest({ state: 'closed' })], branch }, 'none'],
    ['a person committed to it before', { requests: [ours], branch: { head: ours.commit, person: 'Ada' } }, 'none'],
    [
      'a person committed to it since',
      { requests: [ours], branch: { head: 'p1', person: 'Ada' }, repository: aRepository({ branches: { [ours.branch]: 'p1' } }) },
      'none',
    ],
    ['it is gone', { requests: [ours], branch: undefined, repository: aRepository() }, 'none'],
  ])('%s', (_, change, kind) => {
    expect(reconcile(aState({ proposal: undefined, repository: there, ...change })).kind).toBe(kind);
  });
});

test('of two open merge requests the older one is ours', () => {
  const action = reconcile(aState({ requests: [aMergeRequest({ id: 9, target: 'next' }), aMergeRequest({ id: 4 })], branch: own }));
  expect(action).toMatchObject({ kind: 'keep', request: { id: 4 } });
});

test('a merge request belongs to the app whose branch it is, and after the app has gone to the one it names', () => {
  expect(appOfRequest(aMergeRequest(), appsByBranch(['web', 'billing']))).toBe('billing');
  expect(appOfRequest(aMergeRequest(), new Map())).toBe('billing');
  expect(appOfRequest(aMergeRequest({ description: '' }), new Map())).toBeUndefined();
});
