import { OutsideError, RefusedError } from '../../../src/domain/errors.ts';
import type { BranchLine, Forge } from '../../../src/domain/forge.ts';
import { branchHead, git, gitText } from '../git-repository.ts';
import { readArchive } from '../read-archive.ts';
import type { ForgeFixture } from './forge-fixture.ts';

const path = 'platform/staging';

export function environmentReadingContract(fixture: () => ForgeFixture): void {
  describe('state', () => {
    test('tells the default branch, its head and our branches', async () => {
      const { forge, createRepository, pushAsPerson, directory } = fixture();
      await createRepository(path, { 'a.yaml': 'a: 1\n' }, { defaultBranch: 'trunk' });
      const ours = await pushAsPerson(path, 'lockkeeper/billing', { 'a.yaml': 'a: 2\n' }, 'x');
      await pushAsPerson(path, 'feature/lockkeeper/x', { 'a.yaml': 'a: 3\n' }, 'x');
      expect(await forge.state(path)).toEqual({
        defaultBranch: 'trunk',
        commit: await branchHead(directory(path), 'trunk'),
        branches: { 'lockkeeper/billing': ours },
      });
    });

    test('sees what was pushed a moment ago', async () => {
      const { forge, createRepository, pushAsPerson } = fixture();
      await createRepository(path, { 'a.yaml': 'a: 1\n' });
      await forge.state(path);
      const pushed = await pushAsPerson(path, 'main', { 'a.yaml': 'a: 2\n' }, 'x');
      expect((await forge.state(path)).commit).toBe(pushed);
    });

    test('a hundred and fifty branches of ours are all there', async () => {
      const { forge, createRepository, directory } = fixture();
      await createRepository(path, { 'a.yaml': 'a: 1\n' });
      const head = await gitText(directory(path), ['rev-parse', 'main']);
      const names = Array.from({ length: 150 }, (_, index) => `lockkeeper/app-${index}`);
      await git(directory(path), ['update-ref', '--stdin'], {
        input: names.map((name) => `create refs/heads/${name} ${head}\n`).join(''),
      });
      expect(Object.keys((await forge.state(path)).branches).sort()).toEqual(names.sort());
    });

    test.each([
      ['missing', 'platform/nowhere'],
      ['empty', 'platform/empty'],
      ['archived', 'platform/archived'],
    ])('a repository that is %s is refused by name', async (_, name) => {
      const { forge, createRepository } = fixture();
      await createRepository('platform/empty', {});
      await createRepository('platform/archived', { 'a.yaml': 'a: 1\n' }, { archived: true });
      const error: unknown = await forge.state(name).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(RefusedError);
      expect((error as RefusedError).message).toContain(name);
    });
  });

  describe('archive', () => {
    const files = {
      'manifests/ångström ü.yaml': 'name: "å"\r\n',
      'manifests/deep/er/b.yaml': Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0x3a, 0x20, 0x31, 0x0d, 0x0a]),
      'run.sh': { mode: '100755', content: '#!/bin/sh\n' },
      link: { mode: '120000', content: 'manifests/deep' },
    } as const;

    test('holds every file of the commit to the byte, in one top-level folder', async () => {
      const { forge, createRepository } = fixture();
      await createRepository(path, files);
      const { commit } = await forge.state(path);
      expect(await readArchive(await forge.archive(path, commit))).toEqual({
        'manifests/ångström ü.yaml': { type: 'file', executable: false, content: Buffer.from(files['manifests/ångström ü.yaml']) },
        'manifests/deep/er/b.yaml': { type: 'file', executable: false, content: files['manifests/deep/er/b.yaml'] },
        'run.sh': { type: 'file', executable: true, content: Buffer.from('#!/bin/sh\n') },
        link: { type: 'symlink', executable: true, content: 'manifests/deep' },
      });
    });

    test('is of the commit asked for, not of the newest', async () => {
      const { forge, createRepository, pushAsPerson } = fixture();
      await createRepository(path, { 'a.yaml': 'a: 1\n' });
      const { commit } = await forge.state(path);
      await pushAsPerson(path, 'main', { 'a.yaml': 'a: 2\n' }, 'x');
      expect(Object.values(await readArchive(await forge.archive(path, commit))).map(({ content }) => content.toString())).toEqual([
        'a: 1\n',
      ]);
    });

    test('a commit that does not exist is an error, not an empty archive', async () => {
      const { forge, createRepository } = fixture();
      await createRepository(path, { 'a.yaml': 'a: 1\n' });
      const read = async () => readArchive(await forge.archive(path, '0123456789012345678901234567890123456789'));
      await expect(read()).rejects.toThrow(path);
    });
  });

  describe('discover', () => {
    test('gives the projects under a group, without archived ones, by topic', async () => {
      const { forge, createRepository } = fixture();
      await createRepository('platform/staging', { a: '' }, { topics: ['lockkeeper', 'eu'] });
      await createRepository('platform/notes', { a: '' });
      await createRepository('platform/old', { a: '' }, { topics: ['lockkeeper'], archived: true });
      await createRepository('platform-other/x', { a: '' }, { topics: ['lockkeeper'] });
      expect([...(await forge.discover('platform'))].sort()).toEqual(['platform/notes', 'platform/staging']);
      expect(await forge.discover('platform', 'lockkeeper')).toEqual(['platform/staging']);
      expect(await forge.discover('platform', 'unheard-of')).toEqual([]);
    });

    test('gives those of subgroups too, or says that there are none', async () => {
      const { forge, createRepository, nested } = fixture();
      if (!nested) {
        await expect(forge.discover('platform/environments')).rejects.toThrow(RefusedError);
        return;
      }
      await createRepository('platform/environments/staging', { a: '' }, { topics: ['lockkeeper'] });
      await createRepository('platform/environments/eu/production', { a: '' }, { topics: ['lockkeeper', 'eu'] });
      await createRepository('platform/environments/notes', { a: '' });
      await createRepository('platform/environments-other/x', { a: '' }, { topics: ['lockkeeper'] });
      const all = ['platform/environments/eu/production', 'platform/environments/notes', 'platform/environments/staging'];
      expect([...(await forge.discover('platform/environments'))].sort()).toEqual(all);
      expect([...(await forge.discover('platform/environments', 'lockkeeper'))].sort()).toEqual([all[0], all[2]]);
    });

    test('a group that does not exist is refused by name', async () => {
      const error: unknown = await fixture()
        .forge.discover('nowhere')
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(RefusedError);
      expect((error as RefusedError).message).toContain('nowhere');
    });
  });

  describe('line', () => {
    const file = 'manifests/ü [a].yaml';
    const shas = async (...args: Parameters<Forge['line']>) => {
      const { commits, complete } = await fixture().forge.line(...args);
      return { shas: commits.map(({ sha }) => sha), complete };
    };

    test('has what stood on the branch itself, newest first: what was merged is its merge', async () => {
      const { forge, createRepository, pushAsPerson, openAsPerson, mergeAsPerson, directory } = fixture();
      await createRepository(path, { [file]: 'a: 1\n', other: 'b: 1\n' });
      const first = (await forge.state(path)).commit;
      await pushAsPerson(path, 'side', { [file]: 'a: 2\n' }, 'Half of it');
      await pushAsPerson(path, 'side', { [file]: 'a: 3\n' }, 'All of it');
      const other = await pushAsPerson(path, 'main', { other: 'b: 2\n' }, 'Something else');
      await mergeAsPerson(path, await openAsPerson(path, 'side', 'Move a'));
      const merge = (await branchHead(directory(path), 'main')) ?? '';
      const last = await pushAsPerson(path, 'main', { [file]: 'a: 4\n' }, 'Move a again\n\nå');
      const { commits, complete } = await forge.line(path, last, [file], 10);
      expect([commits.map(({ sha }) => sha), complete]).toEqual([[last, merge, first], true]);
      expect(commits[0]).toMatchObject({ author: 'Ada Lovelace', url: expect.stringContaining(last), date: expect.stringMatching(/Z$/) });
      expect(commits[0]?.message.trim()).toBe('Move a again\n\nå');
      expect(await shas(path, last, [file, 'other'], 10)).toEqual({ shas: [last, merge, other, first], complete: true });
      expect(await shas(path, last, [], 10)).toEqual({ shas: [last, merge, other, first], complete: true });
      expect(await shas(path, merge, [file], 1)).toEqual({ shas: [merge], complete: false });
      expect(await shas(path, last, ['manifests/*'], 10)).toEqual({ shas: [], complete: true });
    });

    test('of a commit that does not exist is an error, or empty: never another’s', async () => {
      const { forge, createRepository } = fixture();
      await createRepository(path, { [file]: 'a: 1\n' });
      const found = await forge.line(path, '0123456789012345678901234567890123456789', [file], 10).catch((error: unknown) => error);
      expect(found instanceof OutsideError ? [] : (found as BranchLine).commits).toEqual([]);
    });
  });

  test('branchHead gives any branch, or undefined', async () => {
    const { forge, createRepository, pushAsPerson } = fixture();
    await createRepository(path, { 'a.yaml': 'a: 1\n' });
    const pushed = await pushAsPerson(path, 'feature/ü#1', { 'a.yaml': 'a: 2\n' }, 'x');
    expect(await forge.branchHead(path, 'feature/ü#1')).toBe(pushed);
    expect(await forge.branchHead(path, 'feature')).toBeUndefined();
    expect(await forge.branchHead(path, 'feature/*')).toBeUndefined();
  });

  test('traits say where and what it is', () => {
    const { traits } = fixture().forge;
    expect(traits.url).not.toMatch(/\/$/);
    expect(traits.descriptionLimit).toBeGreaterThan(1000);
    expect(fixture().forge.projectUrl(path)).toContain(path);
  });
}
