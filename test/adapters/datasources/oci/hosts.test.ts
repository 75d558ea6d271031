import { readFileSync } from 'node:fs';
import type { RegistrySettings } from '../../../../src/adapters/datasources/registry-settings.ts';
import { OutsideError } from '../../../../src/domain/errors.ts';
import type { Package } from '../../../../src/domain/reference.ts';
import type { Datasource } from '../../../../src/domain/release.ts';
import { json, startServer } from '../../../support/http-server.ts';
import { sandbox, tagList } from '../../../support/sandbox.ts';

const box = sandbox();
const oci = (host: string, settings: Partial<RegistrySettings> = {}): Datasource =>
  box.connect({ [host]: { type: 'oci', insecure: true, ...settings } }).oci;
const pack = (host: string, name = 'org/sub/app'): Package => ({ datasource: 'oci', name: `${host}/${name}` });
const versions = ({ releases }: { releases: readonly { version: string }[] }): string[] => releases.map(({ version }) => version);

describe('hosts', () => {
  const folder = new URL('../../../fixtures/tls/', import.meta.url);
  const pem = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
  const tls = { key: pem('server.key'), cert: pem('server.pem') };

  test('a private authority', async () => {
    const server = await box.serve(tagList(['1.0.0']), tls);
    expect(versions(await oci(server.host, { insecure: false, ca: pem('ca.pem') }).releases(pack(server.host)))).toEqual(['1.0.0']);
    const error = oci(server.host, { insecure: false }).releases(pack(server.host));
    await expect(error).rejects.toThrow(/certificate is not trusted; give the authority’s certificate as `ca`/);
  });

  test('a registry behind TLS may not name a token service without', async () => {
    const server = await box.serve(
      (_request, response) => json(response, {}, { 'www-authenticate': 'Bearer realm="http://127.0.0.1:1/token"' }, 401),
      tls,
    );
    await expect(oci(server.host, { insecure: false, ca: pem('ca.pem') }).releases(pack(server.host))).rejects.toThrow(
      /token service that is not asked/,
    );
  });

  test('a dead one fails its own packages only, by name', async () => {
    const dead = await startServer(tagList([]));
    await dead.close();
    const server = await box.serve(tagList(['1.0.0']));
    const registries = { [dead.host]: { type: 'oci', insecure: true }, [server.host]: { type: 'oci', insecure: true } } as const;
    const { oci: both, client } = box.connect(registries);
    const names = Array.from({ length: 30 }, (_none, at) => `org/sub/app${at}`);
    const results = await Promise.allSettled([
      ...names.map((name) => both.releases(pack(dead.host, name))),
      both.releases(pack(server.host)),
    ]);
    expect(results.at(-1)?.status).toBe('fulfilled');
    const errors = results.slice(0, -1).map((result) => (result.status === 'rejected' ? (result.reason as OutsideError) : undefined));
    expect(errors.every((error) => error instanceof OutsideError && error.scope === dead.host)).toBe(true);
    expect(client.counts.get(dead.host)).toBeLessThanOrEqual(9); // three failures, with six under way at once
  });
});
