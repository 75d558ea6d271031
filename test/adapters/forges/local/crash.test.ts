import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLocal } from '../../../../src/adapters/forges/local/local.ts';
import { RefusedError } from '../../../../src/domain/errors.ts';
import { localFixture } from '../../../support/local-fixture.ts';
import { describeWith } from '../../../support/parts.ts';
import { ended, startProgram } from '../../../support/program.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const root = temporaryFolder();
const path = 'platform/staging';
const module = JSON.stringify(join(import.meta.dirname, '../../../../src/adapters/forges/local/local.ts'));
const wanted = (branch: string) => ({ branch, target: 'main', title: 't', description: 'd', labels: ['lockkeeper'] });

function world() {
  const warnings: string[] = [];
  const forge = createLocal({ name: 'local', path: root(), warn: (text) => warnings.push(text) });
  const fixture = localFixture(root(), forge);
  const commit = async (branch: string, content = branch) => {
    const { commit: base, branches } = await forge.state(path);
    const files = [{ path: 'a.yaml', content: Buffer.from(content) }];
    return forge.commit(path, { branch, base, expected: branches[branch], files, message: 'x' });
  };
  return { ...fixture, warnings, commit };
}

/** Another process with the same forge, and the names that the bodies below use. */
const another = (body: string) =>
  startProgram(`import { createLocal } from ${module};
    const forge = createLocal({ name: 'local', path: ${JSON.stringify(root())} });
    const path = ${JSON.stringify(path)};
    const { commit: base } = await forge.state(path);
    const wanted = (branch) => ({ branch, target: 'main', title: 't', description: 'd', labels: [] });
    const file = (content) => [{ path: 'a.yaml', content: Buffer.from(content) }];
    ${body}`);

describeWith('git', 'processes that die', () => {
  beforeEach(() => world().createRepository(path, { 'a.yaml': 'a: 1\n' }));

  test('a branch without its merge request: the next one opens it', async () => {
    const { forge, commit } = world();
    const head = await commit('lockkeeper/a');
    expect(await forge.mergeRequests(path)).toEqual([]);
    expect((await forge.state(path)).branches).toEqual({ 'lockkeeper/a': head });
    expect(await forge.open(path, wanted('lockkeeper/a'))).toMatchObject({ id: 1, commit: head });
  });

  test('a closed merge request whose branch is still there: closing again deletes it', async () => {
    const { forge, commit, write, read } = world();
    const head = await commit('lockkeeper/a');
    await forge.open(path, wanted('lockkeeper/a'));
    write(path, 1, { ...read(path, 1), state: 'closed', closedBy: 'lockkeeper' });
    await forge.close(path, 1, { description: 'd', branch: 'lockkeeper/a', commit: head });
    expect((await forge.state(path)).branches).toEqual({});
  });

  test('a branch that cannot be deleted now: the merge request is closed by us already, not by a missing branch', async () => {
    const { forge, commit, read, directory } = world();
    const head = await commit('lockkeeper/a');
    await forge.open(path, wanted('lockkeeper/a'));
    const lock = join(directory(path), 'refs/heads/lockkeeper/a.lock');
    writeFileSync(lock, '');
    const close = () => forge.close(path, 1, { description: 'd', branch: 'lockkeeper/a', commit: head });
    await expect(close()).rejects.toThrow(/deleting lockkeeper\/a: .*a\.lock.* remove that lock file/);
    expect(read(path, 1)).toMatchObject({ state: 'closed', closedBy: 'lockkeeper' });
    rmSync(lock);
    await close();
    expect((await forge.state(path)).branches).toEqual({});
  });

  test('drafts are no merge requests, and are cleared away', async () => {
    const { forge, commit, requests } = world();
    await commit('lockkeeper/a');
    await forge.open(path, wanted('lockkeeper/a'));
    writeFileSync(join(requests(path), '.2.0f.draft'), '{ "id": 2, "sta');
    expect(await forge.mergeRequests(path)).toHaveLength(1);
    await commit('lockkeeper/b');
    expect((await forge.open(path, wanted('lockkeeper/b'))).id).toBe(2);
    expect(readdirSync(requests(path)).sort()).toEqual(['1.json', '2.json']);
  });

  test('a half-written file is named; the rest goes on; its branch never gets a second merge request', async () => {
    const { forge, commit, file, warnings, countMergeRequests } = world();
    for (const branch of ['lockkeeper/a', 'lockkeeper/b']) {
      await commit(branch);
      await forge.open(path, wanted(branch));
    }
    const whole = readFileSync(file(path, 1), 'utf8');
    writeFileSync(file(path, 1), whole.slice(0, 200));
    expect((await forge.mergeRequests(path)).map(({ id }) => id)).toEqual([2]);
    expect(warnings).toEqual([expect.stringContaining(`local:platform/staging: ${file(path, 1)} cannot be read (`)]);

    await expect(forge.open(path, wanted('lockkeeper/a'))).rejects.toThrow(`${file(path, 1)} cannot be read`);
    await expect(commit('lockkeeper/a', 'again')).rejects.toThrow('there must not be two');
    await expect(forge.edit(path, 1, { title: 'x' })).rejects.toThrow(RefusedError);
    await commit('lockkeeper/c');
    expect((await forge.open(path, wanted('lockkeeper/c'))).id).toBe(3);
    await commit('lockkeeper/b', 'again');
    await forge.edit(path, 2, { title: 'x' });

    writeFileSync(file(path, 1), whole);
    expect((await forge.open(path, wanted('lockkeeper/a'))).id).toBe(1);
    expect(await countMergeRequests(path)).toBe(3);
  });

  test('an empty file may be any branch’s: nothing new is opened until it is repaired or deleted', async () => {
    const { forge, commit, file } = world();
    for (const branch of ['lockkeeper/a', 'lockkeeper/b']) await commit(branch);
    await forge.open(path, wanted('lockkeeper/a'));
    writeFileSync(file(path, 2), '');
    await expect(forge.open(path, wanted('lockkeeper/b'))).rejects.toThrow(`${file(path, 2)} cannot be read`);
    expect((await forge.open(path, wanted('lockkeeper/a'))).id).toBe(1);
  });

  test('killed at any moment: every file whole, one merge request per branch, and the work goes on', async () => {
    const body = `for (let i = 0; ; i += 1) {
      const branch = 'lockkeeper/app' + (i % 3);
      const { branches } = await forge.state(path);
      const head = await forge.commit(path, { branch, base, expected: branches[branch], files: file(String(Math.random())), message: 'x' });
      const { id } = await forge.open(path, wanted(branch));
      console.log('.');
      await forge.edit(path, id, { title: 'title ' + i, description: 'x'.repeat(i * 1000) });
      await forge.comment(path, id, 'validate', String(i));
      if (i % 5 === 4) await forge.close(path, id, { description: 'closed', branch, commit: head });
    }`;
    for (let round = 0; round < 6; round += 1) {
      const child = another(body);
      const end = ended(child);
      await new Promise((resolve) => child.stdout?.once('data', resolve));
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 120));
      child.kill('SIGKILL');
      await end;
      const { forge, warnings, commit } = world();
      const open = (await forge.mergeRequests(path)).filter(({ state }) => state === 'open').map(({ branch }) => branch);
      expect(warnings).toEqual([]);
      expect(new Set(open).size).toBe(open.length);
      for (const branch of ['lockkeeper/app0', 'lockkeeper/app1', 'lockkeeper/app2']) {
        await commit(branch, `after ${round}`);
        expect((await forge.open(path, wanted(branch))).state).toBe('open');
      }
    }
  });
});

describeWith('git', 'two processes at once', () => {
  beforeEach(() => world().createRepository(path, { 'a.yaml': 'a: 1\n' }));

  test('one merge request per branch, one number per merge request', async () => {
    const { forge, commit, countMergeRequests } = world();
    const branches = Array.from({ length: 12 }, (_, index) => `lockkeeper/app${index}`);
    for (const branch of branches) await commit(branch);
    const body = `const opened = await Promise.all(${JSON.stringify(branches)}.map((branch) => forge.open(path, wanted(branch))));
      console.log(JSON.stringify(opened.map(({ id, branch }) => [branch, id])));`;
    const answers = (await Promise.all([another(body), another(body), another(body)].map(ended))).map(
      ({ out }) => JSON.parse(out) as unknown,
    );
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    expect(await countMergeRequests(path)).toBe(12);
    expect((await forge.mergeRequests(path)).map(({ id }) => id)).toEqual(branches.map((_, index) => index + 1));
  });

  test('nobody reads half a file', async () => {
    const { forge, commit, warnings } = world();
    await commit('lockkeeper/a');
    await forge.open(path, wanted('lockkeeper/a'));
    const child = another(
      `console.log('.'); for (let i = 0; i < 60; i += 1) await forge.edit(path, 1, { description: String(i % 10).repeat(900_000) });`,
    );
    const end = ended(child);
    for (let reads = 0; child.exitCode === null || reads < 5; reads += 1) {
      const [request] = await forge.mergeRequests(path);
      expect([1, 900_000]).toContain(request?.description.length);
    }
    expect((await end).code).toBe(0);
    expect(warnings).toEqual([]);
  });

  test('no comment is lost', async () => {
    const { forge, commit, read } = world();
    await commit('lockkeeper/a');
    await forge.open(path, wanted('lockkeeper/a'));
    const body = (name: string) => `for (let i = 0; i < 15; i += 1) await forge.comment(path, 1, '${name}' + i, 'text');`;
    const ends = await Promise.all([another(body('left')), another(body('right'))].map(ended));
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    expect(read(path, 1).comments).toHaveLength(30);
  });

  test('the same branch: one wins, the other hears of it', async () => {
    const body = `await forge.commit(path, { branch: 'lockkeeper/a', base, expected: undefined, files: file(String(process.pid)), message: 'x' })
      .then(() => console.log('won'), (error) => console.log(error.name));`;
    const answers = (await Promise.all([another(body), another(body), another(body)].map(ended))).map(({ out }) => out.trim());
    expect(answers.sort()).toEqual(['ConflictError', 'ConflictError', 'won']);
  });
});
