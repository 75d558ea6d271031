import { Superseded } from '../../../src/access/gate/evidence.ts';
import { statusName } from '../../../src/access/gate/report.ts';
import { OutsideError, RefusedError } from '../../../src/domain/errors.ts';
import { settingsOf } from '../../support/builders/access.ts';
import { file, path, requestText, Scene } from '../../support/contracts/attack-scene.ts';
import { git } from '../../support/git-repository.ts';
import { type LocalAttackFixture, localAttackFixture } from '../../support/local-attack-fixture.ts';
import { describeWith } from '../../support/parts.ts';

describeWith('git', 'a look at a merge request', () => {
  let fixture: LocalAttackFixture;
  let scene: Scene;
  beforeEach(async () => {
    fixture = await localAttackFixture();
    await fixture.createRepository(path, { 'manifests/app.yaml': 'a: 1\n', 'access/old/eve.yml': requestText({ user: 'eve' }) });
    scene = new Scene(fixture, settingsOf());
  });
  afterEach(() => fixture.dispose());

  const ask = async (approvers: readonly string[] = [], more = {}) => {
    const asked = await scene.ask({ [file]: requestText() }, more);
    await scene.approve(asked.id, ...approvers);
    return asked;
  };
  const said = async (id: number) => (await fixture.comments(path, id)).join('\n===\n');
  const described = async (id: number) => {
    const { commit } = await fixture.forge.gatedRequest(path, id);
    return (await fixture.forge.statuses(path, commit)).map(({ name, state, description }) => `${name} ${state}: ${description}`);
  };

  test('what has nothing to do with access gets neither a status nor a comment', async () => {
    const { id } = await scene.ask({ 'manifests/app.yaml': 'a: 2\n' });
    expect(await scene.review(id)).toBe('none');
    expect([await described(id), await fixture.comments(path, id), scene.announced]).toEqual([[], [], []]);
  });

  test('what waits is told who may approve, once', async () => {
    const { id, head } = await ask();
    expect(await scene.review(id)).toBe('missing');
    const [before, record] = [await said(id), fixture.read(path, id)];
    expect(await scene.review(id)).toBe('missing');
    expect(before).toContain('waits for an approval');
    expect(before).toContain('It can: change everything in the namespace, read its Secrets');
    expect(before).toContain('Has access there now: nobody for a while, beside the standing rights');
    expect(before).toContain(`It needs an approval of ${head.slice(0, 12)} by grace.`);
    expect(fixture.read(path, id)).toEqual(record);
    expect(scene.announced).toEqual(['open']);
    expect(await described(id)).toEqual([`${statusName} failure: It needs an approval of ${head.slice(0, 12)} by grace.`]);
  });

  test('who may approve is asked for a review once; not of what the bot opened, who did that itself', async () => {
    const called: string[] = [];
    const forge = {
      askForReview: (_: string, id: number, users: readonly { readonly name: string }[]) => {
        called.push(`${id} ${users.map(({ name }) => name).join(' ')}`);
        return Promise.resolve();
      },
    };
    const { id } = await ask();
    for (let look = 0; look < 2; look += 1) await scene.review(id, forge);
    await scene.review(await scene.askByBot('ada', { reason: 'INC-2' }), forge);
    expect(called).toEqual([`${id} grace`]);
  });

  test('what is approved is merged, and granted by others', async () => {
    const { id } = await ask();
    await scene.review(id);
    await scene.approve(id, 'grace');
    expect(await scene.review(id)).toBe('merged');
    expect([await scene.state(id), scene.landed, scene.announced]).toEqual(['merged', 1, ['open', 'open', 'merged']]);
    expect(await described(id)).toEqual([`${statusName} success: ada, admin of billing for 2h: approved by grace`]);
    expect(await said(id)).toContain('Lockkeeper has merged it');
    expect(await scene.review(id)).toBe('over');
    expect(scene.landed).toBe(1);
  });

  test('what could not be given is neither waited for nor merged, as long as that is so', async () => {
    scene.obstacle = 'Nothing can be granted here: app.yml names no cluster for the environment production. Add the key cluster.';
    const { id } = await ask();
    expect(await scene.review(id)).toBe('missing');
    expect(await described(id)).toEqual([
      expect.stringMatching(/^lockkeeper\/access failure: Nothing can be granted here: .*; and 1 more$/),
    ]);
    expect(await said(id)).toContain('- Nothing can be granted here');
    await scene.approve(id, 'grace');
    expect([await scene.review(id), await scene.state(id)]).toEqual(['missing', 'open']);
    expect(await described(id)).toEqual([`${statusName} failure: ${scene.obstacle}`]);
    scene.obstacle = undefined;
    expect([await scene.review(id), await scene.state(id)]).toEqual(['merged', 'merged']);
  });

  test('what the bot asks on the word of a person is theirs', async () => {
    const id = await scene.askByBot('ada');
    expect(await scene.review(id)).toBe('missing');
    await scene.approve(id, 'grace');
    const { branch } = await fixture.forge.gatedRequest(path, id);
    expect(await scene.review(id)).toBe('merged');
    expect(await scene.afterMerge(id)).toBe('');
    await git(fixture.directory(path), ['update-ref', '-d', `refs/heads/${branch}`]);
    expect(await scene.afterMerge(id)).toBe('');
  });

  test('an update of more files than the forge lists has nothing to do with access', async () => {
    const many = Object.fromEntries(Array.from({ length: 102 }, (_, at) => [`manifests/n${at}.yaml`, `n: ${at}\n`]));
    const { id } = await scene.ask(many);
    expect([await scene.review(id), await described(id)]).toEqual(['none', []]);
  });

  test('what asks in another branch is looked at when it is aimed at this one', async () => {
    const branch = scene.branch();
    await fixture.pushBy(path, 'grace', 'next', { 'manifests/app.yaml': 'a: 3\n' });
    await fixture.pushBy(path, 'ada', branch, { [file]: requestText() });
    const id = await fixture.openBy(path, 'ada', branch, 'next');
    await scene.approve(id, 'grace');
    expect([await scene.review(id), await described(id)]).toEqual(['none', []]);
    await fixture.forge.edit(path, id, { target: 'main' });
    expect(await scene.review(id)).toBe('merged');
  });

  test('without an approval, the bot asks for whoever may', async () => {
    scene.says({ rules: { breakGlass: { users: ['ada'], maxDurationMs: 14_400_000 } } });
    expect(await scene.review(await scene.askByBot('ada', { breakGlass: 'true' }))).toBe('merged');
  });

  test('killed after the merge, the next look finds that it is over', async () => {
    const { id } = await ask(['grace']);
    const dies = scene.review(id, {
      merge: async (...of) => {
        await fixture.forge.merge(...of);
        throw new Error('killed');
      },
    });
    await expect(dies).rejects.toThrow('killed');
    expect(await scene.review(id)).toBe('over');
    expect(scene.landed).toBe(1);
  });

  test('one that a person merges is left to a person', async () => {
    scene.says({ merge: 'person' });
    const { id } = await ask(['grace']);
    expect([await scene.review(id), await scene.status(id), await scene.state(id)]).toEqual(['open', 'success', 'open']);
    expect(await said(id)).toContain('A person merges it, as it is at this commit.');
    await fixture.mergeBy(path, 'ada', id, 'merge commit');
    expect([await scene.review(id), scene.landed]).toEqual(['over', 1]);
  });

  test('where there is no cluster, the gate is judged, and nothing is merged for nothing', async () => {
    scene.hasCluster = false;
    const { id } = await ask();
    expect([await scene.review(id), await scene.status(id)]).toEqual(['missing', 'failure']);
    await scene.approve(id, 'grace');
    expect([await scene.review(id), await scene.status(id), await scene.state(id)]).toEqual(['open', 'success', 'open']);
    expect(await said(id)).toContain(
      'Nothing is granted here, and Lockkeeper does not merge it: app.yml names no `cluster` for this environment.',
    );
  });

  test('a draft is judged, and not merged', async () => {
    const branch = scene.branch();
    await fixture.pushBy(path, 'ada', branch, { [file]: requestText() });
    const { id } = await fixture.forge.propose(path, { branch, title: 'Draft: access' }, 'ada');
    await scene.approve(id, 'grace');
    expect([await scene.review(id), await scene.status(id), await scene.state(id)]).toEqual(['open', 'success', 'open']);
    expect(await said(id)).toContain('It is a draft: mark it as ready, and Lockkeeper merges it.');
  });

  test('what the forge does not let us merge a person merges', async () => {
    const { id } = await ask(['grace']);
    const merge = () => Promise.resolve({ outcome: 'refused', reason: '@lead must *approve* it.' } as const);
    expect([await scene.review(id, { merge }), await scene.state(id)]).toEqual(['open', 'open']);
    expect(await said(id)).toMatch(/The forge does not let Lockkeeper merge it: @.?lead must \\\*approve\\\* it\. A person merges it/u);
  });

  test('without a status nothing is merged', async () => {
    const { id } = await ask(['grace']);
    const setStatus = () => Promise.reject(new RefusedError('forge', 'no status for forks'));
    expect([await scene.review(id, { setStatus }), await scene.state(id)]).toEqual(['open', 'open']);
  });

  test.each(['reviews', 'hands', 'commandComments', 'entries', 'blob', 'person', 'mayWrite', 'changedPaths'] as const)(
    'where the forge does not answer %s, the status is an error, and is right again later',
    async (method) => {
      scene.says({ merge: 'person' });
      const { id } = await ask(['grace']);
      expect(await scene.review(id)).toBe('open');
      const broken = { [method]: () => Promise.reject(new OutsideError('forge', 'the forge is *down*')) };
      await expect(scene.review(id, broken)).rejects.toThrow('the forge is *down*');
      expect(await described(id)).toEqual([`${statusName} error: no verdict: the forge is *down*`]);
      expect(await said(id)).toContain('no verdict** · the forge is \\*down\\*');
      expect([await scene.review(id), await scene.status(id)]).toEqual(['open', 'success']);
    },
  );

  test('an update of which nobody can tell what it changes is not told so', async () => {
    const { id } = await scene.ask({ 'manifests/app.yaml': 'a: 2\n' });
    const changedPaths = () => Promise.reject(new OutsideError('forge', 'down'));
    await expect(scene.review(id, { changedPaths })).rejects.toThrow('down');
    expect([await described(id), await fixture.comments(path, id)]).toEqual([[], []]);
  });

  test('a head that moves meanwhile is not judged', async () => {
    const { id, branch } = await ask(['grace']);
    const hands: typeof fixture.forge.hands = async (...of) => {
      const found = await fixture.forge.hands(...of);
      await fixture.pushBy(path, 'ada', branch, { [file]: requestText({ duration: '8h' }) });
      return found;
    };
    await expect(scene.review(id, { hands })).rejects.toThrow(Superseded);
    expect([await described(id), await scene.state(id)]).toEqual([[], 'open']);
  });

  test('a head that moves before the merge is not merged', async () => {
    const { id, branch } = await ask(['grace']);
    const merge: typeof fixture.forge.merge = async (...of) => {
      await fixture.pushBy(path, 'ada', branch, { [file]: requestText({ duration: '8h' }) });
      return fixture.forge.merge(...of);
    };
    await expect(scene.review(id, { merge })).rejects.toThrow(Superseded);
    expect([await scene.review(id), await scene.state(id)]).toEqual(['missing', 'open']);
  });

  test('what asks no more is told so at its new head', async () => {
    const { id, branch } = await ask();
    await scene.review(id);
    await fixture.pushBy(path, 'ada', branch, { [file]: undefined, 'manifests/app.yaml': 'a: 2\n' });
    expect(await scene.review(id)).toBe('none');
    expect(await described(id)).toEqual([`${statusName} success: changes nothing under access/ any more`]);
    expect(await said(id)).toContain('nothing to decide');
    expect(await scene.review(id)).toBe('none');
  });

  test('what only takes away needs nobody, and is merged by whoever wants it', async () => {
    const { id } = await scene.ask({ 'access/old/eve.yml': undefined });
    expect([await scene.review(id), await scene.status(id), await scene.state(id)]).toEqual(['removal', 'success', 'open']);
    expect(await fixture.comments(path, id)).toEqual([]);
  });

  test('nothing stands of what asked before, and only takes away now', async () => {
    const { id, branch } = await ask();
    await scene.review(id);
    await fixture.pushBy(path, 'ada', branch, { [file]: undefined, 'access/old/eve.yml': undefined });
    expect([await scene.review(id), await scene.status(id)]).toEqual(['removal', 'success']);
    expect(await said(id)).toBe('**lockkeeper/access: nothing to decide** · it asks for no access any more.');
  });

  test('what waited too long is closed with the reason, and its branch and text stay', async () => {
    const { id, branch, head } = await ask();
    await scene.review(id);
    const { description } = fixture.read(path, id);
    scene.lateMs = 24 * 3_600_000 + 60_000;
    expect(await scene.review(id)).toBe('expired');
    expect([await scene.state(id), await scene.status(id), scene.announced.at(-1)]).toEqual([
      'closed',
      'failure',
      'closed: waited for longer than 1d',
    ]);
    expect(await said(id)).toMatch(/closed\*\* .* it waited for longer than 1d\.\n\nWhat was missing:\n\n- It needs an approval/);
    expect(fixture.read(path, id).description).toBe(description);
    expect(await fixture.forge.branchHead(path, branch)).toBe(head);
    expect(await scene.review(id)).toBe('over');
  });

  test('what was approved in time is merged when its own time is over, and closed when that of the approval is, too', async () => {
    const { id } = await ask();
    const record = fixture.read(path, id);
    fixture.write(path, id, { ...record, createdAt: new Date(Date.now() - 23 * 3_600_000).toISOString() });
    await scene.approve(id, 'grace');
    scene.lateMs = 23 * 3_600_000;
    const asDraft = { gatedRequest: async (...of: [string, number]) => ({ ...(await fixture.forge.gatedRequest(...of)), draft: true }) };
    expect([await scene.review(id, asDraft), await scene.state(id)]).toEqual(['open', 'open']);
    scene.lateMs = 25 * 3_600_000;
    expect([await scene.review(id, asDraft), await scene.state(id)]).toEqual(['expired', 'closed']);
    const other = await ask(['grace'], { branch: 'other' });
    scene.lateMs = 23 * 3_600_000;
    expect(await scene.review(other.id)).toBe('merged');
  });

  test('what was closed and opened again has to be approved anew', async () => {
    const { id, head } = await ask(['grace']);
    const asDraft = { gatedRequest: async (...of: [string, number]) => ({ ...(await fixture.forge.gatedRequest(...of)), draft: true }) };
    expect([await scene.review(id, asDraft), scene.said(id)]).toEqual(['open', '']);
    fixture.write(path, id, { ...fixture.read(path, id), state: 'closed' });
    expect(await scene.review(id)).toBe('over');
    fixture.write(path, id, { ...fixture.read(path, id), state: 'open' });
    expect([await scene.review(id), await scene.state(id)]).toEqual(['missing', 'open']);
    expect(scene.said(id)).toContain('grace approved it before it was closed: opened again, it has to be approved anew.');
    await fixture.mergeBy(path, 'ada', id, 'merge commit');
    expect(await scene.afterMerge(id)).toContain('it has to be approved anew');
    fixture.write(path, id, {
      ...fixture.read(path, id),
      approvals: [{ user: 'grace', commit: head, at: new Date(Date.now() + 1000).toISOString() }],
      mergedAt: new Date(Date.now() + 2000).toISOString(),
    });
    expect(await scene.afterMerge(id)).toBe('');
  });

  test('where nobody may approve, nothing is closed for waiting', async () => {
    scene.says({ rules: { approvers: [] } });
    const { id } = await ask();
    scene.lateMs = 48 * 3_600_000;
    expect([await scene.review(id), await scene.state(id)]).toEqual(['missing', 'open']);
  });
});
