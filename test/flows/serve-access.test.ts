import { sharedControllers } from '../support/controller-manager.ts';
import { grantingWorld, path } from '../support/granting-world.ts';
import { describeWith } from '../support/parts.ts';
import { type Served, until } from '../support/served.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** Milliseconds: the shortest grant, the minute that its end may take, and the rest. */
const whole = 240_000;

describeWith('controller-manager', 'lockkeeper serve gives access and takes it', () => {
  const plane = sharedControllers();
  const folder = temporaryFolder();
  let world: Awaited<ReturnType<typeof grantingWorld>>;
  afterEach(() => world.close());

  async function served(more?: string): Promise<Served> {
    world = await grantingWorld(folder(), await plane(), more);
    return world.start();
  }

  const troubles = (running: Served) => running.log().filter(({ level }) => level === 'error' || level === 'fatal');

  const forbidden = 403;
  const created = 201;
  const granted = () => until(async () => (await world.bindings()).at(0), undefined, 60_000);
  const gone = () => until(async () => (await world.bindings()).length === 0 || undefined, undefined, 130_000);
  const kinds = async () => (await world.entries()).map(({ kind }) => kind);

  test(
    'a file, an approval, a merge by the bot: in the cluster for its minute, gone after it, and its file with it; told and in the journal',
    async () => {
      const running = await served();
      expect(await world.writes('alice')).toBe(forbidden);
      const { id, head } = await world.asked('alice', '1m');
      const missing = await until(async () => world.status(head));
      expect(missing.state).not.toBe('success');
      expect(await until(() => world.said(id) || undefined)).toContain('grace');
      await world.told(/alice/);
      expect(await kinds()).not.toContain('grant');
      await world.approve(id, head);
      const record = await world.merged(id);
      expect(record).toMatchObject({ state: 'merged', commit: head });
      expect((await world.forge.branchCommits(path, 'main', 'alice-needs-access'))[0]?.byBot).toBe(true);
      const binding = await granted();
      expect(await world.status(head)).toMatchObject({ state: 'success' });
      const expires = Date.parse(binding.metadata.annotations['lockkeeper.dev/expires-at'] ?? '');
      expect(Math.ceil((expires - Date.parse(record.mergedAt ?? '')) / 1000)).toBe(60); // in whole seconds, never more
      expect([await world.writes('alice'), await world.writes('alice', 'default'), await world.writes('grace')]).toEqual([
        created,
        forbidden,
        forbidden,
      ]);
      await gone();
      expect(await world.writes('alice')).toBe(forbidden);
      expect(Date.now() - expires).toBeLessThan(60_000);
      await until(
        async () => (await world.forge.entries(path, await world.head('main'), 'access')).length === 0 || undefined,
        undefined,
        60_000,
      );
      await until(async () => (await kinds()).includes('revocation') || undefined);
      const entries = await world.entries();
      const [grant, end] = [entries.find(({ kind }) => kind === 'grant'), entries.find(({ kind }) => kind === 'revocation')];
      expect([grant?.environment, end?.environment]).toEqual([world.namespace, world.namespace]);
      expect(JSON.stringify(grant)).toContain('alice');
      expect((await world.run('journal', 'verify')).exit).toBe(0);
      await world.told(/alice is no longer admin of /);
      expect(troubles(running)).toEqual([]);
      const [first, ...thread] = world.messages();
      expect([first?.thread, ...thread.map((one) => one.thread)]).toEqual([undefined, ...thread.map(() => first?.ts)]);
      expect(thread.map(({ text }) => text)).toEqual(
        expect.arrayContaining([expect.stringMatching(/^Granted until .*, approved by grace/)]),
      );
    },
    whole,
  );

  test(
    'asked for in a comment, approved by somebody else than who asked; its file removed by a person, and it is over at once',
    async () => {
      const running = await served(', reason: "INC-\\\\d+"');
      const below = await world.pushBy(path, 'bob', 'two-replicas', { 'manifests/note.yaml': '# two\n' });
      const where = await world.openBy(path, 'bob', 'two-replicas');
      await until(async () => (await world.forge.statuses(path, below)).find(({ name }) => name === 'lockkeeper/validate'));
      await world.commentBy(path, 'bob', where, `/lockkeeper access admin ${world.namespace} for 2h because INC-1234 is stuck`);
      const asked = await until(async () => (await world.forge.openRequests(path, 'main')).find(({ id }) => id !== where));
      expect(asked.title).toContain('bob');
      await until(() => world.said(asked.id) || undefined);
      await world.approve(asked.id, asked.commit, 'bob');
      await until(() => world.said(asked.id).includes('bob approved it, and ') || undefined);
      expect(world.record(path, asked.id).state).toBe('open');
      await world.approve(asked.id, asked.commit);
      await world.merged(asked.id);
      await granted();
      expect([await world.writes('bob'), await world.writes('alice')]).toEqual([created, forbidden]);
      const [file] = await world.forge.entries(path, await world.head('main'), 'access');
      await world.pushBy(path, 'grace', 'main', { [file?.path ?? '']: undefined });
      await gone();
      expect(await world.writes('bob')).toBe(forbidden);
      await until(async () => (await kinds()).includes('revocation') || undefined);
      expect(troubles(running)).toEqual([]);
    },
    whole,
  );

  test(
    'a direct push grants nothing: it is an alarm, and a revert is proposed that nobody of ours merges',
    async () => {
      await served();
      await world.pushBy(path, 'mallory', 'main', { [world.file('mallory')]: world.request('mallory', '2h') });
      // A forge gets a minute to say that it merged something.
      const alarm = await world.told(/^:rotating_light: P1/, 130_000);
      expect(alarm).toContain(world.file('mallory'));
      expect(await world.bindings()).toEqual([]);
      expect(await world.writes('mallory')).toBe(forbidden);
      const revert = await until(async () =>
        (await world.forge.openRequests(path, 'main')).find(({ branch }) => branch.startsWith('lockkeeper-access/revert-')),
      );
      expect((await world.forge.changedPaths(path, revert.id)).paths).toEqual([{ path: world.file('mallory'), kind: 'removed' }]);
      await until(async () => (await kinds()).includes('alarm') || undefined);
      expect(await kinds()).not.toContain('grant');
      expect(await world.metrics()).toMatch(/lockkeeper_access_alarms_total\S* [1-9]/);
      expect(world.messages().filter(({ text }) => text.startsWith(':rotating_light: P1'))).toHaveLength(1);
    },
    whole,
  );
});
