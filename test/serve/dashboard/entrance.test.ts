import { UsageError } from '../../../src/domain/errors.ts';
import { requireLogin } from '../../../src/serve/dashboard/entrance.ts';

const login = { secret: 'x', sessions: '12h', providers: {} };
const server = { host: '127.0.0.1', port: 3000, url: 'http://localhost:3000', pages: 'on' as const };

test.each<[string, object]>([
  ['on loopback', {}],
  ['on loopback, under its own name', { url: 'http://127.0.0.1:3000' }],
  ['elsewhere with a login', { host: '0.0.0.0', login }],
  ['elsewhere without pages', { host: '0.0.0.0', pages: 'off' }],
  ['behind a proxy with a login', { url: 'https://lockkeeper.example.com', login }],
  ['behind a proxy without pages', { url: 'https://lockkeeper.example.com', pages: 'off' }],
])('the service starts %s', (_, change) => {
  expect(() => requireLogin({ server: { ...server, ...change } })).not.toThrow();
});

test.each<[string, object, RegExp]>([
  ['on every address', { host: '0.0.0.0' }, /^server\.host: on 0\.0\.0\.0 others reach the pages, and nobody would ask/],
  ['on every address of IPv6', { host: '::' }, /^server\.host: on :: others/],
  ['on an address of the network', { host: '192.0.2.7' }, /^server\.host/],
  [
    'behind a proxy',
    { url: 'https://lockkeeper.example.com' },
    /^server\.url: under https:\/\/lockkeeper\.example\.com others .* through a proxy/,
  ],
])('the service does not start without a login %s, and says what to write', (_, change, why) => {
  const start = () => requireLogin({ server: { ...server, ...change } });
  expect(start).toThrow(UsageError);
  expect(start).toThrow(why);
  expect(start).toThrow(/server\.login: .*docs\/login\.md.* server\.pages: off .* server\.host: 127\.0\.0\.1/);
});
