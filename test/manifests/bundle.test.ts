import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { OutsideError } from '../../src/domain/errors.ts';
import { readBundle } from '../../src/manifests/bundle.ts';
import { bundleLimits } from '../../src/manifests/unpack-bundle.ts';

type EntryOf = Parameters<ReturnType<typeof pack>['entry']>[0] & { readonly content?: string };

async function tar(...entries: readonly EntryOf[]): Promise<Buffer> {
  const packing = pack();
  for (const { content = '', ...header } of entries) packing.entry(header, content);
  packing.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of packing as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const read = (bytes: Buffer, limits = bundleLimits, step = 700) =>
  readBundle(
    Readable.from(Array.from({ length: Math.ceil(bytes.length / step) }, (_, at) => bytes.subarray(at * step, (at + 1) * step))),
    limits,
  );

const deployment = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web, namespace: shop }\n';
const service = 'apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: shop }\n';

describe('readBundle', () => {
  test.each([
    ['plain', (bytes: Buffer) => bytes],
    ['gzipped', (bytes: Buffer) => gzipSync(bytes)],
  ])('%s: objects with their file, and the hash of the download', async (_, packed) => {
    const bytes = packed(
      await tar(
        { name: './billing/', type: 'directory' },
        { name: './billing/all.yaml', content: `${deployment}---\n${service}---\n# nothing\n` },
        { name: 'billing/README.md', content: 'not: {a manifest' },
        {
          name: 'billing/list.json',
          content: JSON.stringify({
            apiVersion: 'v1',
            kind: 'List',
            items: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'limits' } }],
          }),
        },
      ),
    );
    const bundle = await read(bytes);
    expect(bundle.objects.map(({ file, kind, namespace, name }) => [file, kind, namespace, name].join(' '))).toEqual([
      'billing/all.yaml Deployment shop web',
      'billing/all.yaml Service shop web',
      'billing/list.json ConfigMap  limits',
    ]);
    expect(bundle).toMatchObject({ problems: [], complete: true, sha256: createHash('sha256').update(bytes).digest('hex') });
    expect(await read(bytes, bundleLimits, 1)).toEqual(bundle);
  });

  test.each<[string, EntryOf, string]>([
    ['a path that leaves', { name: '../../etc/x.yaml', content: service }, 'its path leaves the bundle'],
    ['a backslash path that leaves', { name: 'a\\..\\..\\x.yaml', content: service }, 'its path leaves the bundle'],
    ['an absolute path', { name: '/etc/x.yaml', content: service }, 'its path is absolute'],
    ['a drive', { name: 'C:/x.yaml', content: service }, 'its path is absolute'],
    ['a symbolic link', { name: 'x.yaml', type: 'symlink', linkname: '/etc/passwd' }, 'it is a symlink'],
    ['a hard link', { name: 'x.yaml', type: 'link', linkname: 'web.yaml' }, 'it is a link'],
    ['a device', { name: 'x.yaml', type: 'block-device' }, 'it is a block-device'],
    ['a large entry', { name: 'x.yaml', content: `# ${'x'.repeat(2000)}` }, 'it is larger than 1000 bytes'],
  ])('refuses %s by name and reads the rest', async (_, entry, reason) => {
    const bundle = await read(await tar(entry, { name: 'web.yaml', content: deployment }), { ...bundleLimits, entryBytes: 1000 });
    expect(bundle.problems).toEqual([expect.stringContaining(reason)]);
    expect(bundle.problems[0]).toContain(`\`${entry.name}\``);
    expect(bundle.objects.map(({ kind }) => kind)).toEqual(['Deployment']);
    expect(bundle.complete).toBe(true);
  });

  test('stops at too many entries and at too many bytes, also of a gzip bomb', async () => {
    const many = await tar(...Array.from({ length: 12 }, (_, index) => ({ name: `${index}.yaml`, content: service })));
    expect(await read(many, { ...bundleLimits, entries: 10 })).toMatchObject({
      complete: false,
      problems: [expect.stringContaining('more than 10 entries')],
    });
    const bomb = gzipSync(await tar({ name: 'a.bin', content: '\0'.repeat(4_000_000) }));
    const bundle = await read(bomb, { ...bundleLimits, totalBytes: 100_000 });
    expect(bundle).toMatchObject({ complete: false, objects: [], problems: [expect.stringContaining('more than 100000 bytes')] });
    expect(bundle.sha256).toBeUndefined();
  });

  test('something that is no tar, or is cut short, is said', async () => {
    const whole = gzipSync(await tar({ name: 'web.yaml', content: deployment + '#'.repeat(20_000) }));
    for (const bytes of [Buffer.from('<html>Not found</html>'.repeat(50)), whole.subarray(0, whole.length - 30)]) {
      expect(await read(bytes)).toMatchObject({
        complete: false,
        problems: [expect.stringContaining('no tar that can be read to its end')],
      });
    }
  });

  test('a download that breaks is an OutsideError', async () => {
    const broken = Readable.from(
      (async function* () {
        yield (await tar({ name: 'web.yaml', content: deployment })).subarray(0, 600);
        throw new OutsideError('nexus.example.com', 'downloading billing: connection reset');
      })(),
    );
    await expect(readBundle(broken)).rejects.toThrow('connection reset');
  });

  test('a broken document hides none of the others', async () => {
    const bundle = await read(await tar({ name: 'a.yaml', content: `${deployment}---\nkind: [\n---\n${service}` }));
    expect(bundle.objects.map(({ kind }) => kind)).toEqual(['Deployment', 'Service']);
    expect(bundle.problems).toEqual([expect.stringMatching(/^`a.yaml` of the bundle: document 2 is no YAML: /)]);
  });

  test.each<[string, EntryOf[], unknown]>([
    [
      'metadata.json',
      [{ name: 'billing/metadata.json', content: '{"source":"https://git.example.com/payments/billing","revision":"abc"}' }],
      { source: 'https://git.example.com/payments/billing', revision: 'abc' },
    ],
    ['lockkeeper.yml', [{ name: 'lockkeeper.yml', content: 'source: gitlab:payments/billing\n' }], { source: 'gitlab:payments/billing' }],
    [
      'an annotation',
      [
        {
          name: 'a.yaml',
          content:
            'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  annotations: {org.opencontainers.image.source: https://x.example/a/b, org.opencontainers.image.revision: d00d}\n',
        },
      ],
      { source: 'https://x.example/a/b', revision: 'd00d' },
    ],
    ['deeper down it is any file', [{ name: 'a/b/metadata.json', content: '{"source":"x"}' }], undefined],
  ])('its own metadata: %s', async (_, entries, expected) => {
    expect((await read(await tar(...entries))).source).toEqual(expected);
  });
});
