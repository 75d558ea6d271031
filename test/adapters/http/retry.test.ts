import { backoff, fault, isPassing, retryAfter } from '../../../src/adapters/http/retry.ts';

const now = new Date('2026-11-21T02:00:00Z');

test.each([
  ['seconds', '7', 7_000],
  ['zero', '0', 0],
  ['a date', 'Sat, 21 Nov 2026 02:00:30 GMT', 30_000],
  ['a date that has passed', 'Sat, 21 Nov 2026 01:00:00 GMT', 0],
  ['nothing', undefined, undefined],
  ['words', 'soon', undefined],
  ['a negative number', '-5', undefined],
  ['a fraction', '1.5', undefined],
])('Retry-After: %s', (_name, header, expected) => {
  expect(retryAfter(header, now)).toBe(expected);
});

test('the backoff doubles and is half by chance', () => {
  expect([1, 2, 3].map((attempt) => backoff(attempt, 0))).toEqual([250, 500, 1000]);
  expect([1, 2, 3].map((attempt) => backoff(attempt, 1))).toEqual([500, 1000, 2000]);
});

test('which statuses pass', () => {
  expect([200, 304, 400, 401, 404, 429, 500, 501, 502, 503, 504].filter(isPassing)).toEqual([429, 500, 502, 503, 504]);
});

test.each([
  ['ECONNREFUSED', 'dead'],
  ['ENOTFOUND', 'dead'],
  ['UND_ERR_CONNECT_TIMEOUT', 'dead'],
  ['ECONNRESET', 'broken'],
  ['UND_ERR_SOCKET', 'broken'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'wrong'],
  ['HPE_INVALID_CONSTANT', 'wrong'],
])('%s means %s', (code, kind) => {
  expect(fault(Object.assign(new Error('x'), { code })).kind).toBe(kind);
});
