import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocal } from '../../../../src/adapters/forges/local/local.ts';
import { accessFile, aliceYaml, askFor, files, path } from '../../../support/contracts/access-request.ts';
import { branchHead, git } from '../../../support/git-repository.ts';
import { localFixture } from '../../../support/local-fixture.ts';
import { describeWith } from '../../../support/parts.ts';

describeWith('git', 'what the local forge tells of access requests', () => {
  let root: string;
  let now: Date;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'lockkeeper-test-'));
    now = new Date('2026-11-21T10:00:00Z');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  async function world() {
    const fixture = localFixture(root, createLocal({ name: 'local', path: root, now: () => now }));
    await fixture.createRepository(path, files);
    const head = async (branch: string) => (await branchHead(fixture.directory(path), branch)) ?? '';
    const move = (branch: string, to: string) => git(fixture.directory(path), ['update-ref', `refs/heads/${branch}`, to]);
    return { ...fixture, head, move };
  }

  const namesOf = (hands: readonly { readonly name?: string }[]) => [...new Set(hands.flatMap(({ name }) => name ?? []))].toSorted();

  test('a merge is from when it was noticed, at every later look too', async () => {
    const fixture = await world();
    const { forge, mergeBy } = fixture;
    const { id } = await askFor(fixture, 'ada');
    await mergeBy(path, 'grace', id, 'merge commit');
    const first = await forge.gatedRequest(path, id);
    expect(first).toMatchObject({ createdAt: '2026-11-21T10:00:00.000Z', merged: { at: '2026-11-21T10:00:00.000Z' } });
    now = new Date('2026-11-21T12:00:00Z');
    expect(await forge.gatedRequest(path, id)).toEqual(first);
  });

  test('a file by hand is enough, and remembers every head that was looked at', async () => {
    const { forge, pushBy, write, read, requests, head } = await world();
    const one = await pushBy(path, 'eve', 'ask', { [accessFile]: 'user: eve\n' });
    mkdirSync(requests(path), { recursive: true });
    const said = { id: 1, state: 'open', sourceBranch: 'ask', targetBranch: 'main', title: 'Access', author: 'ada' } as const;
    write(path, 1, { ...said, createdAt: '2026-11-21T09:00:00Z' } as Parameters<typeof write>[2]);
    expect(await forge.gatedRequest(path, 1)).toMatchObject({ commit: one, createdAt: '2026-11-21T09:00:00.000Z', author: { id: 'ada' } });
    const two = await pushBy(path, 'grace', 'ask', { [accessFile]: aliceYaml }, 'instead');
    expect(namesOf(await forge.hands(path, 1))).toEqual(['eve', 'grace']);
    expect(read(path, 1)).toMatchObject({ commit: two, heads: [one], base: await head('main') });
  });

  test('what somebody approved was a head once, and so was what the log of the branch has', async () => {
    const { forge, pushBy, openBy, read, write, directory, head } = await world();
    await git(directory(path), ['config', 'core.logAllRefUpdates', 'true']);
    const approved = await pushBy(path, 'eve', 'elsewhere', { [accessFile]: 'user: eve\n' });
    await pushBy(path, 'ada', 'ask', { [accessFile]: aliceYaml });
    const id = await openBy(path, 'ada', 'ask');
    await git(directory(path), [
      'update-ref',
      '--create-reflog',
      'refs/heads/ask',
      await pushBy(path, 'mallory', 'aside', { 'x.yaml': 'x' }),
    ]);
    await git(directory(path), ['update-ref', 'refs/heads/ask', await pushBy(path, 'grace', 'beside', { [accessFile]: aliceYaml })]);
    const wrong = { user: 'bob', commit: 'not a commit', at: '2026-11-21T10:00:00Z' };
    write(path, id, { ...read(path, id), approvals: [{ user: 'bob', commit: approved, at: '2026-11-21T10:00:00Z' }, wrong] });
    expect(namesOf(await forge.hands(path, id))).toEqual(['Ada Lovelace', 'eve', 'grace', 'mallory']);
    expect((await forge.gatedRequest(path, id)).commit).toBe(await head('beside'));
  });

  test('where a target was only moved forward before anybody looked, nothing is said to be all of it', async () => {
    const { forge, pushBy, openBy, read, write, head, move } = await world();
    await pushBy(path, 'ada', 'ask', { 'other.yaml': 'b: 2\n' });
    const last = await pushBy(path, 'ada', 'ask', { [accessFile]: aliceYaml });
    const id = await openBy(path, 'ada', 'ask');
    const { base, ...unseen } = read(path, id);
    expect(base).toBe(await head('main'));
    write(path, id, unseen);
    await move('main', last);
    expect(await forge.changedPaths(path, id)).toEqual({ paths: [], complete: false });
    expect(await forge.mergedWith(path, last)).toEqual([id]);
    expect(await forge.mergedWith(path, `${(await forge.line(path, last, [], 2)).commits[1]?.sha}`)).toEqual([]);
  });

  test('one on top of another: the merge of both came from both, each of two merges from its own', async () => {
    const { forge, pushBy, openBy, mergeBy, head } = await world();
    const stacked = async (one: string, other: string): Promise<readonly [number, number]> => {
      const below = await pushBy(path, 'ada', one, { [`access/a/${one}.yml`]: 'a' });
      await git(join(root, `${path}.git`), ['update-ref', `refs/heads/${other}`, below]);
      await pushBy(path, 'ada', other, { [`access/a/${other}.yml`]: 'b' });
      return [await openBy(path, 'ada', one), await openBy(path, 'ada', other)];
    };
    const together = await stacked('one', 'two');
    await mergeBy(path, 'grace', together[1], 'merge commit');
    expect(await forge.mergedWith(path, await head('main'))).toEqual(together);
    const apart = await stacked('three', 'four');
    for (const id of apart) {
      await mergeBy(path, 'grace', id, 'merge commit');
      expect(await forge.mergedWith(path, await head('main'))).toEqual([id]);
    }
    const later = await stacked('five', 'six');
    for (const id of later) {
      await mergeBy(path, 'grace', id, 'fast-forward');
      await forge.gatedRequest(path, id);
    }
    const main = await head('main');
    expect(await forge.mergedWith(path, main)).toEqual([later[1]]);
    expect(await forge.mergedWith(path, (await forge.line(path, main, [], 2)).commits[1]?.sha ?? '')).toEqual(later);
  });

  test('merging leaves who merged in the commit, and both sides as its parents', async () => {
    const fixture = await world();
    const { forge, directory, pushBy, head } = fixture;
    const asked = await askFor(fixture, 'ada');
    const before = await pushBy(path, 'grace', 'main', { 'meanwhile.yaml': 'c: 1\n' });
    await forge.merge(path, asked.id, asked.head);
    const shown = (await git(directory(path), ['show', '--no-patch', '--format=%an <%ae>|%P|%s', await head('main')])).toString();
    expect(shown.trim()).toBe(`Lockkeeper <lockkeeper@localhost>|${before} ${asked.head}|Merge branch 'ask' into 'main'`);
    expect((await forge.gatedRequest(path, asked.id)).merged?.commit).toBe(await head('main'));
  });

  test.each([
    ['a draft', async ({ forge }: Awaited<ReturnType<typeof world>>, id: number) => forge.edit(path, id, { title: 'Draft: access' })],
    [
      'one whose target is gone',
      async ({ forge }: Awaited<ReturnType<typeof world>>, id: number) => forge.edit(path, id, { target: 'gone' }),
    ],
    [
      'one that has nothing in common with its target',
      async ({ directory, forge }: Awaited<ReturnType<typeof world>>, id: number) => {
        const tree = (await git(directory(path), ['rev-parse', 'main^{tree}'])).toString().trim();
        const env = { GIT_AUTHOR_NAME: 'x', GIT_AUTHOR_EMAIL: 'x@y', GIT_COMMITTER_NAME: 'x', GIT_COMMITTER_EMAIL: 'x@y' };
        const other = (await git(directory(path), ['commit-tree', tree, '-m', 'x'], { env })).toString().trim();
        await git(directory(path), ['update-ref', 'refs/heads/other', other]);
        await forge.edit(path, id, { target: 'other' });
      },
    ],
  ])('%s is not merged, and says why', async (_, change) => {
    const fixture = await world();
    const { head, id } = await askFor(fixture, 'ada');
    await change(fixture, id);
    expect(await fixture.forge.merge(path, id, head)).toEqual({ outcome: 'refused', reason: expect.stringMatching(/ /) as string });
  });
});
