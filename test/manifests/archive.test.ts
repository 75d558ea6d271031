import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { explain, OutsideError } from '../../src/domain/errors.ts';
import { readArchive } from '../../src/manifests/archive.ts';
import { defaultLimits } from '../../src/manifests/archive-stream.ts';
import { describeWith } from '../support/parts.ts';
import { type Entry, gzipped, streamOf, tarOf } from '../support/tar.ts';

interface Read {
  readonly files: Record<string, string>;
  readonly warnings: string[];
  readonly altered: string[];
}

async function read(archive: Readable, limits = defaultLimits): Promise<Read> {
  const result: Read = { files: {}, warnings: [], altered: [] };
  for await (const item of readArchive(archive, 'platform/staging', limits)) {
    if ('bytes' in item) {
      result.files[item.path] = Buffer.from(item.bytes).toString();
      if (item.altered !== undefined) result.altered.push(item.path);
    } else result.warnings.push(`${item.file}: ${item.message}`);
  }
  return result;
}

const readEntries = async (entries: readonly Entry[], limits = defaultLimits): Promise<Read> =>
  read(streamOf(await tarOf(entries)), limits);

const failure = async (archive: Readable, limits = defaultLimits): Promise<unknown> =>
  read(archive, limits).then(
    () => undefined,
    (error: unknown) => error,
  );

const tree: Entry[] = [
  { name: 'staging-abc/', type: 'directory' },
  { name: 'staging-abc/environment.yml', content: 'name: staging\n' },
  { name: 'staging-abc/a/b.yaml', content: 'a: 1\r\n' },
  { name: 'staging-abc/a/Kustomization', content: 'images: []\n' },
  { name: 'staging-abc/README.md', content: '# hello' },
];
const files = { 'environment.yml': 'name: staging\n', 'a/b.yaml': 'a: 1\r\n', 'a/Kustomization': 'images: []\n' };

test.each([
  ['a tar', (tar: Buffer) => streamOf(tar)],
  ['a tar.gz', (tar: Buffer) => streamOf(gzipped(tar))],
  ['a tar.gz byte by byte', (tar: Buffer) => streamOf(gzipped(tar), 1)],
])('%s is read, without its top-level folder and without what is no YAML', async (_, stream) => {
  expect(await read(stream(await tarOf(tree)))).toEqual({ files, warnings: [], altered: [] });
});

test('an empty repository has no files', async () => {
  expect(await readEntries([{ name: 'x/', type: 'directory' }])).toEqual({ files: {}, warnings: [], altered: [] });
});

test.each([
  [{ name: '../../x.yaml', content: 'a: 1' }, '../../x.yaml: leads out of the repository: left out'],
  [{ name: 'staging-abc/../../x.yaml', content: 'a: 1' }, '../../x.yaml: leads out of the repository: left out'],
  [{ name: '../../x', content: 'a: 1' }, '../../x: leads out of the repository: left out'],
  [{ name: '/etc/x.yaml', content: 'a: 1' }, '/etc/x.yaml: is an absolute path: left out'],
  [{ name: 'other/x.yaml', content: 'a: 1' }, 'other/x.yaml: lies outside the top-level folder of the archive: left out'],
  [{ name: 'staging-abc/a\n.yaml', content: 'a: 1' }, 'a?.yaml: has a name that no file can have: left out'],
  [{ name: `staging-abc/${'d/'.repeat(600)}x.yaml`, content: 'a: 1' }, 'has a name longer than 1024 characters: left out'],
  [{ name: 'staging-abc/l.yaml', type: 'symlink', linkname: '/etc/passwd' }, 'l.yaml: is a link, which is not followed'],
  [{ name: 'staging-abc/l.yaml', type: 'link', linkname: '../../x' }, 'l.yaml: is a link, which is not followed'],
  [{ name: 'staging-abc/d.yaml', type: 'character-device' }, 'd.yaml: is no ordinary file: left out'],
  [{ name: 'staging-abc/a/b.yaml', content: 'again' }, 'a/b.yaml: is in the archive twice: only the first is read'],
  [
    { name: 'staging-abc/large.yaml', content: 'x'.repeat(5 * 1024 * 1024) },
    'large.yaml: has 5242880 bytes, more than the 4194304 that are read: split it',
  ],
] satisfies [Entry, string][])('beside a hostile entry the rest is read: %j', async (entry, warning) => {
  const result = await readEntries([...tree, entry]);
  expect(result.files).toEqual(files);
  expect(result.warnings).toEqual([expect.stringContaining(warning)]);
  expect(result.warnings.join()).not.toContain('staging-abc');
});

test.each(['secret', 'folder.d'])('a link named %s, which is no YAML, needs no warning', async (name) => {
  const result = await readEntries([...tree, { name: `staging-abc/${name}`, type: 'symlink', linkname: '/etc' }]);
  expect(result).toEqual({ files, warnings: [], altered: [] });
});

test('a name that is not UTF-8 is left out', async () => {
  const tar = await tarOf([{ name: 'r/', type: 'directory' }]);
  const [good, bad] = ['r/aXb.yaml', 'r/a\u00ffb.yaml'];
  const named = await tarOf([{ name: good, content: 'a: 1' }]);
  named.write(bad, 0, 'latin1');
  let sum = 256;
  for (let at = 0; at < 512; at++) sum += at >= 148 && at < 156 ? 0 : (named[at] ?? 0);
  named.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  const result = await read(streamOf(Buffer.concat([tar.subarray(0, 512), named])));
  expect(result.files).toEqual({});
  expect(result.warnings).toEqual([expect.stringContaining('has a name that is not UTF-8')]);
});

test('a thousand warnings are not a thousand lines', async () => {
  const links = Array.from({ length: 1000 }, (_, i): Entry => ({ name: `r/${i}.yaml`, type: 'symlink', linkname: '/x' }));
  const { warnings } = await readEntries(links);
  expect(warnings.length).toBe(101);
  expect(warnings.at(-1)).toContain('900 more warnings');
});

describe('an archive that is not whole is no repository', () => {
  test.each([
    ['cut within a file', (tar: Buffer) => tar.subarray(0, 1600)],
    ['cut between two files', (tar: Buffer) => tar.subarray(0, 1536)],
    ['cut within gzip', (tar: Buffer) => gzipped(tar).subarray(0, -12)],
    ['damaged', (tar: Buffer) => Buffer.concat([tar.subarray(0, 512), Buffer.alloc(512, 7), tar])],
    ['empty', () => Buffer.alloc(0)],
    ['a page', () => Buffer.from('<html>sign in</html>'.repeat(100))],
  ])('%s', async (_, cut) => {
    const error = await failure(streamOf(cut(await tarOf(tree))));
    expect(error).toBeInstanceOf(OutsideError);
    expect(error).toMatchObject({ scope: 'platform/staging', message: expect.stringContaining('reading the archive of the repository') });
  });

  test('the connection broke', async () => {
    const tar = await tarOf(tree);
    const broken = Readable.from(
      (async function* () {
        yield tar.subarray(0, 1000);
        await Promise.reject(new Error('read ECONNRESET'));
      })(),
    );
    const error = await failure(broken);
    expect(error).toBeInstanceOf(OutsideError);
    expect(explain(error)).toContain('ECONNRESET');
  });

  test('more entries than allowed', async () => {
    const error = await failure(streamOf(await tarOf(tree)), { ...defaultLimits, entries: 3 });
    expect(explain(error)).toContain('more than 3 files');
  });

  test('a bomb: little gzip, much tar', async () => {
    const bomb = gzipSync(await tarOf([{ name: 'r/x.bin', content: Buffer.alloc(8_000_000) }]));
    expect(bomb.length).toBeLessThan(20_000);
    expect(explain(await failure(streamOf(bomb), { ...defaultLimits, total: 1_000_000 }))).toContain('more than 1000000 bytes');
  });
});

test('whoever stops early stops the stream', async () => {
  const archive = streamOf(await tarOf(tree), 512);
  for await (const item of readArchive(archive, 'x')) {
    expect(item).toMatchObject({ path: 'environment.yml' });
    break;
  }
  expect(archive.destroyed).toBe(true);
});

test('5,000 files and one of 20 MB: memory holds one file at a time', async () => {
  async function* archive(): AsyncGenerator<Buffer> {
    const end = 1024;
    for (let i = 0; i < 5000; i++) yield (await tarOf([{ name: `r/${i}.yaml`, content: `n: ${i}\n` }])).subarray(0, -end);
    yield (await tarOf([{ name: 'r/big.yaml', content: Buffer.alloc(20 * 1024 * 1024, 'a') }])).subarray(0, -end);
    yield await tarOf([{ name: 'r/last.yaml', content: 'last: 1' }]);
  }
  const seen = { count: 0, warnings: [] as string[] };
  for await (const item of readArchive(Readable.from(archive()), 'x')) {
    if ('bytes' in item) seen.count += 1;
    else seen.warnings.push(item.file);
  }
  expect(seen).toEqual({ count: 5001, warnings: ['big.yaml'] });
});

describeWith('git', 'what git archive makes of .gitattributes', () => {
  let folder = '';
  const git = (...args: string[]): Buffer =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { stdio: 'pipe' });
  const archiveOf = async (attributes: string, format = 'tar.gz'): Promise<Read> => {
    writeFileSync(join(folder, '.gitattributes'), attributes);
    for (const name of ['a.yaml', 'b.yaml', 'hidden.yaml']) writeFileSync(join(folder, name), 'v: 1 # $Format:%H$ $Id$\n');
    git('add', '.');
    git('commit', '--quiet', '--allow-empty', '--message', 'x');
    return read(streamOf(git('archive', '--prefix=r-1/', `--format=${format}`, 'HEAD')));
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lockkeeper-'));
    git('init', '--quiet');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test.each(['export-subst', 'ident', 'eol=crlf'])('%s alters a text, which is then not edited', async (attribute) => {
    const {
      files: given,
      altered,
      warnings,
    } = await archiveOf(`*.yaml ${attribute}\n/b.yaml ${attribute === 'eol=crlf' ? '!eol' : `-${attribute}`}\n`);
    expect(given['a.yaml']).not.toBe(given['b.yaml']);
    expect(altered).toEqual(['a.yaml', 'hidden.yaml']);
    expect(warnings).toEqual([expect.stringMatching(/^\.gitattributes: .* alters the text of "\*\.yaml"/)]);
  });

  test('export-ignore hides, and is told', async () => {
    const { files: given, altered, warnings } = await archiveOf('* text=auto\nhidden.yaml export-ignore\n', 'tar');
    expect(Object.keys(given)).toEqual(['a.yaml', 'b.yaml']);
    expect(altered).toEqual([]);
    expect(warnings).toEqual(['.gitattributes: export-ignore keeps "hidden.yaml" out of archives: what is in there is not seen']);
  });
});

test('attributes of a folder, and a .gitattributes that comes too late to be heeded', async () => {
  const inFolder: Entry[] = [
    { name: 'r/.gitattributes', content: '*.yml filter=lfs\n' },
    { name: 'r/a/.gitattributes', content: 'x/*.yaml ident\n"with space.yaml" ident\n*a*b*c*d*e ident\n' },
    { name: 'r/a/x/1.yaml', content: '1' },
    { name: 'r/b/x/1.yaml', content: '2' },
    { name: 'r/b/2.yml', content: '3' },
  ];
  expect((await readEntries(inFolder)).altered).toEqual(['a/x/1.yaml', 'b/2.yml']);
  const late = await tarOf([
    { name: 'r/a.yaml', content: '1' },
    { name: 'r/.gitattributes', content: 'a.yaml ident' },
  ]);
  expect(explain(await failure(streamOf(late)))).toContain('.gitattributes alters a.yaml');
});
