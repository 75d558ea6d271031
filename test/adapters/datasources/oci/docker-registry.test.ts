import { createDatasources, httpHosts, type RegistrySettings } from '../../../../src/adapters/datasources/registry-settings.ts';
import { createHttpClient, type HttpClient } from '../../../../src/adapters/http/client.ts';
import { OutsideError, RefusedError } from '../../../../src/domain/errors.ts';
import type { Package } from '../../../../src/domain/reference.ts';
import type { Datasource } from '../../../../src/domain/release.ts';
import { type DockerRegistry, startDockerRegistry } from '../../../support/docker-registry.ts';
import { attestation, image, index } from '../../../support/images.ts';
import { MemoryStore } from '../../../support/memory-store.ts';
import { describeWith } from '../../../support/parts.ts';

const source = {
  'org.opencontainers.image.source': 'https://gitlab.example.com/payments/billing',
  'org.opencontainers.image.revision': 'a1b2c3',
};

describeWith('docker-registry', 'a real docker-registry', () => {
  let registry: DockerRegistry;
  const http: HttpClient[] = [];

  beforeAll(async () => {
    registry = await startDockerRegistry();
  });
  afterAll(async () => {
    await registry.stop();
  });
  afterEach(async () => {
    for (const client of http.splice(0)) await client.close();
  });

  function connect(
    settings: Partial<RegistrySettings> = {},
    host = registry.host,
  ): { oci: Datasource; client: HttpClient; store: MemoryStore } {
    const registries = { [host]: { type: 'oci', insecure: true, ...settings } as const };
    const store = new MemoryStore();
    const client = createHttpClient({ hosts: httpHosts(registries), store });
    http.push(client);
    return { oci: createDatasources({ registries, http: client, store }).oci, client, store };
  }
  const pack = (name: string, host = registry.host): Package => ({ datasource: 'oci', name: `${host}/${name}` });

  test('lists every tag, in one request', async () => {
    const one = image({ labels: source });
    for (const tag of ['1.10.0', '1.2.0', 'latest', 'v2.0.0-rc.1']) await registry.pushImage('shop/web', one, tag);
    const { oci, client } = connect();
    const list = await oci.releases(pack('shop/web'));
    expect(list.complete).toBe(true);
    expect(list.releases.map(({ version }) => version).toSorted()).toEqual(['1.10.0', '1.2.0', 'latest', 'v2.0.0-rc.1']);
    expect(client.counts.get(registry.host)).toBe(1);
  });

  test.each(['oci', 'docker'] as const)('tells digest, platforms, labels and age of an index (%s)', async (family) => {
    const amd = image({ family, labels: { ...source, 'org.opencontainers.image.created': '2026-11-01T10:00:00+01:00' } });
    const arm = image({ family, labels: { arm: 'yes' }, architecture: 'arm64', variant: 'v8' });
    const proof = image({ labels: { proof: 'yes' } });
    const repository = `payments/billing-${family}`;
    for (const one of [amd, arm, proof]) await registry.pushImage(repository, one);
    const whole = index([attestation(amd, proof), arm, amd], family, { 'org.opencontainers.image.version': '1.4.2' });
    await registry.pushManifest(repository, whole, '1.4.2');
    const { oci } = connect();
    const expected = {
      digest: whole.digest,
      platforms: { 'linux/arm64': arm.manifest.digest, 'linux/amd64': amd.manifest.digest },
      labels: {
        ...source,
        'org.opencontainers.image.created': '2026-11-01T10:00:00+01:00',
        ...(family === 'oci' ? { 'org.opencontainers.image.version': '1.4.2' } : {}),
      },
      publishedAt: '2026-11-01T09:00:00.000Z',
    };
    expect(await oci.details(pack(repository), '1.4.2')).toMatchObject({
      ...expected,
      labels: expect.objectContaining(expected.labels) as object,
    });
    expect(await oci.details(pack(repository), '', whole.digest)).toMatchObject({ digest: whole.digest, platforms: expected.platforms });
  });

  test('tells them of a single manifest; annotations win over labels', async () => {
    const one = image({ labels: { ...source, a: 'label' }, annotations: { a: 'annotation' }, created: '2026-10-10T10:10:10Z' });
    await registry.pushImage('shop/single', one, '3.0');
    const { oci } = connect();
    expect(await oci.details(pack('shop/single'), '3.0')).toEqual({
      digest: one.manifest.digest,
      platforms: { 'linux/amd64': one.manifest.digest },
      labels: { ...source, a: 'annotation' },
      publishedAt: '2026-10-10T10:10:10.000Z',
    });
  });

  test('a digest is read once in a lifetime; a tag costs one HEAD', async () => {
    const one = image({ labels: { once: 'yes' } });
    await registry.pushImage('shop/once', one, '1');
    const { oci, client } = connect();
    const first = await oci.details(pack('shop/once'), '1');
    const before = client.counts.get(registry.host) ?? 0;
    expect(await oci.details(pack('shop/once'), '1', one.manifest.digest)).toEqual(first);
    expect(client.counts.get(registry.host)).toBe(before);
    expect(await oci.details(pack('shop/once'), '1')).toEqual(first);
    expect(client.counts.get(registry.host)).toBe(before + 1);
  });

  test('what is not there', async () => {
    const { oci } = connect();
    await registry.pushImage('shop/here', image(), '1');
    expect(await oci.details(pack('shop/here'), '9.9.9')).toBeUndefined();
    expect(await oci.details(pack('shop/here'), '1', `sha256:${'0'.repeat(64)}`)).toBeUndefined();
    await expect(oci.releases(pack('shop/nothing'))).rejects.toThrow(RefusedError);
  });

  test('a one-part name is found under library/, and asked for there at once the next time', async () => {
    await registry.pushImage('library/nginx', image(), '1.27.0');
    const { oci, client } = connect();
    expect((await oci.releases(pack('nginx'))).releases).toEqual([{ version: '1.27.0' }]);
    const before = client.counts.get(registry.host) ?? 0;
    expect(await oci.details(pack('nginx'), '1.27.0')).toMatchObject({ digest: image().manifest.digest });
    await oci.releases(pack('nginx'));
    expect((client.counts.get(registry.host) ?? 0) - before).toBe(4); // HEAD, manifest, configuration, tags
  });

  test('basic authentication', async () => {
    const closed = await startDockerRegistry({ password: true });
    try {
      await closed.pushImage('shop/web', image(), '1.0.0');
      const { oci } = connect({ username: 'bot', password: 'secret' }, closed.host);
      expect((await oci.releases(pack('shop/web', closed.host))).releases).toEqual([{ version: '1.0.0' }]);
      const wrong = connect({ username: 'bot', password: 'wrong!' }, closed.host).oci.releases(pack('shop/web', closed.host));
      await expect(wrong).rejects.toThrow(/refuses to show shop\/web \(status 401\).*registries\["127/);
      await expect(wrong).rejects.not.toThrow(/wrong!/);
      await expect(connect({}, closed.host).oci.releases(pack('shop/web', closed.host))).rejects.toThrow(/set username and password/);
    } finally {
      await closed.stop();
    }
  });

  test('TLS is asked for where plain http was not allowed', async () => {
    await expect(connect({ insecure: false }).oci.releases(pack('shop/web'))).rejects.toThrow(OutsideError);
    await expect(connect({ insecure: false }).oci.releases(pack('shop/web'))).rejects.toThrow(/insecure: true/);
  });
});
