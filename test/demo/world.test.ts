import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { git, tagsOf } from '../../src/demo/git.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { makeWorld, type World } from '../../src/demo/world.ts';

let folder: string;
let world: World;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockkeeper-world-'));
  world = await makeWorld(join(folder, 'one'));
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true, maxRetries: 10 });
});

const appNames = ['billing', 'search', 'web', 'notifications', 'gateway'];
const repository = (directory: string, path: string) => join(directory, 'repositories', `${path}.git`);
const hash = (body: Uint8Array) => createHash('sha256').update(body).digest('hex');
const bytes = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());
const json = async <T>(url: string) => JSON.parse(Buffer.from(await bytes(url)).toString()) as T;

/** Everything that says what a world is: heads and tags of all repositories. */
async function refs(directory: string, paths: readonly string[]): Promise<string> {
  const of = paths.map((path) => git(repository(directory, path), 'for-each-ref', '--format=%(refname) %(objectname)'));
  return (await Promise.all(of)).join('\n');
}
const apps = appNames.map((name) => `apps/${name}`);
const environments = ['platform/environments/staging', 'platform/environments/production'];

test.each([...apps, ...environments])('%s is a sound repository', async (path) => {
  const directory = repository(world.directory, path);
  expect(await git(directory, 'fsck', '--strict', '--full')).toBe('');
  const slip = path.endsWith('/staging') ? 'refs/heads/web-before-the-sale\n' : ''; // a person's merge request
  expect(await git(directory, 'branch', '--format=%(refname)')).toBe(`refs/heads/main\n${slip}`);
});

test.each([
  ['billing', ['v1.4.2', 'v1.6.0', 'v2.0.0', 'v2.1.0-rc.1'], 'commit'],
  ['search', ['2.0.1', '2.1.0', '3.0.0-beta.1'], 'tag'],
  ['web', ['web-2.3.1', 'web-2.4.0', 'web-3.0.0'], 'commit'],
  ['notifications', ['v0.8.3', 'v0.9.0'], 'tag'],
  ['gateway', ['gateway/v5.2.0', 'gateway/v6.0.0'], 'commit'],
])('%s has its tags', async (name, tags, kind) => {
  const directory = repository(world.directory, `apps/${name}`);
  const found = await tagsOf(directory);
  for (const tag of tags) {
    expect(found.get(tag)).toMatch(/^[0-9a-f]{40}$/);
    expect((await git(directory, 'cat-file', '-t', `refs/tags/${tag}`)).trim()).toBe(kind);
  }
});

test('histories have merges, several authors, and a revert that names what it takes back', async () => {
  const directory = repository(world.directory, 'apps/billing');
  expect((await git(directory, 'log', '--merges', '--format=%s')).split('\n')).toContain("Merge branch 'retry-webhooks' into 'main'");
  expect(new Set((await git(directory, 'log', '--format=%an')).trim().split('\n')).size).toBeGreaterThan(3);
  const [, reverted = ''] = /This reverts commit ([0-9a-f]{40})/.exec(await git(directory, 'log', '--grep=This reverts')) ?? [];
  expect(await git(directory, 'log', '-1', '--format=%s', reverted)).toBe('feat(api): stream exports\n');
  expect(await git(directory, 'show', 'v1.5.0:src/export.ts')).toContain('stream exports');
  expect(await git(directory, 'show', 'v1.6.0:src/export.ts')).not.toContain('stream exports');
  expect(await git(directory, 'show', 'v1.6.0:CHANGELOG.md')).toContain('## [1.5.0] - 2026-09-29');
});

test('every image is what its digests say, and its revision is the commit of its tag', async () => {
  const prefixes: Record<string, string> = { web: 'web-', gateway: 'gateway/v', billing: 'v', search: '', notifications: '' };
  const images = ['payments/billing', 'discovery/search', 'storefront/web', 'storefront/notifications', 'storefront/gateway'];
  for (const image of images) {
    const base = `${world.registry.url}/v2/${image}`;
    const name = image.split('/')[1] ?? '';
    const tags = await tagsOf(repository(world.directory, `apps/${name}`));
    for (const tag of (await json<{ tags: string[] }>(`${base}/tags/list`)).tags) {
      const labels = await labelsOf(base, tag);
      const version = labels['org.opencontainers.image.version']?.replace('-alpine', '') ?? '';
      expect(labels['org.opencontainers.image.revision']).toBe(tags.get(`${prefixes[name]}${version}`));
      expect(labels['org.opencontainers.image.source']).toMatch(
        new RegExp(`^(local:|http://127.0.0.1:${world.ports.pages}/)apps/${name}$`),
      );
    }
  }
});

interface Manifest {
  readonly config?: { readonly digest: string };
  readonly manifests?: readonly { readonly digest: string }[];
}

/** Follows a tag down to its configuration and checks each digest on the way. */
async function labelsOf(base: string, tag: string): Promise<Record<string, string>> {
  const top = await json<Manifest>(`${base}/manifests/${tag}`);
  const checked = async <T>(kind: string, digest: string): Promise<T> => {
    const body = await bytes(`${base}/${kind}/${digest}`);
    expect(`sha256:${hash(body)}`).toBe(digest);
    return JSON.parse(Buffer.from(body).toString()) as T;
  };
  const manifest = top.manifests === undefined ? top : await checked<Manifest>('manifests', top.manifests[0]?.digest ?? '');
  return (await checked<{ config: { Labels: Record<string, string> } }>('blobs', manifest.config?.digest ?? '')).config.Labels;
}

interface Asset {
  readonly downloadUrl: string;
  readonly path: string;
  readonly checksum: { readonly sha256: string };
}

async function unpack(body: Uint8Array): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const reader = extract();
  reader.end(gunzipSync(body));
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    files.set(entry.header.name, Buffer.concat(chunks).toString());
  }
  return files;
}

test('every bundle unpacks to manifests of its version, and has the checksum that is said', async () => {
  const { items } = await json<{ items: Asset[] }>(`${world.bundles.url}/service/rest/v1/search/assets?repository=manifests`);
  expect(items).toHaveLength(11);
  for (const { downloadUrl, path, checksum } of items) {
    const body = await bytes(downloadUrl);
    expect(hash(body)).toBe(checksum.sha256);
    const [, version = ''] = /-(\d.*)\.tar\.gz$/.exec(path) ?? [];
    const files = await unpack(body);
    expect(files.size).toBeGreaterThan(1);
    const all = [...files.values()].join('---\n');
    expect(all).not.toMatch(/%\w+%/);
    expect(all).toContain(`image: ${new URL(world.registry.url).host}/`);
    expect(all).toContain(`:${version}\n`);
  }
});

test.each(environments)('all that %s names is there', async (path) => {
  const directory = repository(world.directory, path);
  const names = (await git(directory, 'ls-tree', '-r', '--name-only', 'main')).trim().split('\n');
  const text = (await Promise.all(names.map((name) => git(directory, 'show', `main:${name}`)))).join('\n');
  expect(text).not.toMatch(/%\w+%/);
  const urls = [...text.matchAll(/http:\S+\.tar\.gz/g)].map(([url]) => url);
  expect(urls).toHaveLength(2);
  for (const url of urls) expect((await fetch(url)).status).toBe(200);
  const [, pinned] = /sha256: ([0-9a-f]{64}) /.exec(text) ?? [];
  expect(hash(await bytes(urls[1] ?? ''))).toBe(pinned);
  const images = [...text.matchAll(/127\.0\.0\.1:\d+\/([a-z/-]+):([\w.-]+)(?:@(sha256:\w+))?/g)];
  expect(images.length).toBeGreaterThan(4);
  for (const [, image = '', tag = '', digest] of images) {
    const found = world.registry.digest(image, tag);
    expect(`${image}:${tag} ${found}`).toMatch(/ sha256:/);
    expect(digest ?? found).toBe(found);
  }
});

test('a second run finds everything as it was, on the same ports', async () => {
  const directory = join(folder, 'twice');
  const first = await makeWorld(directory);
  const before = await refs(directory, [...apps, ...environments]);
  const digest = first.registry.digest('storefront/web', '2.4.0-alpine');
  await writeFile(join(directory, 'data'), 'what a scan has written');
  await first.close();
  const second = await makeWorld(directory);
  await second.close();
  expect([first.made, second.made]).toEqual([true, false]);
  expect(second.ports).toEqual(first.ports);
  expect(await refs(directory, [...apps, ...environments])).toBe(before);
  expect(second.registry.digest('storefront/web', '2.4.0-alpine')).toBe(digest);
  expect(await readFile(join(directory, 'data'), 'utf8')).toBe('what a scan has written');
  await expect(makeWorld(directory, { port: first.ports.pages + 1 })).rejects.toThrow(`was made for port ${first.ports.pages}`);
});

test('a port that the folder remembers and somebody else has is said, and taken by nobody', async () => {
  const directory = join(folder, 'taken');
  const first = await makeWorld(directory);
  await first.close();
  const other = await startRegistry({ port: first.ports.bundles });
  await expect(makeWorld(directory)).rejects.toThrow(`needs port ${first.ports.bundles} again`);
  await other.close();
  const again = await makeWorld(directory);
  await again.close();
});

test('a run that is killed at any moment is made good by the next', async () => {
  const script = `import { makeWorld } from ${JSON.stringify(join(import.meta.dirname, '../../src/demo/world.ts'))}; await makeWorld(process.argv[1]);`;
  for (const after of [120, 170, 220, 270]) {
    const directory = join(folder, `killed-${after}`);
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, directory], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('close', resolve));
    await wait(after);
    child.kill('SIGKILL');
    await ended;
    const repaired = await makeWorld(directory);
    await repaired.close();
    expect(await refs(directory, apps)).toBe(await refs(world.directory, apps));
  }
});

test.each([
  ['another folder', { 'notes.txt': 'mine' }, 'holds something else'],
  ['a marker of another edition', { 'lockkeeper-demo.json': '{"edition":0}' }, 'another version of Lockkeeper'],
  ['a marker that is no JSON', { 'lockkeeper-demo.json': 'oh' }, 'another version of Lockkeeper'],
])('%s is refused and left alone', async (_, files, message) => {
  const directory = await mkdtemp(join(folder, 'foreign-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  await expect(makeWorld(directory)).rejects.toThrow(message);
  for (const [name, text] of Object.entries(files)) expect(await readFile(join(directory, name), 'utf8')).toBe(text);
});

test('what dying in the middle leaves is thrown away, an empty folder is taken', async () => {
  const directory = join(folder, 'half');
  await mkdir(join(directory, '.making-abc'), { recursive: true });
  await mkdir(join(directory, 'repositories/apps/billing.git'), { recursive: true });
  const marker = { edition: 2, ports: { pages: 1, registry: world.ports.registry, bundles: world.ports.bundles }, whole: false };
  await writeFile(join(directory, 'lockkeeper-demo.json'), JSON.stringify(marker));
  const made = await makeWorld(directory);
  await made.close();
  expect(made.made).toBe(true);
  expect((await readdir(directory)).sort()).toEqual(['app.yml', 'bundles', 'lockkeeper-demo.json', 'repositories']);
  expect(made.ports.registry).not.toBe(world.ports.registry);
  expect(await refs(directory, apps)).toBe(await refs(world.directory, apps));
  const empty = await mkdtemp(join(folder, 'empty-'));
  await (await makeWorld(empty)).close();
});
