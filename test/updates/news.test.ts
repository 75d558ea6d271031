import { newsOf } from '../../src/updates/news.ts';
import type { EnvironmentNow } from '../../src/updates/read-environment.ts';
import type { AppOutcome } from '../../src/updates/scan-environment.ts';
import { aMergeRequest, aProposal } from '../support/builders/proposals.ts';

const request = aMergeRequest({ title: 'billing 1.4.2 → 1.9.0' });
const proposal = aProposal({ title: 'billing 1.4.1 → 1.9.0' });
const update = { kind: 'update', proposal, request, build: undefined, texts: { title: proposal.title } } as const;
const ended = aMergeRequest({ id: 3, state: 'merged', title: 'billing 1.4.1 → 1.4.2', url: 'https://forge.example.com/3' });

const news = (outcome: Partial<AppOutcome>) => {
  const now = { settings: { name: 'staging' } } as EnvironmentNow;
  const apps = [{ app: 'billing', looked: [], action: { kind: 'none' } as const, shows: 7, ...outcome }];
  return newsOf({ environments: [{ now, apps }], errors: [] });
};
const open = { environment: 'staging', state: 'open', url: request.url, shows: 7 };

test.each<[string, Partial<AppOutcome>, readonly object[]]>([
  ['an update that was written', { action: update, url: request.url }, [{ ...open, title: proposal.title }]],
  [
    'an update that was not, as what it was decided on had changed',
    { action: update, url: request.url, problem: new Error('main has moved') },
    [{ ...open, title: request.title, updatedAt: request.updatedAt }],
  ],
  [
    'an update under a title that a person gave',
    { action: { ...update, texts: {} }, url: request.url },
    [{ ...open, title: request.title }],
  ],
  [
    'one that is kept',
    { action: { kind: 'keep', proposal, request }, url: request.url },
    [{ ...open, title: request.title, updatedAt: request.updatedAt }],
  ],
  [
    'one that was closed',
    {
      action: { kind: 'close', request, marker: { app: 'billing', environment: 'staging', content: '', title: '' }, reason: 'gone' },
      url: request.url,
    },
    [{ ...open, state: 'closed', reason: 'gone', title: request.title }],
  ],
  [
    'the one before, that was merged',
    { ended },
    [{ ...open, state: 'merged', title: ended.title, url: ended.url, updatedAt: ended.updatedAt }],
  ],
  ['one that could not be opened', { action: { kind: 'open', proposal, build: undefined }, problem: new Error('no answer') }, []],
])('%s is news as it stands on the forge', (_, outcome, expected) => {
  expect(news(outcome)).toEqual(expected);
});
