import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createLocal } from '../../../../src/adapters/forges/local/local.ts';
import { ConflictError, RefusedError } from '../../../../src/domain/errors.ts';
import { branchHead, git, gitText } from '../../../support/git-repository.ts';
import { localFixture } from '../../../support/local-fixture.ts';
import { describeWith } from '../../../support/parts.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const root = temporaryFolder();
const path = 'platform/staging';
const branch = 'lockkeeper/billing';
const wanted = { branch, target: 'main', title: 'billing 1 → 2', description: 'why', labels: ['lockkeeper'] };

function world() {
  const warnings: string[] = [];
  const forge = createLocal({ name: 'local', path: root(), warn: (text) => warnings.push(text) });
  const fixture = localFixture(root(), forge);
  const propose = async (content = 'billing: 2\n', expected?: string) => {
    const { commit: base } = await forge.state(path);
    const head = await forge.commit(path, {
      branch,
      base,
      expected,
      files: [{ path: 'a.yaml', content: Buffer.from(content) }],
      message: 'x',
    });
    return { base, head, request: await forge.open(path, wanted) };
  };
  const states = async () => (await forge.mergeRequests(path)).map(({ id, state }) => [id, state]);
  const move = (ref: string, to: string) => git(fixture.directory(path), ['update-ref', `refs/heads/${ref}`, to]);
  const remove = (ref: string) => git(fixture.directory(path), ['update-ref', '-d', `refs/heads/${ref}`]);
  return { ...fixture, warnings, propose, states, move, remove };
}

/** Every file below the folder with its time and content. */
function snapshot(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => `${file} ${statSync(file).mtimeMs} ${readFileSync(file).toString('base64')}`)
    .sort();
}

describeWith('git', 'a person with plain git', () => {
  beforeEach(() => world().createRepository(path, { 'a.yaml': 'billing: 1\n' }));

  test('a merge commit merges, and is remembered', async () => {
    const { propose, states, mergeBranch, read } = world();
    const { head } = await propose();
    const merged = await mergeBranch(path, branch, 'main');
    expect(await states()).toEqual([[1, 'merged']]);
    expect(read(path, 1)).toMatchObject({ state: 'merged', commit: head, mergeCommit: merged });
  });

  test('moving the target forward merges, without a merge commit', async () => {
    const { propose, states, move, read, pushAsPerson } = world();
    const { head } = await propose();
    await move('main', head);
    await pushAsPerson(path, 'main', { b: '1' }, 'the next thing');
    expect(await states()).toEqual([[1, 'merged']]);
    expect(read(path, 1).mergeCommit).toBeUndefined();
  });

  test('merging and deleting the branch before anybody looked is a merge', async () => {
    const { propose, states, mergeBranch, remove } = world();
    await propose();
    await mergeBranch(path, branch, 'main');
    await remove(branch);
    expect(await states()).toEqual([[1, 'merged']]);
  });

  test('an amended branch, looked at, then merged and deleted, is a merge', async () => {
    const { propose, states, mergeBranch, remove, amendAsPerson } = world();
    await propose();
    await amendAsPerson(path, branch);
    expect(await states()).toEqual([[1, 'open']]);
    await mergeBranch(path, branch, 'main');
    await remove(branch);
    expect(await states()).toEqual([[1, 'merged']]);
  });

  test('merging into another branch than the target does not merge', async () => {
    const { propose, states, mergeBranch, pushAsPerson } = world();
    await propose();
    await pushAsPerson(path, 'release', { b: '1' }, 'x');
    await mergeBranch(path, branch, 'release');
    expect(await states()).toEqual([[1, 'open']]);
  });

  test('a squash is not recognised', async () => {
    const { propose, states, pushAsPerson } = world();
    await propose();
    await pushAsPerson(path, 'main', { 'a.yaml': 'billing: 2\n' }, 'squashed');
    expect(await states()).toEqual([[1, 'open']]);
  });

  test('deleting the branch closes; its commits may be gone for good', async () => {
    const { propose, states, remove, directory, read } = world();
    await propose();
    await remove(branch);
    await git(directory(path), ['prune', '--expire=now']);
    expect(await states()).toEqual([[1, 'closed']]);
    expect(read(path, 1).closedBy).toBe('a deleted branch');
  });

  test.each(['closed', 'merged'] as const)('what was %s stays so when the branch is proposed anew, nobody having looked', async (state) => {
    const { propose, states, remove, mergeBranch } = world();
    const { head } = await propose();
    if (state === 'merged') await mergeBranch(path, branch, 'main');
    else await remove(branch);
    const second = await propose('billing: 3\n', state === 'merged' ? head : undefined);
    expect(second.request.id).toBe(2);
    expect(await states()).toEqual([
      [1, state],
      [2, 'open'],
    ]);
  });

  test('closed by editing its file, and opened again the same way', async () => {
    const { propose, states, write, read } = world();
    await propose();
    write(path, 1, { ...read(path, 1), state: 'closed' });
    expect(await states()).toEqual([[1, 'closed']]);
    write(path, 1, { ...read(path, 1), state: 'open' });
    expect(await states()).toEqual([[1, 'open']]);
  });

  test('a title, labels and keys of their own that a person wrote stay', async () => {
    const { forge, propose, write, read } = world();
    await propose();
    const theirs = { ...read(path, 1), labels: ['mine'], note: 'mine too' };
    write(path, 1, theirs);
    await forge.edit(path, 1, { description: 'new' });
    expect(read(path, 1)).toEqual({ ...theirs, description: 'new', updatedAt: expect.any(String) as string });
  });

  test('looking, and saying again what is there, writes nothing', async () => {
    const { forge, propose, states } = world();
    await propose();
    await forge.comment(path, 1, 'validate', 'fine');
    await states();
    const before = snapshot(root());
    await states();
    await forge.edit(path, 1, { title: wanted.title, description: wanted.description });
    await forge.comment(path, 1, 'validate', 'fine');
    await forge.open(path, wanted);
    expect(snapshot(root())).toEqual(before);
  });

  test('trying to merge leaves no object behind, nor a temporary folder', async () => {
    const { forge, propose, pushAsPerson } = world();
    await propose();
    await pushAsPerson(path, 'main', { 'a.yaml': 'billing: 9\n' }, 'x');
    await forge.mergeRequests(path);
    const before = snapshot(root());
    await pushAsPerson(path, 'main', { b: '9' }, 'y');
    const after = snapshot(root());
    expect((await forge.mergeRequests(path))[0]?.conflicts).toBe(true);
    expect(snapshot(root())).toEqual(after);
    expect(after).not.toEqual(before);
  });

  test('a merge request merged meanwhile cannot be closed, and its branch stays', async () => {
    const { forge, propose, mergeBranch, directory, states } = world();
    const { head } = await propose();
    await mergeBranch(path, branch, 'main');
    await expect(forge.close(path, 1, { description: 'no', branch, commit: head })).rejects.toThrow(ConflictError);
    expect(await branchHead(directory(path), branch)).toBe(head);
    expect(await states()).toEqual([[1, 'merged']]);
  });

  test('nothing to merge, no such branch, too long a text: refused', async () => {
    const { forge, propose, move } = world();
    const { base } = await propose();
    await move('lockkeeper/same', base);
    const open = (more: object) => forge.open(path, { ...wanted, ...more });
    await expect(open({ branch: 'lockkeeper/same' })).rejects.toThrow(
      'opening a merge request from lockkeeper/same: main contains all of it',
    );
    await expect(open({ branch: 'lockkeeper/none' })).rejects.toThrow('there is no branch lockkeeper/none');
    await move('lockkeeper/other', (await branchHead(world().directory(path), branch)) ?? '');
    await expect(open({ branch: 'lockkeeper/other', target: 'none' })).rejects.toThrow('there is no branch none');
    const description = 'x'.repeat(forge.traits.descriptionLimit + 1);
    await expect(open({ branch: 'lockkeeper/other', description })).rejects.toThrow(RefusedError);
    await expect(forge.edit(path, 1, { description })).rejects.toThrow(RefusedError);
    await expect(forge.edit(path, 7, { title: 'x' })).rejects.toThrow('local:platform/staging: there is no merge request 7');
  });

  test('an archived repository takes nothing', async () => {
    const { forge, propose, directory } = world();
    const { base, head } = await propose();
    await git(directory(path), ['config', 'lockkeeper.archived', 'yes']);
    const before = snapshot(root());
    const change = { branch, base, expected: head, files: [{ path: 'a.yaml', content: Buffer.from('3') }], message: 'x' };
    await expect(forge.commit(path, change)).rejects.toThrow(/local:platform\/staging: the repository is archived; .*config --unset-all/);
    await expect(forge.open(path, wanted)).rejects.toThrow('archived');
    await expect(forge.edit(path, 1, { title: 'x' })).rejects.toThrow('archived');
    await expect(forge.comment(path, 1, 'x', 'x')).rejects.toThrow('archived');
    await expect(forge.close(path, 1, { description: '', branch, commit: head })).rejects.toThrow(RefusedError);
    expect(snapshot(root())).toEqual(before);
  });

  test.each([
    ['the same content', { files: [{ path: 'a.yaml', content: Buffer.from('billing: 1\n') }] }, 'the files are the same'],
    ['no file', { files: [] }, 'no file to change'],
    ['a way out', { files: [{ path: '../x', content: Buffer.from('') }] }, '"../x" is not a path inside'],
    ['an absolute path', { files: [{ path: '/x', content: Buffer.from('') }] }, 'is not a path inside'],
    ['git’s own folder', { files: [{ path: 'x/.GIT/config', content: Buffer.from('') }] }, 'is not a path inside'],
    ['a folder', { files: [{ path: 'folder', content: Buffer.from('') }] }, 'folder is no ordinary file'],
    ['a link', { files: [{ path: 'link', content: Buffer.from('') }] }, 'link is no ordinary file'],
    ['a file twice', { files: [1, 2].map((n) => ({ path: 'x', content: Buffer.from(`${n}`) })) }, 'twice'],
    ['a branch that is an option', { branch: '--all' }, 'not a name of a branch'],
    ['a branch that leads elsewhere', { branch: '../tags/x' }, 'not a name of a branch'],
    ['a base that is no id', { base: 'main' }, 'main is not a commit'],
    ['a base that is not there', { base: '1'.repeat(40) }, 'local:platform/staging: reading 1111'],
  ])('a commit with %s is refused', async (_, more, message) => {
    const { forge, pushAsPerson, directory } = world();
    const base = await pushAsPerson(path, 'main', { 'folder/b': 'b', link: { mode: '120000', content: 'a.yaml' } }, 'x');
    const change = { branch, base, expected: undefined, files: [{ path: 'a.yaml', content: Buffer.from('x') }], message: 'x', ...more };
    await expect(forge.commit(path, change)).rejects.toThrow(message);
    expect(await gitText(directory(path), ['for-each-ref', '--format=%(refname)'])).toBe('refs/heads/main');
    expect(existsSync(join(root(), 'platform/staging.lockkeeper'))).toBe(false);
  });

  test('paths are not patterns, and modes are those of the very file', async () => {
    const { forge, pushAsPerson, directory } = world();
    const odd = {
      '*.yaml': { mode: '100755', content: 'x' },
      ':(top)a': { mode: '100755', content: 'y' },
      '"q"\ttab': 'z',
      '-n': 'o',
    } as const;
    const base = await pushAsPerson(path, 'main', odd, 'x');
    const files = [...Object.keys(odd), 'new file'].map((name) => ({ path: name, content: Buffer.from('2') }));
    const head = await forge.commit(path, { branch, base, expected: undefined, files, message: 'x' });
    const listed = (await git(directory(path), ['diff-tree', '-r', '-z', base, head])).toString();
    expect(listed.match(/:\d+ \d+/g)).toEqual([':100644 100644', ':100755 100755', ':100644 100644', ':100755 100755', ':000000 100644']);
  });
});
