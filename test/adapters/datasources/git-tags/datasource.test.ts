import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createGitTags } from '../../../../src/adapters/datasources/git-tags/datasource.ts';
import { readTags } from '../../../../src/adapters/datasources/git-tags/ls-remote.ts';
import { OutsideError } from '../../../../src/domain/errors.ts';
import type { Package } from '../../../../src/domain/reference.ts';
import { startGitServer } from '../../../support/git-http.ts';
import { commitFiles, createBareRepository, git } from '../../../support/git-repository.ts';
import { failure } from '../../../support/http-box.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const folder = temporaryFolder();
const nowhere = () => Promise.resolve(undefined);
const of = (url: string): Package => ({ datasource: 'git-tags', name: 'h/app', url });

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of closing.splice(0)) await one.close();
});

async function repository(): Promise<{ readonly url: string; readonly commits: readonly string[] }> {
  const path = join(folder(), 'app.git');
  await createBareRepository(path, 'main');
  const first = await commitFiles(path, { branch: 'main', files: { a: '1' }, message: 'one' });
  await git(path, ['tag', 'v1.0.0', first]);
  const second = await commitFiles(path, { branch: 'main', files: { a: '2' }, message: 'two' });
  await git(path, ['-c', 'user.name=a', '-c', 'user.email=a@b', 'tag', '-a', '-m', 'notes', 'v1.1.0', second]);
  await git(path, ['tag', 'chart/v2.0.0', second]);
  const server = await startGitServer(folder());
  closing.push(server);
  return { url: `${server.url}/app.git`, commits: [first, second] };
}

test('tags of a repository by git; an annotated one stands for its commit', async () => {
  const { url, commits } = await repository();
  const datasource = createGitTags(nowhere);
  const list = await datasource.releases(of(url));
  expect(list.complete).toBe(true);
  expect(list.releases.toSorted((a, b) => (a.version < b.version ? -1 : 1))).toEqual([
    { version: 'chart/v2.0.0', commit: commits[1] },
    { version: 'v1.0.0', commit: commits[0] },
    { version: 'v1.1.0', commit: commits[1] },
  ]);
  expect(await datasource.details(of(url), 'v1.1.0')).toEqual({
    commit: commits[1],
    labels: { 'org.opencontainers.image.revision': commits[1], 'org.opencontainers.image.source': url },
  });
  expect(await datasource.details(of(url), 'v9')).toBeUndefined();
});

test('a forge that is known is asked instead, and says where its list ends', async () => {
  const tags = [{ name: 'v1', commit: 'a'.repeat(40), date: '2026-01-01T00:00:00.000Z' }];
  const datasource = createGitTags(() => Promise.resolve({ tags, problem: 'there are more' }));
  expect(await datasource.releases(of('https://forge.example.com/o/r'))).toEqual({
    complete: false,
    problem: 'there are more',
    releases: [{ version: 'v1', commit: 'a'.repeat(40), publishedAt: '2026-01-01T00:00:00.000Z' }],
  });
  expect((await failure(datasource.details(of('https://forge.example.com/o/r'), 'v2'))).message).toContain('there are more');
});

test('a repository that is not there is told, with its host', async () => {
  const { url } = await repository();
  const error = await failure(createGitTags(nowhere).releases(of(url.replace('app.git', 'gone.git'))));
  expect(error.scope).toBe(new URL(url).host);
  expect(error.message).toContain('/gone.git: listing its tags: git');
});

test.each([
  ['ext::sh -c "touch MARK"'],
  ['ext://x/sh'],
  ['file:///tmp/x.git'],
  ['/tmp/x.git'],
  ['--upload-pack=touch MARK'],
  ['ssh://-oProxyCommand=touch%20MARK/x'],
  ['https://bot:hunter2@127.0.0.1/x'],
  ['https://127.0.0.1/x\n--upload-pack=x'],
  [''],
])('%j is never handed to git', async (url) => {
  const error = await failure(createGitTags(nowhere).releases(of(url.replace('MARK', join(folder(), 'mark')))));
  expect(error).toBeInstanceOf(OutsideError);
  expect(error.message).toBe('a git repository is asked by https, http, ssh or git, and no password stands in its address');
  expect(existsSync(join(folder(), 'mark'))).toBe(false);
});

test('what is no line of a tag is left out', () => {
  const sha = 'a'.repeat(40);
  expect(readTags(`${sha}\tHEAD\nx\trefs/tags/v1\n${sha}\trefs/tags/v2\nwarning: ${sha}\trefs/tags/v3\n`)).toEqual([
    { name: 'v2', commit: sha },
  ]);
});
