import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLocalActions } from '../../../../src/adapters/forges/local/actions.ts';
import { createLocal } from '../../../../src/adapters/forges/local/local.ts';
import { createLocalPages } from '../../../../src/adapters/forges/local/pages.ts';
import { ConflictError, RefusedError } from '../../../../src/domain/errors.ts';
import { branchHead, git, gitText } from '../../../support/git-repository.ts';
import { localFixture } from '../../../support/local-fixture.ts';
import { describeWith } from '../../../support/parts.ts';
import { ended, startProgram } from '../../../support/program.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const root = temporaryFolder();
const path = 'platform/staging';
const source = (name: string) => JSON.stringify(join(import.meta.dirname, `../../../../src/adapters/forges/local/${name}.ts`));

function world() {
  let second = 0;
  const now = () => {
    second += 1;
    return new Date(Date.UTC(2026, 10, 20, 12, 0, second));
  };
  const forge = createLocal({ name: 'local', path: root(), now });
  const fixture = localFixture(root(), forge);
  const actions = createLocalActions({ name: 'local', path: root(), now });
  const pages = createLocalPages({
    name: 'local',
    path: root(),
    url: 'http://localhost',
    environments: async () => new Map([[path, 'staging']]),
    isGated: (file) => file.startsWith('access/'),
  });
  const happened = async (id = 1) => (await pages.mergeRequest(path, id))?.events.map(({ what, by }) => [what, by].join(' ').trim());
  /** Ada's merge request, with one changed file. */
  const proposed = async (branch = 'feature', files: Record<string, string> = { 'b.yaml': 'b: 2\n' }) => {
    await fixture.pushAsPerson(path, branch, files, 'two');
    const id = await actions.propose(path, { branch, title: 'Two replicas' }, 'ada');
    return { id, head: (await branchHead(fixture.directory(path), branch)) ?? '' };
  };
  return { ...fixture, forge, actions, pages, happened, proposed };
}

describeWith('git', 'what people do at the local forge', () => {
  beforeEach(() => world().createRepository(path, { 'a.yaml': 'a: 1\n' }));

  test('approve as it is, take it back, approve again: the file and the page know all of it', async () => {
    const { actions, proposed, forge, happened, read } = world();
    const { id, head } = await proposed();
    await actions.approve(path, id, 'grace', head);
    await actions.approve(path, id, 'grace', head);
    expect((await forge.reviews(path, id)).reviews).toMatchObject([{ user: { name: 'grace' }, commit: head }]);
    await actions.withdraw(path, id, 'grace');
    await actions.withdraw(path, id, 'grace');
    expect((await forge.reviews(path, id)).reviews).toEqual([]);
    await actions.approve(path, id, 'grace', head);
    expect(read(path, id).approvals).toHaveLength(1);
    expect(await happened(id)).toEqual(['opened ada', 'approved grace', 'withdrew grace', 'approved grace']);
  });

  test('a head that moved is neither approved nor merged, and an approval stays with the commit that it was for', async () => {
    const { actions, proposed, pushAsPerson, pages, happened } = world();
    const { id, head } = await proposed();
    await actions.approve(path, id, 'grace', head);
    const next = await pushAsPerson(path, 'feature', { 'b.yaml': 'b: 3\n' }, 'three');
    await expect(actions.approve(path, id, 'mallory', head)).rejects.toBeInstanceOf(ConflictError);
    await expect(actions.merge(path, id, 'grace', head)).rejects.toBeInstanceOf(ConflictError);
    const found = await pages.mergeRequest(path, id);
    expect([found?.mergeRequest.state, found?.mergeRequest.commit, found?.approvals]).toEqual([
      'open',
      next,
      [expect.objectContaining({ commit: head })],
    ]);
    expect(await happened(id)).toEqual(['opened ada', 'approved grace', 'pushed']);
  });

  test('merge: a merge commit, and who did it', async () => {
    const { actions, proposed, forge, directory, read, happened } = world();
    const { id, head } = await proposed();
    expect(await actions.merge(path, id, 'grace', head)).toEqual({ outcome: 'merged' });
    const { mergeCommit = '', merging, mergedBy } = read(path, id);
    expect([mergedBy, merging, await forge.endedBy(path, { id, state: 'merged' })]).toEqual(['grace', undefined, 'grace']);
    expect(await gitText(directory(path), ['rev-parse', 'main^2', 'main'])).toBe(`${head}\n${mergeCommit}`);
    expect((await forge.gatedRequest(path, id)).merged).toMatchObject({ by: { name: 'grace' }, commit: mergeCommit });
    expect(await happened(id)).toEqual(['opened ada', 'merged grace']);
    expect(await actions.merge(path, id, 'ada', head)).toEqual({ outcome: 'merged' });
    expect(read(path, id).mergedBy).toBe('grace');
  });

  test('what is a draft, closed, or conflicts is not merged, and nothing moves', async () => {
    const { actions, proposed, pushAsPerson, directory } = world();
    const { id, head } = await proposed('feature', { 'a.yaml': 'a: 2\n' });
    await actions.setDraft(path, id, 'ada', true);
    expect(await actions.merge(path, id, 'grace', head)).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('draft') });
    await actions.setDraft(path, id, 'ada', false);
    const main = await pushAsPerson(path, 'main', { 'a.yaml': 'a: 3\n' }, 'the same line');
    expect(await actions.merge(path, id, 'grace', head)).toEqual({ outcome: 'refused', reason: 'it conflicts with main in a.yaml' });
    await actions.close(path, id, 'grace');
    expect(await actions.merge(path, id, 'grace', head)).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('closed') });
    expect(await branchHead(directory(path), 'main')).toBe(main);
  });

  test('close and open again: whose word it was, and every approval is void', async () => {
    const { actions, proposed, forge, read, happened } = world();
    const { id, head } = await proposed();
    await actions.approve(path, id, 'grace', head);
    await actions.close(path, id, 'linus');
    expect(await forge.endedBy(path, { id, state: 'closed' })).toBe('linus');
    await expect(actions.approve(path, id, 'grace', head)).rejects.toBeInstanceOf(ConflictError);
    await actions.reopen(path, id, 'ada');
    expect(read(path, id)).toMatchObject({ state: 'open', approvals: [] });
    expect(read(path, id)).not.toHaveProperty('closedBy');
    expect(await happened(id)).toEqual(['opened ada', 'approved grace', 'closed linus', 'reopened ada']);
    expect((await forge.hands(path, id)).some(({ how }) => how === 'committer')).toBe(true);
  });

  test('nothing is opened again that has another open one, no branch, or is merged', async () => {
    const { actions, proposed, directory } = world();
    const { id, head } = await proposed();
    await actions.close(path, id, 'ada');
    const second = await actions.propose(path, { branch: 'feature', title: 'again' }, 'ada');
    await expect(actions.reopen(path, id, 'ada')).rejects.toThrow(`merge request ${second} of feature is open`);
    await actions.close(path, second, 'ada');
    await git(directory(path), ['update-ref', '-d', 'refs/heads/feature']);
    await expect(actions.reopen(path, id, 'ada')).rejects.toThrow('there is no branch feature');
    await git(directory(path), ['update-ref', 'refs/heads/feature', head]);
    await actions.reopen(path, id, 'ada');
    await actions.merge(path, id, 'ada', head);
    await expect(actions.reopen(path, id, 'ada')).rejects.toBeInstanceOf(ConflictError);
    await expect(actions.reopen(path, second, 'ada')).rejects.toThrow('main contains all of it already');
    await expect(actions.close(path, id, 'ada')).rejects.toBeInstanceOf(ConflictError);
  });

  test.each([
    ['Two replicas', true, 'Draft: Two replicas'],
    ['Draft: [Draft] Two replicas', false, 'Two replicas'],
    ['draft:', false, 'Ready'],
    ['Drafting a plan', false, 'Drafting a plan'],
  ])('%s, as a draft %s: %s', async (title, draft, expected) => {
    const { actions, pushAsPerson, read } = world();
    await pushAsPerson(path, 'feature', { 'b.yaml': 'b: 2\n' }, 'two');
    const id = await actions.propose(path, { branch: 'feature', title }, 'ada');
    await actions.setDraft(path, id, 'ada', draft);
    expect(read(path, id).title).toBe(expected);
  });

  test('whose commits were pushed away still had a hand in it, even where only an approval that was taken back tells of them', async () => {
    const { actions, proposed, pushBy, forge } = world();
    const { id } = await proposed();
    const theirs = await pushBy(path, 'mallory', 'feature', { 'c.yaml': 'c\n' });
    await actions.approve(path, id, 'grace', theirs);
    await pushBy(path, 'ada', 'feature', { 'd.yaml': 'd\n' }, 'instead');
    await actions.withdraw(path, id, 'grace');
    expect((await forge.hands(path, id)).map(({ name }) => name)).toContain('mallory');
  });

  test('nobody acts without a name, in our name, or in an archived repository', async () => {
    const { actions, proposed, directory, read } = world();
    const { id, head } = await proposed();
    const before = read(path, id);
    const all = (user: string) => [
      actions.approve(path, id, user, head),
      actions.withdraw(path, id, user),
      actions.setDraft(path, id, user, true),
      actions.merge(path, id, user, head),
      actions.close(path, id, user),
      actions.reopen(path, id, user),
      actions.say(path, id, user, 'x'),
    ];
    const outcomes = async (user: string) =>
      (await Promise.allSettled(all(user))).map((one) => one.status === 'rejected' && one.reason instanceof RefusedError);
    expect(await outcomes('')).toEqual(Array(7).fill(true));
    expect(await outcomes('lockkeeper')).toEqual(Array(7).fill(true));
    await git(directory(path), ['config', 'lockkeeper.archived', 'true']);
    expect(await outcomes('grace')).toEqual(Array(7).fill(true));
    expect(read(path, id)).toEqual(before);
  });

  test('what is below access/ asks for access, and a broken start says so too', async () => {
    const { proposed, pages, write, read } = world();
    const { id } = await proposed('feature', { 'access/billing/ada.yml': 'user: ada\n' });
    const { id: other } = await proposed('other', { 'accessories/x.yml': 'x\n' });
    expect([(await pages.mergeRequest(path, id))?.asksForAccess, (await pages.mergeRequest(path, other))?.asksForAccess]).toEqual([
      true,
      false,
    ]);
    write(path, other, { ...read(path, other), targetBranch: 'gone' });
    expect((await pages.mergeRequest(path, other))?.asksForAccess).toBe(true);
  });

  test('a repository tells from which branches something can be proposed', async () => {
    const { proposed, pushAsPerson, pages } = world();
    await proposed();
    await pushAsPerson(path, 'hot-<b>fix', { 'c.yaml': 'c\n' }, 'x');
    expect(await pages.repository(path)).toMatchObject({
      defaultBranch: 'main',
      branches: ['feature', 'hot-<b>fix', 'main'],
      proposable: ['hot-<b>fix'],
    });
  });

  const another = (body: string) =>
    startProgram(`import { createLocalActions } from ${source('actions')};
      import { createLocal } from ${source('local')};
      const actions = createLocalActions({ name: 'local', path: ${JSON.stringify(root())} });
      const forge = createLocal({ name: 'local', path: ${JSON.stringify(root())} });
      const path = ${JSON.stringify(path)};
      ${body}`);

  test('two people at once: no word of either is lost, and one merge', async () => {
    const { proposed, read, directory } = world();
    const { id, head } = await proposed();
    const body = (name: string) => `
      for (let i = 0; i < 8; i += 1) {
        await actions.say(path, ${id}, '${name}', 'word ' + i);
        await actions.approve(path, ${id}, '${name}', '${head}');
        await actions.withdraw(path, ${id}, '${name}');
      }`;
    const talked = await Promise.all([another(body('grace')), another(body('linus'))].map(ended));
    expect(talked.map(({ code }) => code)).toEqual([0, 0]);
    const merging = (name: string) => `console.log((await actions.merge(path, ${id}, '${name}', '${head}')).outcome);`;
    const merged = await Promise.all([another(merging('grace')), another(merging('linus'))].map(ended));
    expect(merged.map(({ out }) => out.trim())).toEqual(['merged', 'merged']);
    const { comments, events = [], mergedBy } = read(path, id);
    expect(comments).toHaveLength(16);
    expect(events.filter(({ what }) => what === 'withdrew')).toHaveLength(16);
    expect(['grace', 'linus']).toContain(mergedBy);
    expect(await gitText(directory(path), ['rev-list', '--count', '--merges', 'main'])).toBe('1');
  });

  test('killed at any moment of a merge: it is merged by whoever began it, or open, and goes on', async () => {
    const { pushAsPerson, actions, read, forge } = world();
    for (let round = 0; round < 6; round += 1) {
      const branch = `feature${round}`;
      await pushAsPerson(path, branch, { [`${branch}.yaml`]: 'x\n' }, 'x');
      const id = await actions.propose(path, { branch, title: branch }, 'ada');
      const { commit } = read(path, id);
      const child = another(`console.log('.'); await actions.merge(path, ${id}, 'grace', '${commit}');`);
      const end = ended(child);
      await new Promise((resolve) => child.stdout?.once('data', resolve));
      await new Promise((resolve) => setTimeout(resolve, round * 12));
      child.kill('SIGKILL');
      await end;
      const { state } = await forge.gatedRequest(path, id);
      if (state === 'open') expect(await actions.merge(path, id, 'grace', commit)).toEqual({ outcome: 'merged' });
      expect([(await forge.gatedRequest(path, id)).state, await forge.endedBy(path, { id, state: 'merged' })]).toEqual(['merged', 'grace']);
    }
  });

  test('interrupted between the branch and the file: the next look finds whose merge it was; of plain git, nobody’s', async () => {
    const { proposed, read, write, forge, mergeBranch } = world();
    const first = await proposed('one', { 'one.yaml': '1\n' });
    const commit = await mergeBranch(path, 'one', 'main');
    write(path, first.id, { ...read(path, first.id), merging: { by: 'grace', commit } });
    expect((await forge.gatedRequest(path, first.id)).merged?.by?.name).toBe('grace');
    const second = await proposed('two', { 'two.yaml': '2\n' });
    await mergeBranch(path, 'two', 'main');
    write(path, second.id, { ...read(path, second.id), merging: { by: 'grace', commit } });
    expect((await forge.gatedRequest(path, second.id)).merged).not.toHaveProperty('by');
  });

  test('a lock of git’s on the target: nothing is merged, and the error says what to do', async () => {
    const { proposed, actions, directory, read } = world();
    const { id, head } = await proposed();
    writeFileSync(join(directory(path), 'refs/heads/main.lock'), '');
    await expect(actions.merge(path, id, 'grace', head)).rejects.toThrow(/main\.lock/);
    expect(read(path, id).state).toBe('open');
  });
});
