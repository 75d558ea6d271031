import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createLocal } from '../../../../src/adapters/forges/local/local.ts';
import { createLocalPages } from '../../../../src/adapters/forges/local/pages.ts';
import { git, gitText } from '../../../support/git-repository.ts';
import { localFixture } from '../../../support/local-fixture.ts';
import { describeWith } from '../../../support/parts.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const root = temporaryFolder();
const path = 'platform/staging';
const branch = 'lockkeeper/billing';
const url = 'http://127.0.0.1:3000';

function world() {
  const warnings: string[] = [];
  const options = { name: 'local', path: root(), url, warn: (text: string) => warnings.push(text) };
  const forge = createLocal(options);
  const pages = createLocalPages({ ...options, environments: async () => new Map([[path, 'staging']]), isGated: () => false });
  const fixture = localFixture(root(), forge);
  const commit = async (name = branch, content = 'billing: 2\n') => {
    const { commit: base } = await forge.state(path);
    const files = [{ path: 'a.yaml', content: Buffer.from(content) }];
    const head = await forge.commit(path, { branch: name, base, expected: undefined, files, message: 'billing 1 → 2\n\nwhy' });
    return { base, head };
  };
  const propose = async (name = branch) => {
    const made = await commit(name);
    await forge.open(path, { branch: name, target: 'main', title: 'billing 1 → 2', description: '**why**', labels: ['lockkeeper'] });
    return made;
  };
  const shown = async (id = 1) => {
    const found = await pages.mergeRequest(path, id);
    return found && { state: found.mergeRequest.state, commits: found.commits.map(({ sha }) => sha), changed: changed(found.diff) };
  };
  const move = (ref: string, to: string) => git(fixture.directory(path), ['update-ref', `refs/heads/${ref}`, to]);
  return { ...fixture, warnings, pages, propose, shown, move };
}

const changed = (diff: string): string[] => diff.split('\n').filter((line) => /^[+-](?![+-])/.test(line));

describeWith('git', 'pages of the local forge', () => {
  beforeEach(() => world().createRepository(path, { 'a.yaml': 'billing: 1\n' }));

  test('an open merge request: what it would change, whatever has landed on the target meanwhile', async () => {
    const { pages, propose, shown, pushAsPerson, commentAsPerson } = world();
    const { head } = await propose();
    await pushAsPerson(path, 'main', { 'b.yaml': 'else\n' }, 'something else');
    await commentAsPerson(path, 1, '*no*');
    expect(await shown()).toEqual({ state: 'open', commits: [head], changed: ['-billing: 1', '+billing: 2'] });
    expect(await pages.mergeRequest(path, 1)).toMatchObject({
      path,
      environment: 'staging',
      mergeRequest: { url: `${url}/${path}/merge_requests/1`, description: '**why**', conflicts: false },
      comments: [{ author: 'ada', text: '*no*' }],
      commits: [{ author: 'Lockkeeper', message: 'billing 1 → 2\n\nwhy', date: expect.stringMatching(/^\d{4}-.*Z$/) }],
    });
    await pushAsPerson(path, 'main', { 'a.yaml': 'billing: 3\n' }, 'the same line');
    expect((await pages.mergeRequest(path, 1))?.mergeRequest.conflicts).toBe(true);
  });

  test('merged or closed, it still shows what it changed', async () => {
    const { propose, shown, pushAsPerson, mergeBranch, move, directory } = world();
    const both = ['-billing: 1', '+billing: 2'];
    const { base, head } = await propose();
    await mergeBranch(path, branch, 'main');
    expect(await shown()).toEqual({ state: 'merged', commits: [head], changed: both });
    await move('main', base);
    await propose('lockkeeper/forward');
    const theirs = await pushAsPerson(path, 'lockkeeper/forward', { 'c.yaml': 'c\n' }, 'and this');
    await move('main', theirs);
    expect(await shown(2)).toMatchObject({ state: 'merged', commits: [theirs, expect.any(String)], changed: [...both, '+c'] });
    await move('main', base);
    const closed = await propose('lockkeeper/closed');
    await git(directory(path), ['update-ref', '-d', 'refs/heads/lockkeeper/closed']);
    expect(await shown(3)).toEqual({ state: 'closed', commits: [closed.head], changed: both });
  });

  test('a closed one whose commits git has thrown away', async () => {
    const { propose, shown, directory } = world();
    const { head } = await propose();
    await git(directory(path), ['update-ref', '-d', `refs/heads/${branch}`]);
    rmSync(join(directory(path), 'objects', head.slice(0, 2), head.slice(2)));
    expect(await shown()).toEqual({ state: 'closed', commits: [], changed: [] });
  });

  test('the list has all environments, and a repository that cannot be read hides no other', async () => {
    const { pages, propose, createRepository, directory, pushAsPerson, warnings } = world();
    await createRepository('other', { a: 'b' });
    await propose();
    expect(await pages.list()).toMatchObject([{ path, environment: 'staging', mergeRequest: { id: 1, branch } }]);
    await pushAsPerson('other', 'lockkeeper/x', { a: 'c' }, 'x');
    await createLocal({ name: 'local', path: root() }).open('other', {
      ...{ branch: 'lockkeeper/x', target: 'main', title: 'x', description: '', labels: [] },
    });
    expect((await pages.list()).map((one) => [one.path, one.environment])).toEqual([
      [path, 'staging'],
      ['other', undefined],
    ]);
    rmSync(directory(path), { recursive: true });
    expect((await pages.list()).map((one) => one.path)).toEqual(['other']);
    expect(warnings).toEqual([expect.stringContaining('local:platform/staging: no repository')]);
  });

  test('a range, a first commit, a merge', async () => {
    const { pages, propose, directory, mergeBranch } = world();
    const { base, head } = await propose();
    const merged = await mergeBranch(path, branch, 'main');
    await git(directory(path), ['tag', 'app/v1', base]);
    const range = await pages.diff(path, 'app/v1', 'main');
    expect(range?.commits.map(({ sha }) => sha)).toEqual([merged, head]);
    expect(changed(range?.diff ?? '')).toEqual(['-billing: 1', '+billing: 2']);
    expect(changed((await pages.commit(path, base.slice(0, 8)))?.diff ?? '')).toEqual(['+billing: 1']);
    expect(changed((await pages.commit(path, merged))?.diff ?? '')).toEqual(['-billing: 1', '+billing: 2']);
  });

  test('a repository: tags with what was written into them, and the latest commits', async () => {
    const { pages, directory, release, tag } = world();
    const head = await gitText(directory(path), ['rev-parse', 'main']);
    await tag(path, 'v1', head);
    await tag(path, 'v2', head);
    await release?.(path, 'v2', 'Two', '- a **note**');
    await git(directory(path), ['tag', 'tree', 'main^{tree}']);
    const found = await pages.repository(path);
    expect(found?.commits).toMatchObject([{ sha: head, author: 'Ada Lovelace', message: 'first' }]);
    expect(found?.tags.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
      { name: 'v1', commit: head, notes: '', date: expect.stringMatching(/Z$/) },
      { name: 'v2', commit: head, notes: 'Two\n\n- a **note**', date: expect.stringMatching(/Z$/) },
    ]);
  });

  test('what is not there is not found', async () => {
    const { pages, createRepository } = world();
    await createRepository('empty', {});
    expect(await pages.repository('empty')).toEqual({ tags: [], commits: [], branches: [], proposable: [] });
    expect(await pages.repository('none')).toBeUndefined();
    expect(await pages.mergeRequest('none', 1)).toBeUndefined();
    expect(await pages.mergeRequest(path, 1)).toBeUndefined();
    expect(await pages.commit(path, 'abcdef0')).toBeUndefined();
    expect(await pages.diff(path, 'main', 'none')).toBeUndefined();
    expect(await pages.diff('none', 'main', 'main')).toBeUndefined();
  });

  test('a diff that nobody would read to its end is cut at a line', async () => {
    const { pages, pushAsPerson } = world();
    const sha = await pushAsPerson(path, 'main', { 'big.txt': 'a line\n'.repeat(1_000_000) }, 'big');
    const diff = (await pages.commit(path, sha))?.diff ?? '';
    expect(diff.length).toBeGreaterThan(1_000_000);
    expect(diff.length).toBeLessThan(3_000_000);
    expect(diff.endsWith('+a line\n')).toBe(true);
  });
});
