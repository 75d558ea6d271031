import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { OutsideError } from '../../src/domain/errors.ts';
import { readArchive } from '../../src/manifests/archive.ts';
import { readBundle } from '../../src/manifests/bundle.ts';
import { bundleLimits } from '../../src/manifests/unpack-bundle.ts';
import { fc } from '../support/fuzz.ts';
import { type Entry, streamOf, tarOf } from '../support/tar.ts';

const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { a: b }\n';
const names = [
  ...[
    'r/a.yaml',
    'r/b/c.yml',
    'r/environment.yml',
    'r/.gitattributes',
    'r/Kustomization',
    'r/a.yaml',
    'r/README.md',
    'metadata.json',
    'lockkeeper.yml',
  ],
  ...[
    '../a.yaml',
    'r/../../a.yaml',
    'r/b/..',
    '/etc/a.yaml',
    '//a.yaml',
    'C:\\a.yaml',
    '..\\a.yaml',
    'r\\a.yaml',
    './r/a.yaml',
    './../a.yaml',
    'r//a.yaml',
    'r/./a.yaml',
  ],
  ...[
    '',
    '.',
    '..',
    '/',
    'r',
    'r/',
    'r/\0.yaml',
    'r/\n.yaml',
    'r/\u202e.yaml',
    'r/\uD800.yaml',
    '__proto__/a.yaml',
    'r/__proto__',
    'r/@all.yaml',
    `r/${'x'.repeat(300)}.yaml`,
    `r/${'y/'.repeat(900)}a.yaml`,
  ],
];
const types = [
  'file',
  'file',
  'file',
  'file',
  'directory',
  'symlink',
  'link',
  'character-device',
  'block-device',
  'fifo',
  'contiguous-file',
] as const;
const contents = [
  yaml,
  `${yaml}---\n${yaml}`,
  '',
  'name: a\n',
  '* filter=lfs\n',
  '*.yaml export-ignore\n'.repeat(50),
  '"a" ident\n',
  '[',
  '\0\0',
  '\uFEFFa: b',
  '{"source": "https://x/y", "revision": "1"}',
  'a: &a [*a]\n',
];
const pax = fc.oneof(
  { weight: 20, arbitrary: fc.constant(undefined) },
  fc.constantFrom({ comment: 'x'.repeat(1000) }, { path: '../../etc/passwd.yaml' }, { size: '9999999999' }, { linkpath: '/etc' }),
);
const honest = fc.record({ name: fc.integer({ min: 0, max: 9 }).map((n) => `r/${n}.yaml`), content: fc.constant(yaml) });
const hostile = fc
  .record({ name: fc.constantFrom(...names), type: fc.constantFrom(...types), content: fc.constantFrom(...contents), pax })
  .map(
    ({ name, type, content, pax: more }): Entry => ({
      name,
      type,
      ...(type.endsWith('link') && { linkname: '/etc/passwd' }),
      ...(type.endsWith('file') && { content }),
      ...(more !== undefined && { pax: more }),
    }),
  );
const entries: fc.Arbitrary<Entry[]> = fc.array(fc.oneof<fc.Arbitrary<Entry>[]>(honest, hostile), { maxLength: 8 });

/** Bytes changed, cut out, put in, or the end cut off. */
const damage = fc.oneof(
  { weight: 4, arbitrary: fc.constant([]) },
  fc.array(
    fc.record({
      at: fc.double({ min: 0, max: 0.999, noNaN: true }),
      kind: fc.constantFrom('flip', 'cut', 'insert', 'end'),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 20 }),
    }),
    { maxLength: 2 },
  ),
);

function damaged(whole: Buffer, changes: typeof damage extends fc.Arbitrary<infer T> ? T : never): Buffer {
  return changes.reduce((bytes, { at, kind, bytes: piece }) => {
    const place = Math.floor(at * bytes.length);
    if (kind === 'end') return bytes.subarray(0, place);
    const rest = place + (kind === 'insert' ? 0 : piece.length);
    return Buffer.concat([bytes.subarray(0, place), kind === 'cut' ? Buffer.alloc(0) : piece, bytes.subarray(rest)]);
  }, whole);
}

const limits = { file: 100_000, kept: 400_000, total: 1_000_000, entries: 50 };
const cases = fc.record({ entries, before: damage, zipped: fc.boolean(), after: damage, chunk: fc.constantFrom(100, 512, 65_536) });

async function archiveOf({
  entries: all,
  before,
  zipped,
  after,
}: Pick<typeof cases extends fc.Arbitrary<infer T> ? T : never, 'entries' | 'before' | 'zipped' | 'after'>): Promise<Buffer> {
  const tar = damaged(await tarOf(all), before);
  return damaged(zipped ? gzipSync(tar) : tar, after);
}

test('an archive gives files of the repository and warnings, or an OutsideError that names it; nothing is written', async () => {
  const before = readdirSync('.');
  let read = 0;
  await fc.assert(
    fc.asyncProperty(cases, async ({ chunk, ...of }) => {
      const paths = new Set<string>();
      try {
        for await (const item of readArchive(streamOf(await archiveOf(of), chunk), 'platform/staging', limits)) {
          if ('message' in item) expect(item.file).not.toMatch(/\p{Cc}/u);
          else {
            expect(item.path.split('/')).not.toContain('..');
            expect(item.path).not.toMatch(/^\/|\p{Cc}/u);
            expect(item.bytes.length).toBeLessThanOrEqual(limits.file);
            expect(paths).not.toContain(item.path);
            paths.add(item.path);
            read += 1;
          }
        }
      } catch (error) {
        if (!(error instanceof OutsideError)) throw error;
        expect(error.scope).toBe('platform/staging');
        expect(error.message).toMatch(/^reading the archive of the repository: /);
      }
    }),
    { numRuns: 600 },
  );
  expect(read).toBeGreaterThan(300);
  expect(readdirSync('.')).toEqual(before);
});

test('a bundle gives objects and problems, whatever its bytes are', async () => {
  let objects = 0;
  await fc.assert(
    fc.asyncProperty(cases, async ({ chunk, ...of }) => {
      const bundle = await readBundle(streamOf(await archiveOf(of), chunk), { ...bundleLimits, totalBytes: 1_000_000, entries: 50 });
      for (const { file } of bundle.objects) {
        expect(file.split(/[/\\]/)).not.toContain('..');
        expect(file).not.toMatch(/^(?:[/\\]|[a-z]:)/i);
        objects += 1;
      }
      for (const problem of bundle.problems) expect(problem).toMatch(/\.$|: .+/s);
      expect(bundle.problems.length).toBeLessThanOrEqual(20);
      if (!bundle.complete) expect(bundle.problems).not.toEqual([]);
    }),
    { numRuns: 600 },
  );
  expect(objects).toBeGreaterThan(300);
});
