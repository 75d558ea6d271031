import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findWorkingCopy, type WorkingCopy } from '../../src/adapters/working-copy.ts';
import { UsageError } from '../../src/domain/errors.ts';
import { readManifests } from '../../src/manifests/archive.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.com', ...args], {
    cwd: folder(),
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();

function commit(files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder(), path, '..'), { recursive: true });
    writeFileSync(join(folder(), path), text);
  }
  git('add', '-A');
  git('commit', '-qm', 'x');
  return git('rev-parse', 'HEAD');
}

const copyOf = (path = '.'): WorkingCopy => {
  const found = findWorkingCopy(join(folder(), path));
  if (found === undefined) throw new Error('no repository');
  return found;
};

async function pathsAt(copy: WorkingCopy, at: string): Promise<string[] | undefined> {
  const archive = await copy.archive(at);
  if (archive === undefined) return undefined;
  const found: string[] = [];
  for await (const item of readManifests(archive, 'x')) if ('bytes' in item) found.push(item.path);
  return found.sort();
}

test('a folder in no repository has no revisions', () => {
  expect(findWorkingCopy(folder())).toBeUndefined();
  expect(() => findWorkingCopy(join(folder(), 'none'))).toThrow(UsageError);
});

test('the folder alone, at any revision, seen from its own root', async () => {
  git('init', '-q', '-b', 'main');
  const first = commit({ 'other/x.yaml': 'x' });
  git('tag', 'v1');
  const second = commit({ 'env/staging/environment.yml': 'name: a', 'env/staging/m/a.yaml': 'a' });
  const copy = copyOf('env/staging');
  expect(await pathsAt(copy, second)).toEqual(['environment.yml', 'm/a.yaml']);
  expect(await pathsAt(copy, first)).toBeUndefined();
  expect(await pathsAt(copyOf(), first)).toEqual(['other/x.yaml']);
  expect(await copy.commit('v1')).toBe(first);
  expect(await copy.commit('HEAD~0')).toBe(second);
  await expect(copy.commit('none')).rejects.toThrow(/no revision none; fetch it, or correct its name/);
  await expect(copy.commit('--all')).rejects.toThrow(UsageError);
});

test('where a branch left the default branch, as the remote or the names tell', async () => {
  git('init', '-q', '-b', 'master');
  expect(await copyOf().hasCommits()).toBe(false);
  const fork = commit({ 'a.yaml': '1' });
  expect(await copyOf().hasCommits()).toBe(true);
  expect(await copyOf().defaultBranch()).toBe('master');
  git('checkout', '-qb', 'work');
  commit({ 'a.yaml': '2' });
  git('checkout', '-q', 'master');
  commit({ 'b.yaml': '3' });
  git('checkout', '-q', 'work');
  expect(await copyOf().fork('HEAD', 'master')).toBe(fork);
  git('update-ref', 'refs/remotes/origin/trunk', fork);
  git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/trunk');
  expect(await copyOf().defaultBranch()).toBe('origin/trunk');
  git('checkout', '-q', '--orphan', 'alone');
  commit({ 'c.yaml': '4' });
  expect(await copyOf().fork('HEAD', 'master')).toBeUndefined();
});

test('a linked working copy is one', async () => {
  git('init', '-q', '-b', 'main');
  const at = commit({ 'a.yaml': '1' });
  git('worktree', 'add', '-q', '-b', 'other', 'linked');
  expect(await copyOf('linked').commit('other')).toBe(at);
  expect(await pathsAt(copyOf('linked'), at)).toEqual(['a.yaml']);
});
