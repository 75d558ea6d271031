import type { Ended } from '../../src/updates/ended.ts';
import { newsOf } from '../../src/updates/news.ts';
import type { EnvironmentNow } from '../../src/updates/read-environment.ts';
import type { AppOutcome } from '../../src/updates/scan-environment.ts';
import { aMergeRequest, aProposal } from '../support/builders/proposals.ts';

const request = aMergeRequest({ title: 'billing 1.4.2 → 1.9.0' });
const proposal = aProposal({ title: 'billing 1.4.1 → 1.9.0' });
const update = { kind: 'update', proposal, request, build: undefined, texts: { title: proposal.title } } as const;
const ended = aMergeRequest({ id: 3, state: 'merged', title: 'billing 1.4.1 → 1.4.2', url: 'https://forge.example.com/3' });

const news = (outcome: Partial<AppOutcome>, byOthers: readonly Ended[] = []) => {
  const now = { settings: { name: 'staging', repository: { forge: 'gitlab', path: 'env/staging' } } } as EnvironmentNow;
  const apps = [{ app: 'billing', looked: [], action: { kind: 'none' } as const, shows: 7, ...outcome }];
  return newsOf({ now, apps, ended: byOthers, requests: [] });
};
const at = { id: request.id, url: request.url };
const open = { request: `gitlab:env/staging!${request.id}`, environment: 'staging', state: 'open', url: request.url, shows: 7 };

test.each<[string, Partial<AppOutcome>, readonly object[]]>([
  ['an update that was written', { action: update, ...at }, [{ ...open, title: proposal.title }]],
  [
    'an update that was not, as what it was decided on had changed',
    { action: update, ...at, problem: new Error('main has moved') },
    [{ ...open, title: request.title, updatedAt: request.updatedAt }],
  ],
  ['an update under a title that a person gave', { action: { ...update, texts: {} }, ...at }, [{ ...open, title: request.title }]],
  [
    'one that is kept',
    { action: { kind: 'keep', proposal, request }, ...at },
    [{ ...open, title: request.title, updatedAt: request.updatedAt }],
  ],
  [
    'one that was closed',
    {
      action: { kind: 'close', request, marker: { app: 'billing', environment: 'staging', content: '', title: '' }, reason: 'gone' },
      ...at,
    },
    [{ ...open, state: 'closed', reason: 'gone', title: request.title }],
  ],
  ['one that could not be opened', { action: { kind: 'open', proposal, build: undefined }, problem: new Error('no answer') }, []],
])('%s is news as it stands on the forge', (_, outcome, expected) => {
  expect(news(outcome)).toEqual(expected);
});

const merged = { title: ended.title, url: ended.url, action: 'merged', isNews: true } as const;
const past = {
  request: 'gitlab:env/staging!3',
  environment: 'staging',
  state: 'merged',
  title: ended.title,
  url: ended.url,
  shows: 7,
  updatedAt: ended.updatedAt,
};
const closedByUs = aMergeRequest({ id: 3, state: 'closed', title: ended.title, url: ended.url }, proposal, 'gone');

test.each<[string, Partial<AppOutcome>, readonly Ended[], readonly object[]]>([
  ['that was merged', { ended }, [merged], [past]],
  ['that ada merged', { ended }, [{ ...merged, by: 'ada' }], [{ ...past, by: 'ada' }]],
  ['that we closed', { ended: closedByUs }, [], [{ ...past, state: 'closed', reason: 'gone' }]],
  ['that was merged, and the journal does not have it yet', { ended }, [], []],
])('the one before, %s', (_, outcome, byOthers, expected) => {
  expect(news(outcome, byOthers)).toEqual(expected);
});
