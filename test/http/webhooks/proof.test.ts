import { fingerprint, isOneOf, isSignedBy } from '../../../src/http/webhooks/proof.ts';

test.each<[string, readonly string[], boolean]>([
  ['b', ['a', 'b'], true],
  ['a', ['a', 'b'], true],
  ['c', ['a', 'b'], false],
  ['', ['a'], false],
  ['aa', ['a'], false],
  ['é', ['é'], true],
  ['a', [], false],
])('%j is one of %j: %j', (text, secrets, expected) => {
  expect(isOneOf(text, secrets)).toBe(expected);
});

/** RFC 4231, test case 2 (SHA-256), and RFC 2202, test case 2 (SHA-1). */
test.each<['sha1' | 'sha256', 'hex' | 'base64', string, boolean]>([
  ['sha256', 'hex', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843', true],
  ['sha256', 'base64', 'W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=', true],
  ['sha256', 'base64', 'W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEN=', false],
  ['sha256', 'hex', '', false],
  ['sha1', 'hex', 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79', true],
])('%s in %s: %s', (algorithm, encoding, signature, expected) => {
  const message = Buffer.from('what do ya want for nothing?');
  expect(isSignedBy(['other', 'Jefe'], message, signature, { algorithm, encoding })).toBe(expected);
});

test('the parts of a fingerprint are kept apart', () => {
  expect(fingerprint('ab', 'c')).not.toBe(fingerprint('a', 'bc'));
  expect(fingerprint('a', Buffer.from('b'))).toBe(fingerprint('a', 'b'));
});
