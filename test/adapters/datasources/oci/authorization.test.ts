import { Authorization } from '../../../../src/adapters/datasources/oci/authorization.ts';
import { locate } from '../../../../src/adapters/datasources/oci/location.ts';
import type { HttpClient, HttpRequest } from '../../../../src/adapters/http/client.ts';

/** Answers every request with a new token. */
function tokens(seen: HttpRequest[]): HttpClient {
  const request: HttpClient['request'] = (of) => {
    seen.push(of);
    const body = Buffer.from(JSON.stringify({ token: `t${seen.length}`, expires_in: 300 }));
    return Promise.resolve({ status: 200, headers: {}, body, url: of.url, fromCache: false });
  };
  return { request, stream: () => Promise.reject(new Error('not here')), counts: new Map(), close: () => Promise.resolve() };
}

const credentials = { type: 'oci', username: 'bot', password: 'secret' } as const;
const registries = {
  'docker.io': credentials,
  'registry.example.com': { ...credentials, tokenHosts: ['gitlab.example.com'] },
};

test.each([
  ['nginx', 'https://auth.docker.io/token', true],
  ['nginx', 'https://auth.docker.io.evil.example.com/token', false],
  ['nginx', 'https://evil.example.com/auth.docker.io', false],
  ['registry.example.com/a', 'https://auth.docker.io/token', false],
  ['registry.example.com/a', 'https://registry.example.com/token', true],
  ['registry.example.com/a', 'https://registry.example.com:8443/token', false],
  ['registry.example.com/a', 'https://gitlab.example.com/jwt/auth', true],
  ['registry.example.com/a', 'https://gitlab.example.com@evil.example.com/jwt', false],
  ['ghcr.io/a/b', 'https://ghcr.io/token', false],
])('for %s the service at %s gets credentials: %p', async (name, realm, expected) => {
  const seen: HttpRequest[] = [];
  const at = locate(name, registries);
  const header = await new Authorization(tokens(seen), at).renew(at.repository, `Bearer realm="${realm}"`, '');
  expect(header).toBe('Bearer t1');
  expect(seen[0]?.headers?.['authorization']).toBe(expected ? `Basic ${Buffer.from('bot:secret').toString('base64')}` : '');
});

test.each(['http://registry.example.com/token', 'file:///token', ''])('a service at %p is not asked', async (realm) => {
  const at = locate('registry.example.com/a', registries);
  const seen: HttpRequest[] = [];
  await expect(new Authorization(tokens(seen), at).renew('a', `Bearer realm="${realm}"`, '')).rejects.toThrow(/not asked/);
  expect(seen).toEqual([]);
});

test('requests that are refused together ask for one token', async () => {
  const seen: HttpRequest[] = [];
  const at = locate('ghcr.io/a/b', registries);
  const authorization = new Authorization(tokens(seen), at);
  const renew = (used: string): Promise<string | undefined> => authorization.renew('a/b', 'Bearer realm="https://ghcr.io/token"', used);
  expect(await Promise.all(['', '', ''].map(renew))).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t1']);
  expect(await Promise.all(['Bearer t1', 'Bearer t1'].map(renew))).toEqual(['Bearer t2', 'Bearer t2']);
  expect(seen).toHaveLength(2);
});

test.each([
  ['repository:mirror/a/b:pull,push', 'repository:mirror/a/b:pull'],
  ['repository:other:pull', 'repository:a/b:pull'],
  ['registry:catalog:*', 'repository:a/b:pull'],
])('of the scope %s it asks for %s', async (scope, expected) => {
  const seen: HttpRequest[] = [];
  const authorization = new Authorization(tokens(seen), locate('ghcr.io/a/b', registries));
  await authorization.renew('a/b', `Bearer realm="https://ghcr.io/token",scope="${scope}"`, '');
  expect(new URL(seen[0]?.url ?? '').searchParams.get('scope')).toBe(expected);
});

test.each(['', 'Digest realm="x"', 'Basic realm="x"'])('nothing to answer %p with', async (challenge) => {
  const authorization = new Authorization(tokens([]), locate('ghcr.io/a/b', registries));
  expect(await authorization.renew('a/b', challenge, '')).toBeUndefined();
});
