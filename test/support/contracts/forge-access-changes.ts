import { RefusedError } from '../../../src/domain/errors.ts';
import { branchHead, gitText } from '../git-repository.ts';
import type { AccessFixture } from './access-fixture.ts';
import { accessFile, aliceYaml, askFor, files, numbered, path } from './access-request.ts';

/** What is in a merge request, a commit and a tree. */
export function changesContract(fixture: () => AccessFixture): void {
  const headOf = async (branch: string): Promise<string> => (await branchHead(fixture().directory(path), branch)) ?? '';

  describe('paths that a merge request changes', () => {
    const changed = async (of: Parameters<AccessFixture['pushBy']>[3]) => {
      const { forge, pushBy, openBy } = fixture();
      await pushBy(path, 'ada', 'ask', of);
      return forge.changedPaths(path, await openBy(path, 'ada', 'ask'));
    };

    test.each([
      ['an added one', { [accessFile]: aliceYaml }, [{ path: accessFile, kind: 'added' }]],
      ['a changed one', { 'other.yaml': 'b: 2\n' }, [{ path: 'other.yaml', kind: 'changed' }]],
      ['one with another mode', { 'other.yaml': { mode: '100755', content: 'b: 1\n' } }, [{ path: 'other.yaml', kind: 'changed' }]],
      ['a removed one', { 'other.yaml': undefined }, [{ path: 'other.yaml', kind: 'removed' }]],
      [
        'a moved one',
        { 'manifests/long.yaml': undefined, 'access/billing/long.yaml': files['manifests/long.yaml'] },
        [{ path: 'access/billing/long.yaml', before: 'manifests/long.yaml', kind: 'moved' }],
      ],
      [
        'a symbolic link',
        { 'access/a/b.yml': { mode: '120000', content: '../../other.yaml' } },
        [{ path: 'access/a/b.yml', kind: 'added' }],
      ],
      ['an odd name', { 'access/å b/ü"x\\.yml': 'x' }, [{ path: 'access/å b/ü"x\\.yml', kind: 'added' }]],
    ] as const)('%s', async (_, of, paths) => {
      expect(await changed(of)).toEqual({ paths, complete: true });
    });

    test('all of them', async () => {
      const { paths, complete } = await changed({ [accessFile]: aliceYaml, 'other.yaml': undefined, 'new.yaml': 'c: 1\n' });
      expect(paths.map((one) => one.path).toSorted()).toEqual([accessFile, 'new.yaml', 'other.yaml']);
      expect(complete).toBe(true);
    });

    test('against where it left its target, which has moved on', async () => {
      const { forge, pushBy } = fixture();
      const { id } = await askFor(fixture(), 'ada');
      await pushBy(path, 'grace', 'main', { 'meanwhile.yaml': 'c: 1\n' });
      expect(await forge.changedPaths(path, id)).toEqual({ paths: [{ path: accessFile, kind: 'added' }], complete: true });
    });

    test('a hundred are all there; of more it says so', async () => {
      const { forge, pushBy, openBy } = fixture();
      await pushBy(path, 'ada', 'ask', numbered(100));
      const id = await openBy(path, 'ada', 'ask');
      const hundred = await forge.changedPaths(path, id);
      expect(hundred.paths.map((one) => one.path).toSorted()).toEqual(Object.keys(numbered(100)).toSorted());
      expect(hundred.complete).toBe(true);
      await pushBy(path, 'ada', 'ask', numbered(101));
      const { paths, complete } = await forge.changedPaths(path, id);
      expect(paths).toHaveLength(100);
      expect(complete).toBe(false);
    });

    test('those of a merge request that is not there are refused', async () => {
      await expect(fixture().forge.changedPaths(path, 77)).rejects.toBeInstanceOf(RefusedError);
    });
  });

  describe('paths that a commit changed', () => {
    test('an ordinary one, and a merge against its first parent', async () => {
      const { forge, pushBy, mergeBy, waysToMerge } = fixture();
      const pushed = await pushBy(path, 'ada', 'main', { 'other.yaml': undefined, 'new.yaml': 'c: 1\n' });
      const { paths, complete } = await forge.changedBy(path, pushed);
      expect(paths.toSorted((one, other) => one.path.localeCompare(other.path))).toEqual([
        { path: 'new.yaml', kind: 'added' },
        { path: 'other.yaml', kind: 'removed' },
      ]);
      expect(complete).toBe(true);
      expect(waysToMerge).toContain('merge commit');
      const { id } = await askFor(fixture(), 'ada');
      await pushBy(path, 'grace', 'main', { 'meanwhile.yaml': 'c: 1\n' });
      await mergeBy(path, 'grace', id, 'merge commit');
      const merge = await headOf('main');
      expect(await forge.changedBy(path, merge)).toEqual({ paths: [{ path: accessFile, kind: 'added' }], complete: true });
    });

    test('an evil merge is told with what came in nobody sees where', async () => {
      const { forge, directory, pushBy } = fixture();
      const side = await pushBy(path, 'ada', 'side', { [accessFile]: aliceYaml });
      const main = await headOf('main');
      const evil = await pushBy(path, 'ada', 'evil', { [accessFile]: 'user: eve\n', 'other.yaml': 'b: 9\n' });
      const env = {
        GIT_AUTHOR_NAME: 'x',
        GIT_AUTHOR_EMAIL: 'x@example.com',
        GIT_COMMITTER_NAME: 'x',
        GIT_COMMITTER_EMAIL: 'x@example.com',
      };
      const args = ['commit-tree', `${evil}^{tree}`, '-p', main, '-p', side, '-m', 'Merge'];
      const merge = await gitText(directory(path), args, { env });
      await gitText(directory(path), ['update-ref', 'refs/heads/main', merge]);
      const { paths } = await forge.changedBy(path, merge);
      expect(paths.map((one) => `${one.kind} ${one.path}`).toSorted()).toEqual([`added ${accessFile}`, 'changed other.yaml']);
    });

    test('the first of all has added everything', async () => {
      const { paths } = await fixture().forge.changedBy(path, await headOf('main'));
      expect(paths.map((one) => `${one.kind} ${one.path}`).toSorted()).toEqual(
        Object.keys(files)
          .map((name) => `added ${name}`)
          .toSorted(),
      );
    });

    test('of more than a hundred it says so', async () => {
      const { forge, pushBy } = fixture();
      expect(await forge.changedBy(path, await pushBy(path, 'ada', 'main', numbered(100)))).toMatchObject({ complete: true });
      const many = await forge.changedBy(path, await pushBy(path, 'ada', 'main', numbered(100, 'again')));
      expect([many.paths.length, many.complete]).toEqual([100, true]);
      const more = await forge.changedBy(path, await pushBy(path, 'ada', 'main', numbered(101, 'more')));
      expect([more.paths.length, more.complete]).toEqual([100, false]);
    });

    test('a commit that is not there is refused', async () => {
      await expect(fixture().forge.changedBy(path, '0123456789'.repeat(4))).rejects.toBeInstanceOf(RefusedError);
    });
  });

  describe('what lies below a folder', () => {
    test('at any depth, with modes and ids, and nothing beside it', async () => {
      const { forge, directory, pushBy } = fixture();
      const commit = await pushBy(path, 'ada', 'main', {
        [accessFile]: aliceYaml,
        'access/a/b/c/deep.yml': 'x',
        'access/run.yml': { mode: '100755', content: 'y' },
        'access/link.yml': { mode: '120000', content: 'z' },
        'accessory/x.yml': 'x',
        'Access/x.yml': 'x',
      });
      const listed = (await gitText(directory(path), ['ls-tree', '-r', commit, 'access/'])).split('\n');
      const wanted = listed.map((line) => {
        const [, mode, id, name] = /^(\d+) \w+ (\w+)\t(.*)$/.exec(line) ?? [];
        return { path: name, mode, id };
      });
      const entries = await forge.entries(path, commit, 'access');
      expect(wanted).toHaveLength(4);
      expect(entries.toSorted((one, other) => (one.path < other.path ? -1 : 1))).toEqual(wanted);
    });

    test('two hundred and fifty are all there', async () => {
      const { forge, pushBy } = fixture();
      const commit = await pushBy(path, 'ada', 'main', numbered(250));
      const entries = await forge.entries(path, commit, 'access');
      expect(entries.map((one) => one.path).toSorted()).toEqual(Object.keys(numbered(250)).toSorted());
    });

    test('at the commit that was asked for', async () => {
      const { forge, pushBy } = fixture();
      const before = await headOf('main');
      await pushBy(path, 'ada', 'main', { [accessFile]: aliceYaml });
      expect(await forge.entries(path, before, 'access')).toEqual([]);
    });

    test.each([
      ['a file', { access: 'x' }],
      ['a symbolic link', { access: { mode: '120000', content: 'manifests' } }],
    ] as const)('nothing, where %s has its name', async (_, of) => {
      const { forge, pushBy } = fixture();
      expect(await forge.entries(path, await pushBy(path, 'ada', 'main', of), 'access')).toEqual([]);
    });

    test('a commit that is not there is refused', async () => {
      await expect(fixture().forge.entries(path, '0123456789'.repeat(4), 'access')).rejects.toBeInstanceOf(RefusedError);
    });
  });

  describe('bytes of a blob', () => {
    const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0x00, 0x0d, 0x0a, 0xff, 0x61]);
    const idOf = async (): Promise<string> => {
      const commit = await fixture().pushBy(path, 'ada', 'main', { [accessFile]: bytes });
      return gitText(fixture().directory(path), ['rev-parse', `${commit}:${accessFile}`]);
    };

    test('as they are, to the limit', async () => {
      const id = await idOf();
      expect(Buffer.from((await fixture().forge.blob(path, id, bytes.length)) ?? [])).toEqual(bytes);
      expect(await fixture().forge.blob(path, id, bytes.length - 1)).toBeUndefined();
    });

    test('one that is not there is refused', async () => {
      await expect(fixture().forge.blob(path, '0123456789'.repeat(4), 100)).rejects.toBeInstanceOf(RefusedError);
    });
  });
}
