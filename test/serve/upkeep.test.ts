import { jest } from '@jest/globals';
import { keepThreads, type ProposalNews } from '../../src/notifications/proposals.ts';
import { forgetUnused } from '../../src/serve/upkeep.ts';
import { MemoryStore } from '../support/memory-store.ts';

const day = 86_400_000;
const begun = Date.parse('2026-08-01T00:00:00Z');
const at = (days: number): Date => new Date(begun + days * day);
const onDay = (days: number) => jest.spyOn(Date, 'now').mockReturnValue(at(days).getTime());
afterEach(() => jest.restoreAllMocks());

const news = (id: number, state: ProposalNews['state']): ProposalNews => ({
  request: `gitlab:env!${id}`,
  environment: 'staging',
  title: 'billing 1.4.2 → 1.5.0',
  state,
  url: `https://gitlab.example.com/env/-/merge_requests/${id}`,
  shows: 1,
});

/** Those that are forgotten after a while, and some that are not. */
const spaces = [
  'http',
  'oci',
  'digest',
  'branch',
  'said',
  'plan',
  'verdict',
  'deployment',
  'drift',
  'first-seen',
  'running',
  'service',
  'access',
];

test('what nobody has had a use for in ninety days goes; an open merge request keeps what people were told of it, and time what it counts from', async () => {
  const store = new MemoryStore();
  onDay(0);
  for (const space of ['thread', 'told']) for (const id of [1, 2]) await store.put(space, `merge-request gitlab:env!${id}`, {});
  for (const space of spaces) await store.put(space, 'a', 1);
  await forgetUnused(store, at(89));
  expect(store.keys('digest')).toEqual(['a']);
  onDay(60);
  await keepThreads(store, [news(1, 'open'), news(2, 'merged')]);
  await forgetUnused(store, at(91));
  const left = ['thread', 'told', ...spaces];
  expect(left.flatMap((space) => store.keys(space).map((key) => `${space} ${key}`))).toEqual([
    'thread merge-request gitlab:env!1',
    'told merge-request gitlab:env!1',
    'deployment a',
    'drift a',
    'first-seen a',
    'running a',
    'service a',
    'access a',
  ]);
});
