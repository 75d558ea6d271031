import type { IncomingMessage } from 'node:http';
import type { RegistrySettings } from '../../../../src/adapters/datasources/registry-settings.ts';
import { explain, OutsideError, RefusedError } from '../../../../src/domain/errors.ts';
import type { Package } from '../../../../src/domain/reference.ts';
import type { Datasource } from '../../../../src/domain/release.ts';
import { json, type ScriptedServer } from '../../../support/http-server.ts';
import { sandbox } from '../../../support/sandbox.ts';

const box = sandbox();
const oci = (host: string, settings: Partial<RegistrySettings> = {}): Datasource =>
  box.connect({ [host]: { type: 'oci', insecure: true, ...settings } }).oci;
const pack = (host: string, name = 'org/sub/app'): Package => ({ datasource: 'oci', name: `${host}/${name}` });
const versions = ({ releases }: { releases: readonly { version: string }[] }): string[] => releases.map(({ version }) => version);

describe('tokens', () => {
  interface TokenServer {
    readonly server: ScriptedServer;
    /** What the token service was sent: query and authorization. */
    readonly asked: { readonly query: URLSearchParams; readonly authorization: string | undefined }[];
    /** Tokens that the registry takes. */
    readonly valid: Set<string>;
  }

  async function tokenRegistry(
    options: {
      realm?: string;
      prefix?: string;
      life?: number;
      name?: string;
      refuse?: (request: IncomingMessage) => boolean;
      taken?: (token: string) => boolean;
    } = {},
  ): Promise<TokenServer> {
    const asked: TokenServer['asked'] = [];
    const valid = new Set<string>();
    const server = await box.serve((request, response) => {
      const url = new URL(request.url ?? '', `http://${request.headers.host ?? ''}`);
      if (url.pathname === '/token') {
        asked.push({ query: url.searchParams, authorization: request.headers.authorization });
        if (options.refuse?.(request) === true) return json(response, {}, {}, 401);
        const token = `t${asked.length}`;
        valid.add(token);
        return json(response, { [options.name ?? 'token']: token, expires_in: options.life ?? 300 });
      }
      const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
      if ((options.taken ?? ((one) => valid.has(one)))(token)) return json(response, { tags: ['1.0.0'] });
      const realm = options.realm ?? `${url.origin}/token`;
      const challenge = `${options.prefix ?? ''}Bearer realm="${realm}",service="the registry",scope="repository:org/sub/app:pull,push"`;
      return json(response, {}, { 'www-authenticate': challenge }, 401);
    });
    return { server, asked, valid };
  }

  test.each(['token', 'access_token'])('are asked for by the challenge, anonymously (%s)', async (name) => {
    const { server, asked } = await tokenRegistry({ name, prefix: 'Basic realm="x", ' });
    expect(versions(await oci(server.host).releases(pack(server.host)))).toEqual(['1.0.0']);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.authorization).toBeUndefined();
    expect(asked[0]?.query.get('service')).toBe('the registry');
    expect(asked[0]?.query.getAll('scope')).toEqual(['repository:org/sub/app:pull']);
  });

  test('are kept; another repository’s is asked for without being refused first', async () => {
    const { server, asked } = await tokenRegistry();
    const source = oci(server.host);
    await source.releases(pack(server.host));
    await source.releases(pack(server.host));
    await source.releases(pack(server.host, 'org/sub/other'));
    expect(asked.map(({ query }) => query.get('scope'))).toEqual(['repository:org/sub/app:pull', 'repository:org/sub/other:pull']);
    expect(server.seen).toHaveLength(6);
  });

  test('that expire in mid-run are asked for anew, once', async () => {
    const { server, asked, valid } = await tokenRegistry();
    const source = oci(server.host);
    await source.releases(pack(server.host));
    valid.clear();
    expect(versions(await source.releases(pack(server.host)))).toEqual(['1.0.0']);
    expect(asked).toHaveLength(2);
  });

  test('of which the life is over are not even tried', async () => {
    const { server, asked } = await tokenRegistry({ life: 1 });
    const source = oci(server.host);
    await source.releases(pack(server.host));
    await source.releases(pack(server.host));
    expect(asked).toHaveLength(2);
    expect(server.seen.filter((line) => line.includes('tags'))).toHaveLength(3);
  });

  test('that are not taken end with a refusal, not in a circle', async () => {
    const { server, asked } = await tokenRegistry({ taken: () => false });
    await expect(oci(server.host).releases(pack(server.host))).rejects.toThrow(RefusedError);
    expect(asked).toHaveLength(1);
  });

  test('of the registry’s own host are asked for with credentials, asked about once', async () => {
    const { server, asked } = await tokenRegistry();
    const source = oci(server.host, { username: 'bot', password: 'secret' });
    await source.releases(pack(server.host));
    expect(asked[0]?.authorization).toBe(`Basic ${Buffer.from('bot:secret').toString('base64')}`);
    expect(server.seen[0]).toBe('GET /v2/');
    expect(server.seen).toHaveLength(3);
  });

  test('of another host: credentials only where that host is listed', async () => {
    const other = await tokenRegistry();
    const { server } = await tokenRegistry({ realm: `${other.server.url}/token`, taken: (token) => other.valid.has(token) });
    const credentials = { username: 'bot', password: 'secret' };
    await oci(server.host, credentials).releases(pack(server.host));
    expect(other.asked[0]?.authorization).toBeUndefined();
    await oci(server.host, { ...credentials, tokenHosts: [other.server.host] }).releases(pack(server.host));
    expect(other.asked[1]?.authorization).toBe(`Basic ${Buffer.from('bot:secret').toString('base64')}`);
  });

  test('a refusal says that the credentials were not sent', async () => {
    const other = await tokenRegistry({ refuse: () => true });
    const { server } = await tokenRegistry({ realm: `${other.server.url}/token` });
    const error = oci(server.host, { username: 'bot', password: 'secret' }).releases(pack(server.host));
    await expect(error).rejects.toThrow(/not in tokenHosts of registries\["127/);
    await expect(error).rejects.toThrow(RefusedError);
  });

  test('another host’s own credentials are not spent on a token for this registry', async () => {
    const other = await tokenRegistry();
    const { server } = await tokenRegistry({ realm: `${other.server.url}/token` });
    const registries = {
      [server.host]: { type: 'oci', insecure: true },
      [other.server.host]: { type: 'nexus', username: 'n', password: 'nexus', insecure: true },
    } as const;
    await expect(box.connect(registries).oci.releases(pack(server.host))).rejects.toThrow(RefusedError);
    expect(other.asked.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  test('a Nexus’s credentials are not sent with an image’s request before they are asked for', async () => {
    const heard: (string | undefined)[] = [];
    const server = await box.serve((request, response) => {
      heard.push(request.headers.authorization);
      if (request.headers.authorization !== undefined) return json(response, { tags: ['1.0.0'] });
      return json(response, {}, { 'www-authenticate': 'BASIC realm="Nexus"' }, request.url === '/v2/' ? 200 : 401);
    });
    await oci(server.host, { type: 'nexus', username: 'bot', password: 'secret' }).releases(pack(server.host));
    expect(heard.map((one) => one?.split(' ')[0])).toEqual([undefined, undefined, 'Basic']);
  });

  test.each(['ftp://x/token', 'nonsense', ''])('a service at %p is not asked', async (realm) => {
    const { server } = await tokenRegistry({ realm });
    await expect(oci(server.host).releases(pack(server.host))).rejects.toThrow(OutsideError);
  });

  test('a reply without a token is an error', async () => {
    const { server } = await tokenRegistry({ name: 'nothing' });
    await expect(oci(server.host).releases(pack(server.host))).rejects.toThrow(/holds no token/);
  });

  test('nothing of a reply that cannot be read is repeated: it may be a token', async () => {
    const server = await box.serve((request, response) => {
      if (request.url?.startsWith('/token') === true) return void response.end('hunter2-token');
      const realm = `http://${request.headers.host ?? ''}/token`;
      return json(response, {}, { 'www-authenticate': `Bearer realm="${realm}"` }, 401);
    });
    const error: unknown = await oci(server.host)
      .releases(pack(server.host))
      .catch((reason: unknown) => reason);
    expect(explain(error)).toMatch(/holds no token$/);
  });
});
