import { rateLimitIn } from '../../src/domain/rate-limit.ts';

const now = new Date('2026-11-20T12:00:00Z');

test.each([
  [
    'GitHub',
    { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '4999', 'x-ratelimit-reset': '1795176000' },
    { limit: 5000, remaining: 4999, resetAt: '2026-11-20T12:00:00.000Z' },
  ],
  [
    'GitLab',
    { 'ratelimit-limit': '600', 'ratelimit-remaining': '599', 'ratelimit-reset': '1795176060' },
    { limit: 600, remaining: 599, resetAt: '2026-11-20T12:01:00.000Z' },
  ],
  ['Docker Hub', { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '76;w=21600' }, { limit: 100, remaining: 76 }],
  [
    'a host that says how long it takes',
    { 'ratelimit-remaining': '0', 'ratelimit-reset': '30' },
    { remaining: 0, resetAt: '2026-11-20T12:00:30.000Z' },
  ],
  ['a host that says nothing', {}, undefined],
  ['a host that says no number', { 'x-ratelimit-remaining': 'many' }, undefined],
  ['a host that says nothing in many words', { 'x-ratelimit-remaining': '' }, undefined],
  ['a host with an instant that does not exist', { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '1e300' }, { remaining: 1 }],
])('what may still be asked of %s', (_, headers: Record<string, string>, expected) => {
  expect(rateLimitIn(headers, now)).toEqual(expected);
});
