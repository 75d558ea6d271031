import { backoff, fault, isPassing, pauseAsked, retryAfter } from '../../../src/adapters/http/retry.ts';

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
  const passing = (headers: Record<string, string>) =>
    [200, 304, 400, 401, 403, 404, 429, 500, 501, 502, 503, 504].filter((status) => isPassing(status, headers));
  expect(passing({})).toEqual([429, 500, 502, 503, 504]);
  expect(passing({ 'x-ratelimit-remaining': '12', 'x-ratelimit-reset': '1795226400' })).toEqual([429, 500, 502, 503, 504]);
  expect(passing({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1795226400' })).toEqual([403, 429, 500, 502, 503, 504]);
  expect(passing({ 'retry-after': '60' })).toEqual([403, 429, 500, 502, 503, 504]);
});

test.each<[string, Record<string, string>, number | undefined]>([
  ['Retry-After comes first', { 'retry-after': '7', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1795226400' }, 7_000],
  ['until the reset', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now.getTime() / 1000 + 90) }, 90_000],
  ['a reset that has passed', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now.getTime() / 1000 - 90) }, 1_000],
  ['requests are left', { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '1795226490' }, undefined],
  ['seconds, as others write it', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '30' }, undefined],
  ['nothing', {}, undefined],
])('the pause asked for: %s', (_name, headers, expected) => {
  expect(pauseAsked(headers, now)).toBe(expected);
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

test('plain http where TLS is spoken: said also when the handshake fails in the middle of a write', () => {
  const error = Object.assign(new Error('write EPROTO 402D:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number'), {
    code: 'EPROTO',
  });
  expect(fault(error)).toEqual({ kind: 'wrong', text: expect.stringContaining('insecure: true') });
});
