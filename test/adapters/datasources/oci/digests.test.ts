import { createHash } from 'node:crypto';
import type { RegistrySettings } from '../../../../src/adapters/datasources/registry-settings.ts';
import type { Package } from '../../../../src/domain/reference.ts';
import type { Datasource } from '../../../../src/domain/release.ts';
import type { Handler } from '../../../support/http-server.ts';
import { json, routes } from '../../../support/http-server.ts';
import { image } from '../../../support/images.ts';
import { sandbox } from '../../../support/sandbox.ts';

const box = sandbox();
const oci = (host: string, settings: Partial<RegistrySettings> = {}): Datasource =>
  box.connect({ [host]: { type: 'oci', insecure: true, ...settings } }).oci;
const pack = (host: string, name = 'org/sub/app'): Package => ({ datasource: 'oci', name: `${host}/${name}` });
const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

describe('digests', () => {
  const one = image({ labels: { a: 'b' } });
  const manifests = '/v2/org/sub/app/manifests';
  const blob =
    (text: string): Handler =>
    (_request, response) =>
      void response.end(text);

  test('by hashing where HEAD does not tell', async () => {
    const server = await box.serve(
      routes({
        [`HEAD ${manifests}/1.0`]: (_request, response) => void response.writeHead(405).end(),
        [`GET ${manifests}/1.0`]: blob(one.manifest.text),
        [`GET ${manifests}/${one.manifest.digest}`]: blob(one.manifest.text),
        [`GET /v2/org/sub/app/blobs/${one.config.digest}`]: blob(one.config.text),
      }),
    );
    expect(await oci(server.host).details(pack(server.host), '1.0')).toMatchObject({
      digest: one.manifest.digest,
      labels: { a: 'b' },
    });
  });

  test('a blob may lie on another host', async () => {
    const storage = await box.serve(blob(one.config.text));
    const server = await box.serve(
      routes({
        [`GET ${manifests}/${one.manifest.digest}`]: blob(one.manifest.text),
        [`GET /v2/org/sub/app/blobs/${one.config.digest}`]: (_request, response) =>
          void response.writeHead(307, { location: `${storage.url}/x?sig=1` }).end(),
      }),
    );
    expect(await oci(server.host).details(pack(server.host), '', one.manifest.digest)).toMatchObject({ labels: { a: 'b' } });
  });

  test.each([
    ['manifest', `${one.manifest.text} `, one.config.text],
    ['configuration', one.manifest.text, one.config.text.replace('"b"', '"c"')],
  ])('a %s that is not what its digest says is not used, nor remembered', async (_name, manifest, config) => {
    const server = await box.serve(
      routes({
        [`GET ${manifests}/${one.manifest.digest}`]: blob(manifest),
        [`GET /v2/org/sub/app/blobs/${one.config.digest}`]: blob(config),
      }),
    );
    await expect(oci(server.host).details(pack(server.host), '', one.manifest.digest)).rejects.toThrow(/another digest/);
    expect(box.store.keys('oci')).toEqual([]);
  });

  test('an index inside an index is not followed', async () => {
    const inner = JSON.stringify({ schemaVersion: 2, manifests: [one.descriptor] });
    const outer = JSON.stringify({ schemaVersion: 2, manifests: [{ ...one.descriptor, digest: sha256(inner) }], annotations: { c: 'd' } });
    const server = await box.serve(
      routes({ [`GET ${manifests}/${sha256(outer)}`]: blob(outer), [`GET ${manifests}/${sha256(inner)}`]: blob(inner) }),
    );
    const details = await oci(server.host).details(pack(server.host), '', sha256(outer));
    expect(details).toEqual({ digest: sha256(outer), platforms: { 'linux/amd64': sha256(inner) }, labels: { c: 'd' } });
    expect(server.seen).toHaveLength(2);
  });

  test('a malformed digest is not asked for', async () => {
    const server = await box.serve(routes({}));
    await expect(oci(server.host).details(pack(server.host), '1', 'sha256:../../x')).rejects.toThrow(/malformed/);
    expect(server.seen).toEqual([]);
  });

  test('an index without images, a missing configuration, another schema: no labels, no error', async () => {
    const empty = '{"schemaVersion":2,"manifests":[]}';
    const old = '{"schemaVersion":1}';
    const server = await box.serve((request, response) => {
      const bodies: Record<string, string> = {
        [`${manifests}/empty`]: empty,
        [`${manifests}/old`]: old,
        [`${manifests}/bare`]: one.manifest.text,
      };
      const [, digestOf] = /\/manifests\/(sha256:.*)$/.exec(request.url ?? '') ?? [];
      const byDigest = [empty, old, one.manifest.text].find((text) => sha256(text) === digestOf);
      const text = bodies[request.url ?? ''] ?? byDigest;
      if (text === undefined) return json(response, {}, {}, 404);
      response.writeHead(200).end(request.method === 'HEAD' ? undefined : text);
      return undefined;
    });
    const source = oci(server.host);
    expect(await source.details(pack(server.host), 'empty')).toMatchObject({ platforms: {}, labels: {} });
    expect(await source.details(pack(server.host), 'old')).toMatchObject({ labels: {} });
    expect(await source.details(pack(server.host), 'bare')).toMatchObject({ labels: {}, digest: one.manifest.digest });
  });
});
