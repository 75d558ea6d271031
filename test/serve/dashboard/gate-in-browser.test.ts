import { touchesAccess } from '../../../src/access/request/path.ts';
import { createLocalActions } from '../../../src/adapters/forges/local/actions.ts';
import { createLocalPages } from '../../../src/adapters/forges/local/pages.ts';
import { createRepositories, repositoriesRoom } from '../../../src/dashboard/repositories/repositories.ts';
import { createSite } from '../../../src/dashboard/site.ts';
import { createJournal } from '../../../src/journal/record.ts';
import { journalled } from '../../../src/serve/dashboard/journalled.ts';
import { settingsOf } from '../../support/builders/access.ts';
import { file, path, requestText, Scene } from '../../support/contracts/attack-scene.ts';
import { type LocalAttackFixture, localAttackFixture } from '../../support/local-attack-fixture.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import { describeWith } from '../../support/parts.ts';
import { aViewer, press, visit } from '../../support/site-visitor.ts';

describeWith('git', 'access, asked for and approved in the browser', () => {
  let fixture: LocalAttackFixture;
  beforeEach(async () => {
    fixture = await localAttackFixture();
    await fixture.createRepository(path, { 'manifests/app.yaml': 'a: 1\n' });
  });
  afterEach(() => fixture.dispose());

  function world() {
    const root = fixture.directory(path).slice(0, -`/${path}.git`.length);
    const local = { name: 'local', path: root };
    const source = createLocalPages({
      ...local,
      url: 'http://localhost',
      environments: async () => new Map([[path, 'production']]),
      isGated: touchesAccess,
    });
    const store = memoryJournal();
    const journal = createJournal(
      () => store,
      () => new Date(),
    );
    const actions = journalled(createLocalActions(local), {
      forge: 'local',
      journal,
      environmentOf: source.environmentOf,
      pages: 'http://localhost',
    });
    const desk = { forge: 'local', actions, judgeAgain: () => Promise.resolve(), isJudging: () => Promise.resolve(false) };
    const site = createSite({ rooms: [repositoriesRoom(source, desk)], rest: createRepositories(source, desk), now: () => new Date() });
    const address = (id: number) => `/${path}/merge_requests/${id}`;
    const someone = (name: string) => aViewer({ name, actor: `local:${name}`, user: { forge: 'local', id: name, name } });
    const page = async (id: number, name: string) => (await visit(site, address(id), { viewer: someone(name) })).body;
    const act = async (id: number, what: string, name: string) => {
      const { commit: head } = await fixture.forge.gatedRequest(path, id);
      return press(site, `${address(id)}/${what}`, { head, anyway: 'yes', text: 'x' }, someone(name));
    };
    return { act, page, journal: store, scene: new Scene(fixture, settingsOf()) };
  }

  test('whom it is for does not open the gate by approving it; an approver does, and Lockkeeper merges', async () => {
    const { act, page, scene } = world();
    const id = await scene.askByBot('ada');
    expect(await page(id, 'grace')).toContain('<b>ada</b> asked for it');
    expect((await act(id, 'approve', 'ada')).status).toBe(303);
    expect(await scene.review(id)).toBe('missing');
    expect(await scene.status(id)).toBe('failure');
    const refused = await act(id, 'merge', 'ada');
    expect([refused.status, await scene.state(id)]).toEqual([409, 'open']);
    expect(refused.body).toContain('once the gate is open');
    expect(await page(id, 'grace')).toContain('<summary>What the gate says</summary>');
    await act(id, 'withdraw', 'ada');
    expect((await act(id, 'approve', 'grace')).status).toBe(303);
    expect(await scene.review(id)).toBe('merged');
    expect(await page(id, 'grace')).toContain('<b>lockkeeper</b> merged it');
  });

  test('who opened it does not even get to approve it', async () => {
    const { act, scene } = world();
    const { id } = await scene.ask({ [file]: requestText() });
    expect((await act(id, 'approve', 'ada')).status).toBe(409);
    expect(await scene.review(id)).toBe('missing');
  });

  test('pushed to after the page was read: that page approves nothing', async () => {
    const { page, scene, act } = world();
    const { id, branch } = await scene.ask({ [file]: requestText() });
    const before = await page(id, 'grace');
    await fixture.pushBy(path, 'ada', branch, { [file]: requestText({ duration: '8h' }) });
    const [, head = ''] = /name="head" value="(\w+)"/.exec(before) ?? [];
    expect(head).toHaveLength(40);
    expect(await page(id, 'grace')).not.toContain(`name="head" value="${head}"`);
    expect((await act(id, 'approve', 'grace')).status).toBe(303);
    expect(await scene.review(id)).toBe('merged');
  });

  test('closed and opened again between two looks of the gate: approved anew, or not open', async () => {
    const { act, scene } = world();
    const id = await scene.askByBot('ada');
    await act(id, 'approve', 'grace');
    await act(id, 'close', 'linus');
    await act(id, 'reopen', 'ada');
    expect(await scene.review(id)).toBe('missing');
    await act(id, 'approve', 'grace');
    expect(await scene.review(id)).toBe('merged');
  });

  test('each button is in the journal, by name, before the forge is asked', async () => {
    const { act, scene, journal } = world();
    const { id } = await scene.ask({ 'manifests/app.yaml': 'a: 2\n' });
    for (const what of ['comment', 'approve', 'merge']) await act(id, what, 'grace');
    const kept = journal.kept.map(({ kind, actor, environment, what, facts }) => [kind, actor, environment, what, facts['action']]);
    expect(kept).toEqual([
      ['proposal', 'local:grace', 'production', `asked to comment on merge request ${id}`, 'comment'],
      ['approval', 'local:grace', 'production', `asked to approve merge request ${id}`, 'approve'],
      ['merge', 'local:grace', 'production', `asked to merge merge request ${id}`, 'merge'],
    ]);
    expect(await scene.state(id)).toBe('merged');
  });

  test('what cannot be written into the journal is not done', async () => {
    const { act, scene, journal } = world();
    const { id } = await scene.ask({ 'manifests/app.yaml': 'a: 2\n' });
    journal.append = () => Promise.reject(new Error('the disk is full'));
    await expect(act(id, 'merge', 'grace')).rejects.toThrow('the disk is full');
    expect(await scene.state(id)).toBe('open');
  });
});
