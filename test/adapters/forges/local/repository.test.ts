import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { extract } from 'tar-stream';
import { createLocal } from '../../../../src/adapters/forges/local/local.ts';
import { RefusedError } from '../../../../src/domain/errors.ts';
import { createBareRepository, git, gitText, person } from '../../../support/git-repository.ts';
import { localFixture } from '../../../support/local-fixture.ts';
import { describeWith } from '../../../support/parts.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const root = temporaryFolder();
const path = 'platform/staging';
const local = (url?: string) => createLocal({ name: 'local', path: root(), ...(url === undefined ? {} : { url }) });
const world = () => localFixture(root(), local());

async function refusal(asked: Promise<unknown>): Promise<string> {
  const error = await asked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(RefusedError);
  return (error as RefusedError).message;
}

async function filesOf(archive: Readable): Promise<Record<string, string>> {
  const tar = extract();
  archive.pipe(tar);
  const found: Record<string, string> = {};
  for await (const entry of tar) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    if (entry.header.type === 'file') found[entry.header.name] = Buffer.concat(chunks).toString();
  }
  return found;
}

describeWith('git', 'a repository of the local forge', () => {
  beforeEach(() => world().createRepository(path, { 'a.yaml': 'a: 1\n' }));

  test.each([
    ['platform/../platform/staging'],
    ['/platform/staging'],
    ['platform//staging'],
    ['platform/./staging'],
    ['platform/staging/'],
    ['..'],
    [''],
    ['platform\\staging'],
    ['platform/staging\0'],
    ['platform/staging.lockkeeper/merge-requests'],
  ])('the path %j is none', async (name) => {
    expect(await refusal(local().state(name))).toContain('not a path of a repository');
    expect(await local().exists(name)).toBe(false);
  });

  test('with or without .git, in the folder or in its name', async () => {
    await createBareRepository(join(root(), 'plain'), 'main');
    await git(join(root(), 'plain'), ['fetch', '-q', world().directory(path), 'main:main']);
    const { commit } = await local().state(path);
    for (const name of ['platform/staging.git', 'plain']) expect((await local().state(name)).commit).toBe(commit);
  });

  test('a working copy, a folder that is no repository, nothing at all: refused, with what to do', async () => {
    await git(root(), ['init', '-q', 'checkout']);
    mkdirSync(join(root(), 'folder'));
    expect(await refusal(local().state('checkout'))).toMatch(/checkout is a working copy, .* git clone --bare /);
    expect(await refusal(local().state('folder'))).toMatch(/folder is no git repository; .* git init --bare/);
    expect(await refusal(local().state('nothing'))).toMatch(/local:nothing: no repository; make it with git init --bare .*nothing\.git/);
    expect(await refusal(createLocal({ name: 'local', path: join(root(), 'none') }).state(path))).toMatch(
      /none does not exist; make that folder/,
    );
  });

  test('a link that leads out is refused; one that stays inside is fine', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'lockkeeper-test-'));
    try {
      await createBareRepository(join(outside, 'b.git'), 'main');
      symlinkSync(join(outside, 'b.git'), join(root(), 'b.git'));
      symlinkSync(outside, join(root(), 'group'));
      symlinkSync(join(root(), 'platform/staging.git'), join(root(), 'inside.git'));
      await world().createRepository('c', { a: '1' });
      symlinkSync(outside, join(root(), 'c.lockkeeper'));
      for (const name of ['b', 'group/b', 'c']) expect(await refusal(local().state(name))).toContain('leads out of');
      expect((await local().state('inside')).defaultBranch).toBe('main');
      expect(await local().discover('')).toEqual(['c', 'platform/staging']);
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  test('empty, dangling and detached heads are refused by name', async () => {
    const { directory, createRepository } = world();
    await createRepository('empty', {});
    expect(await refusal(local().state('empty'))).toBe('local:empty: the repository is empty; push a first commit');
    await git(directory(path), ['symbolic-ref', 'HEAD', 'refs/heads/trunk']);
    expect(await refusal(local().state(path))).toMatch(
      /HEAD names the branch trunk, which does not exist; .*symbolic-ref HEAD refs\/heads\/main/,
    );
    await git(directory(path), ['update-ref', '--no-deref', 'HEAD', await gitText(directory(path), ['rev-parse', 'main'])]);
    expect(await refusal(local().state(path))).toMatch(/HEAD is detached; .*symbolic-ref HEAD refs\/heads\/main/);
  });

  test('a .git folder that was copied, core.bare and all, works', async () => {
    await git(world().directory(path), ['config', 'core.bare', 'false']);
    const { commit } = await local().state(path);
    const files = [{ path: 'a.yaml', content: Buffer.from('a: 2\n') }];
    await local().commit(path, { branch: 'lockkeeper/a', base: commit, expected: undefined, files, message: 'x' });
    expect(await filesOf(await local().archive(path, commit))).toEqual({ 'x/a.yaml': 'a: 1\n' });
  });

  test('topics and the archived mark, as git reads its settings', async () => {
    const { directory, createRepository } = world();
    await createRepository('b', { a: '1' }, { topics: ['one', 'two words'] });
    await createRepository('c', { a: '1' });
    writeFileSync(join(directory('c'), 'more'), '[LockKeeper]\n\ttopic = one\n\tarchived\n');
    await git(directory('c'), ['config', 'include.path', 'more']);
    expect(await local().discover('', 'two words')).toEqual(['b']);
    expect(await local().discover('', 'one')).toEqual(['b']);
    await git(directory('c'), ['config', 'lockkeeper.archived', 'off']);
    writeFileSync(join(directory('c'), 'more'), '[LockKeeper]\n\ttopic = one\n');
    expect(await local().discover('', 'one')).toEqual(['b', 'c']);
    writeFileSync(join(directory('b'), 'config'), '[lockkeeper');
    expect(await local().discover('', 'one')).toEqual(['b', 'c']);
    expect(await refusal(local().discover('../..'))).toContain('not a path of a group');
  });

  test('an archive has the bytes that are committed, whatever attributes say', async () => {
    const files = {
      '.gitattributes': '* text eol=crlf\nsecret.yaml export-ignore\nsubst.yaml export-subst\n',
      'a.yaml': 'a: 1\nb: 2\n',
      'secret.yaml': 'x: 1\n',
      'subst.yaml': '$Format:%H$\n',
    };
    const commit = await world().pushAsPerson(path, 'main', files, 'x');
    const found = await filesOf(await local().archive(path, commit));
    expect(found).toEqual(Object.fromEntries(Object.entries(files).map(([name, text]) => [`x/${name}`, text])));
  });

  test('an archive of anything but a commit id is refused', async () => {
    for (const id of ['main', '--remote=x', ''])
      await expect(local().archive(path, id)).rejects.toThrow('is not a commit’s full id'.replace('’', "'"));
  });

  test('addresses: pages where there are any, else files', async () => {
    const { directory, tag, file } = world();
    const pages = local('https://example.com/base/');
    const { commit: base } = await pages.state(path);
    await tag(path, 'app/v1#', base);
    const head = await pages.commit(path, {
      branch: 'lockkeeper/a',
      base,
      expected: undefined,
      files: [{ path: 'a.yaml', content: Buffer.from('2') }],
      message: 'x',
    });
    const opened = await pages.open(path, { branch: 'lockkeeper/a', target: 'main', title: 't', description: '', labels: [] });
    expect(pages.traits.url).toBe('https://example.com/base');
    expect(pages.projectUrl('platform/a b')).toBe('https://example.com/base/platform/a%20b');
    expect(opened.url).toBe('https://example.com/base/platform/staging/merge_requests/1');
    const history = await pages.history(path, 'app/v1#', head);
    expect(history?.compareUrl).toBe(`https://example.com/base/platform/staging/compare/app/v1%23...${head}`);
    expect(history?.commits[0]?.url).toBe(`https://example.com/base/platform/staging/commit/${head}`);

    const files = local();
    expect(files.traits.url).toBe(pathToFileURL(root()).href);
    expect(files.projectUrl(path)).toBe(pathToFileURL(directory(path)).href);
    expect((await files.mergeRequests(path))[0]?.url).toBe(pathToFileURL(file(path, 1)).href);
    expect((await files.history(path, base, head))?.compareUrl).toBe(`${pathToFileURL(directory(path)).href}#${base}...${head}`);
  });
});

describeWith('git', 'what a source repository tells', () => {
  beforeEach(() => world().createRepository(path, { 'CHANGELOG.md': 'one\n' }));

  test('a tag of a tag is a tag, a tag of a tree is none', async () => {
    const { directory, tag } = world();
    const env = { GIT_COMMITTER_NAME: person.name, GIT_COMMITTER_EMAIL: person.email };
    const head = await gitText(directory(path), ['rev-parse', 'main']);
    await git(directory(path), ['tag', '-a', '-m', 'x', 'inner', 'main'], { env });
    await git(directory(path), ['tag', '-a', '-m', 'x', 'outer', 'inner'], { env });
    await tag(path, 'tree', 'main^{tree}');
    expect(await local().tags(path, '')).toEqual(['inner', 'outer'].map((name) => ({ name, commit: head })));
    expect(await local().tags(path, 'no')).toEqual([]);
  });

  test('release notes are annotated tags, newest first', async () => {
    const { directory, tag } = world();
    const annotate = (name: string, message: string, time: number) =>
      git(directory(path), ['tag', '-a', '--cleanup=verbatim', '-F', '-', name, 'main'], {
        input: message,
        env: { GIT_COMMITTER_NAME: person.name, GIT_COMMITTER_EMAIL: person.email, GIT_COMMITTER_DATE: `${time} +0200` },
      });
    await annotate('v1', 'First\nsecond line\n\n# Markdown\n', 1_700_000_000);
    await annotate('v2', '\nOnly a title\n', 1_700_000_100);
    await annotate('v3', 'Signed\n\ntext\n-----BEGIN PGP SIGNATURE-----\nabc\n-----END PGP SIGNATURE-----\n', 1_700_000_200);
    await tag(path, 'lightweight', 'main');
    expect(await local('https://example.com').releaseNotes(path)).toEqual([
      {
        tag: 'v3',
        title: 'Signed',
        text: 'text',
        url: 'https://example.com/platform/staging/tags/v3',
        publishedAt: '2023-11-14T22:16:40.000Z',
      },
      {
        tag: 'v2',
        title: 'Only a title',
        text: '',
        url: 'https://example.com/platform/staging/tags/v2',
        publishedAt: '2023-11-14T22:15:00.000Z',
      },
      {
        tag: 'v1',
        title: 'First',
        text: 'second line\n\n# Markdown',
        url: 'https://example.com/platform/staging/tags/v1',
        publishedAt: '2023-11-14T22:13:20.000Z',
      },
    ]);
  });

  test('a history of more than a thousand commits is cut, and says so', async () => {
    const { directory, tag } = world();
    await tag(path, 'v1', 'main');
    const commits = Array.from(
      { length: 1001 },
      (_, index) => `commit refs/heads/main\ncommitter A <a@b> ${1_700_000_000 + index} +0000\ndata 1\n${index % 10}\n`,
    );
    await git(directory(path), ['fast-import', '--quiet'], {
      input: commits.join('').replace('data 1\n0\n', 'data 1\n0\nfrom refs/heads/main^0\n'),
    });
    await tag(path, 'v2', 'main');
    await tag(path, 'v1.9', 'main~1');
    const history = await local().history(path, 'v1', 'v2');
    expect([history?.commits.length, history?.truncated]).toEqual([1000, true]);
    expect(history?.commits[0]?.date).toBe('2023-11-14T22:30:00.000Z');
    expect((await local().history(path, 'v1', 'v1.9'))?.truncated).toBe(false);
  });

  test('a tag that looks like a commit id is the tag', async () => {
    const { pushAsPerson, directory, tag } = world();
    const first = await gitText(directory(path), ['rev-parse', 'main']);
    await pushAsPerson(path, 'main', { a: '1' }, 'x');
    await tag(path, first.slice(0, 8), 'main');
    expect((await local().history(path, first, first.slice(0, 8)))?.commits).toHaveLength(1);
    expect(await local().history(path, first.slice(0, 10), 'main')).toBeUndefined();
    expect((await local().history(path, first.slice(0, 10), first))?.commits).toEqual([]);
  });

  test.each([
    ['main', 'CHANGELOG.md', 'one\n'],
    ['HEAD', 'CHANGELOG.md', 'one\n'],
    ['HEAD~0', 'CHANGELOG.md', undefined],
    ['main', 'folder', undefined],
    ['main', './CHANGELOG.md', undefined],
    ['main', 'CHANGELOG.md\nmain:CHANGELOG.md', undefined],
    ['main\nmain', 'CHANGELOG.md', undefined],
    ['', 'CHANGELOG.md', undefined],
  ])('the file at %j, %j', async (revision, name, expected) => {
    await world().pushAsPerson(path, 'main', { 'folder/x': '1' }, 'x');
    expect(await local().file(path, revision, name, 1000)).toBe(expected);
  });

  test('a merge request that people wrote by hand, and merged', async () => {
    const { directory, requests, file } = world();
    mkdirSync(dirname(file(path, 12)), { recursive: true });
    const head = await gitText(directory(path), ['rev-parse', 'main']);
    const text = {
      id: 12,
      state: 'merged',
      sourceBranch: 'feature',
      targetBranch: 'main',
      title: 'Add x',
      createdAt: '2026-01-01T00:00:00Z',
    };
    writeFileSync(
      join(requests(path), '12.json'),
      JSON.stringify({ ...text, author: 'ada', labels: ['kind'], commit: head, mergedAt: '2026-01-02T00:00:00Z' }),
    );
    writeFileSync(join(requests(path), '13.json'), JSON.stringify({ ...text, id: 13 }));
    const merged = await local('https://example.com').mergedSince(path, '2026-01-01T12:00:00+02:00');
    expect(merged).toEqual([
      {
        id: 12,
        title: 'Add x',
        author: 'ada',
        labels: ['kind'],
        url: 'https://example.com/platform/staging/merge_requests/12',
        commits: [head],
      },
    ]);
    expect(await local().mergedSince(path, '2025-12-01T00:00:00Z')).toHaveLength(2);
  });
});
