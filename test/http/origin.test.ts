import { isLoopback, isOwnName, ownPlace } from '../../src/http/origin.ts';

test.each([
  ['/', '/'],
  ['/app/billing?since=1', '/app/billing?since=1'],
  ['/app/b%2Fc', '/app/b%2Fc'],
  ['/a/../b', '/b'],
  ['/x#y', '/x'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/./\\evil.example', '/'],
  ['/..//evil.example', '/'],
  ['/.//evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['https://evil.example/', '/'],
  ['javascript:alert(1)', '/'],
  ['evil', '/'],
  ['', '/'],
  [null, '/'],
  [undefined, '/'],
])('%j leads to %s', (to, place) => {
  expect(ownPlace(to)).toBe(place);
});

test.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['10.0.0.1', false],
  ['127.0.0.1.evil.example', false],
  ['localhost.evil.example', false],
])('%s is reached from this machine alone: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

test.each([
  ['localhost:3000', true],
  ['LOCALHOST', true],
  ['[::1]:80', true],
  ['evil.example', false],
  ['localhost.evil.example', false],
  ['127.0.0.1@evil.example', false],
  [undefined, false],
])('the name %j is our own: %s', (host, expected) => {
  expect(isOwnName(host)).toBe(expected);
});
