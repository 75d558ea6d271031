import type { RollbackReport } from '../../../src/updates/rollback/request.ts';
import { gitText, readTree } from '../git-repository.ts';
import { type Begin, environment, manifest, requestUrl, type Scene } from './scan-scene.ts';

const branch = 'lockkeeper/rollback-billing';

/** Asks for one by the command line; what it printed where there is no report. */
async function rollback({ world }: Scene, ...argv: string[]): Promise<RollbackReport & { readonly exit: number; readonly stderr: string }> {
  const { exit, stdout, stderr } = await world.run(
    'rollback',
    '--env',
    'staging',
    '--app',
    'billing',
    '--json',
    '--log-level',
    'silent',
    ...argv,
  );
  return { ...(stdout === '' ? {} : (JSON.parse(stdout) as object)), exit, stderr } as never;
}

/** billing ran at 1.4.0, then 1.4.2, then 1.6.0, each with a change beside it. */
async function ran(begin: Begin, tags: readonly string[] = ['1.4.0', '1.4.2', '1.5.0', '1.6.0']): Promise<Scene> {
  const scene = await begin(tags);
  const { world, billing } = scene;
  await world.pushAsPerson(environment, 'main', { [manifest]: billing('1.4.0') }, 'The first');
  await world.pushAsPerson(environment, 'main', { [manifest]: billing('1.4.2') }, 'The second');
  await world.pushAsPerson(environment, 'main', { [manifest]: `# paged\n${billing('1.6.0')}`, 'other.yaml': 'a: 1\n' }, 'The third');
  return scene;
}

const open = (scene: Scene) => scene.world.forge.mergeRequests(environment);

/** What ran before is one merge request away, and what was left stays away. */
export function rollbackContract(begin: Begin): void {
  describe('a rollback', () => {
    test('takes the version back, and nothing else', async () => {
      const scene = await ran(begin);
      const { world, billing } = scene;
      const report = await rollback(scene, '--reason', 'invoices are wrong');
      expect(report).toMatchObject({
        exit: 0,
        environment: 'staging',
        app: 'billing',
        branch,
        title: 'Roll back billing 1.6.0 → 1.4.2',
        action: 'open',
        url: requestUrl(1),
        updates: [{ file: manifest, line: 11, from: '1.6.0', to: '1.4.2', type: 'minor' }],
      });
      expect(await open(scene)).toMatchObject([{ title: report.title, labels: ['lockkeeper'], target: 'main', branch, state: 'open' }]);
      const [before, after] = [await readTree(world.directory(environment), 'main'), await readTree(world.directory(environment), branch)];
      expect({ ...after, [manifest]: after[manifest]?.content.toString() }).toEqual({
        ...before,
        [manifest]: `# paged\n${billing('1.4.2')}`,
      });
    });

    test('asked for twice is one merge request; for another version it is that one, updated in place', async () => {
      const scene = await ran(begin);
      const refs = () => gitText(scene.world.directory(environment), ['for-each-ref']);
      await rollback(scene, '--reason', 'slow');
      const first = await refs();
      expect(await rollback(scene, '--reason', 'slow')).toMatchObject({ action: 'keep', url: requestUrl(1) });
      expect(await rollback(scene, '--reason', 'wrong')).toMatchObject({ action: 'update', url: requestUrl(1) });
      expect(await refs()).toBe(first);
      expect((await open(scene))[0]?.description).toContain(': wrong.');
      expect(await rollback(scene, '--to', '1.4.0')).toMatchObject({ action: 'update', title: 'Roll back billing 1.6.0 → 1.4.0' });
      expect(await open(scene)).toMatchObject([{ id: 1, state: 'open', title: 'Roll back billing 1.6.0 → 1.4.0' }]);
      const tree = await readTree(scene.world.directory(environment), branch);
      expect(tree[manifest]?.content.toString()).toContain('billing:1.4.0');
    });

    test('a dry run changes nothing', async () => {
      const scene = await ran(begin);
      const refs = () => gitText(scene.world.directory(environment), ['for-each-ref']);
      const before = await refs();
      expect(await rollback(scene, '--dry-run')).toMatchObject({ exit: 0, action: 'open', title: 'Roll back billing 1.6.0 → 1.4.2' });
      expect([await refs(), await open(scene)]).toEqual([before, []]);
    });

    test('what never ran there is refused, with what did', async () => {
      const scene = await ran(begin);
      const refused = await rollback(scene, '--to', '1.5.0');
      expect(refused).toMatchObject({ exit: 2, stderr: expect.stringContaining('billing did not run at 1.5.0 in staging') });
      expect(refused.stderr).toMatch(/what ran there: 1\.6\.0 \(from \S+Z\), 1\.4\.2 \(from \S+Z\), 1\.4\.0 \(from \S+Z\)/);
      expect((await rollback(scene, '--to', '1.6.0')).stderr).toContain('billing is at 1.6.0 in staging already');
      expect(await open(scene)).toEqual([]);
    });

    test('a version that stood on a branch alone never ran', async () => {
      const scene = await begin(['1.4.2', '1.5.0', '1.6.0']);
      const { world, billing } = scene;
      await world.pushAsPerson(environment, 'side', { [manifest]: billing('1.5.0') }, 'Half of it');
      await world.pushAsPerson(environment, 'side', { [manifest]: billing('1.6.0') }, 'All of it');
      await world.mergeAsPerson(environment, await world.openAsPerson(environment, 'side', 'Move billing'));
      expect(await rollback(scene, '--dry-run')).toMatchObject({ title: 'Roll back billing 1.6.0 → 1.4.2' });
      expect((await rollback(scene, '--to', '1.5.0')).stderr).toContain('did not run at 1.5.0');
    });

    test('a file that was moved since takes its history along', async () => {
      const scene = await ran(begin);
      const { world, billing } = scene;
      await world.pushAsPerson(environment, 'main', { [manifest]: undefined, 'apps/billing.yaml': billing('1.6.0') }, 'Another place');
      await world.pushAsPerson(
        environment,
        'main',
        { 'apps/billing.yaml': undefined, 'apps/pay/billing.yaml': billing('1.6.0') },
        'And one more',
      );
      expect(await rollback(scene, '--dry-run')).toMatchObject({
        title: 'Roll back billing 1.6.0 → 1.4.2',
        updates: [{ file: 'apps/pay/billing.yaml', from: '1.6.0', to: '1.4.2' }],
      });
      expect((await rollback(scene, '--to', '1.5.0')).stderr).toMatch(
        /1\.6\.0 \(from \S+Z\), 1\.4\.2 \(from \S+Z\), 1\.4\.0 \(from \S+Z\)$/m,
      );
    });

    test('merged: the version that was left is held, the next one is not', async () => {
      const scene = await ran(begin);
      await rollback(scene);
      expect(await scene.world.scan()).toMatchObject({ exit: 0, proposals: [] });
      await scene.world.mergeAsPerson(environment, 1);
      const { proposals, held } = await scene.world.scan();
      expect(proposals).toEqual([]);
      expect(held).toContainEqual(
        expect.objectContaining({
          from: '1.4.2',
          to: '1.6.0',
          reason: expect.stringMatching(/^rolled back in \S+\/(merge_requests|pull)\/1:/),
        }),
      );
      expect(held).toContainEqual(expect.objectContaining({ to: '1.5.0', reason: expect.stringContaining('rolled back in') }));
      scene.publish('1.6.1');
      expect((await scene.world.scan()).proposals).toMatchObject([{ action: 'open', title: 'billing 1.4.2 → 1.6.1' }]);
    });

    test('asked for again once it is merged: what ran before that, not what was left', async () => {
      const scene = await ran(begin);
      await rollback(scene);
      await scene.world.mergeAsPerson(environment, 1);
      expect(await rollback(scene, '--dry-run')).toMatchObject({ title: 'Roll back billing 1.4.2 → 1.4.0' });
      expect(await rollback(scene, '--to', '1.6.0', '--dry-run')).toMatchObject({ title: 'Roll back billing 1.4.2 → 1.6.0' });
      expect(await rollback(scene)).toMatchObject({ action: 'open', url: requestUrl(2) });
    });

    test('closed unmerged: nothing is held, and it can be asked for again', async () => {
      const scene = await ran(begin);
      await rollback(scene);
      await scene.world.closeAsPerson(environment, 1);
      await scene.world.pushAsPerson(environment, 'main', { [manifest]: scene.billing('1.4.2') }, 'By hand');
      expect((await scene.world.scan()).proposals).toMatchObject([{ action: 'open', title: 'billing 1.4.2 → 1.6.0' }]);
      await scene.world.pushAsPerson(environment, 'main', { [manifest]: scene.billing('1.6.0') }, 'By hand again');
      expect(await rollback(scene)).toMatchObject({ action: 'open', title: 'Roll back billing 1.6.0 → 1.4.2' });
    });

    test('the merge request that would bring the version back is closed with the reason', async () => {
      const scene = await ran(begin);
      await scene.world.pushAsPerson(environment, 'main', { 'second.yaml': scene.billing('1.4.2') }, 'A second one');
      expect((await scene.world.scan()).proposals).toMatchObject([{ action: 'open', title: 'billing 1.4.2 → 1.6.0' }]);
      await rollback(scene, '--to', '1.4.2');
      expect((await scene.world.scan()).proposals).toMatchObject([
        { action: 'close', title: 'billing 1.4.2 → 1.6.0', reason: expect.stringContaining('rolled back in') },
      ]);
      const states = Object.fromEntries((await open(scene)).map(({ branch: of, state }) => [of, state]));
      expect(states).toEqual({ 'lockkeeper/billing': 'closed', [branch]: 'open' });
    });

    test('a person’s commit on its branch is left alone', async () => {
      const scene = await ran(begin);
      await rollback(scene);
      const theirs = await scene.world.pushAsPerson(environment, branch, { 'note.yaml': 'a: 1\n' }, 'mine');
      for (let times = 0; times < 2; times += 1)
        expect(await rollback(scene, '--to', '1.4.0')).toMatchObject({ action: 'keep', reason: expect.stringContaining('Ada Lovelace') });
      expect(await scene.world.forge.branchHead(environment, branch)).toBe(theirs);
      const comments = await scene.world.comments(environment, 1);
      expect(comments.filter((text) => text.includes('the next `lockkeeper rollback` opens a new one'))).toHaveLength(1);
    });

    test('an app whose own branch reads like it is another’s', async () => {
      const scene = await ran(begin);
      const { world, registry } = scene;
      const other = scene.billing('1.4.2').replaceAll('billing', 'rollback-billing');
      registry.publish('payments/rollback-billing', '1.5.0', { labels: {}, created: '2026-11-01T00:00:00Z' });
      await world.pushAsPerson(environment, 'main', { 'rollback.yaml': other }, 'Another app');
      await rollback(scene);
      const { proposals } = await world.scan();
      expect(proposals).toMatchObject([{ app: 'rollback-billing', action: 'open' }]);
      expect(new Set([branch, ...proposals.map((one) => one.branch)]).size).toBe(2);
      expect((await open(scene)).map(({ state }) => state)).toEqual(['open', 'open']);
    });

    test('of an app or environment that is not there', async () => {
      const scene = await begin(['1.4.2']);
      const say = async (...argv: string[]) => {
        const { exit, stderr } = await scene.world.run('rollback', ...argv);
        return `${exit} ${stderr}`;
      };
      expect(await say('--env', 'staging', '--app', 'biling')).toMatch(/^2 .*staging has no such app; did you mean "billing"\?/);
      expect(await say('--env', 'stging', '--app', 'billing')).toMatch(/^2 .*did you mean "staging"\?/);
      expect(await say('--env', 'staging', '--app', 'billing')).toMatch(/^2 .*nothing ran in staging before/);
    });

    test('of the whole environment: manifests as they were, and nothing that gives anybody anything', async () => {
      const scene = await begin(['1.4.2', '1.6.0']);
      const { world, billing } = scene;
      const old = 'name: staging # ours\nmanifests: # in order\n  - manifests/\nprune: { protect: [Namespace] }\n';
      await world.pushAsPerson(
        environment,
        'main',
        { 'environment.yml': old, 'manifests/gone.yaml': 'a: 1\n', 'access/shop/alice.yml': 'user: alice\n', 'README.md': 'old\n' },
        'As it was',
      );
      const good = (await world.forge.state(environment)).commit;
      const now = 'name: staging # ours\nmanifests:\n  - manifests/\n  - more/\nprune: { protect: [Namespace, PersistentVolumeClaim] }\n';
      await world.pushAsPerson(
        environment,
        'main',
        {
          'environment.yml': now,
          [manifest]: billing('1.6.0'),
          'manifests/gone.yaml': undefined,
          'manifests/new.yaml': 'b: 1\n',
          'access/shop/alice.yml': undefined,
          'access/shop/bob.yml': 'user: bob\n',
          'README.md': 'new\n',
        },
        'Too much at once',
      );
      const ask = async (...argv: string[]) => {
        const { exit, stdout, stderr } = await world.run('rollback', '--env', 'staging', '--json', ...argv);
        return { exit, stderr, ...(stdout === '' ? {} : (JSON.parse(stdout) as object)) };
      };
      const report = {
        exit: 0,
        branch: 'lockkeeper/rollback--environment',
        title: `Roll back staging to ${good.slice(0, 8)}`,
        action: 'open',
        updates: [{ file: manifest, from: '1.6.0', to: '1.4.2' }],
      };
      expect(await ask('--dry-run')).toMatchObject(report);
      expect(await ask('--to', good)).toMatchObject({ ...report, url: requestUrl(1) });
      const tree = Object.fromEntries(
        Object.entries(await readTree(world.directory(environment), report.branch)).map(([path, { content }]) => [
          path,
          content.toString(),
        ]),
      );
      expect(tree).toEqual({
        'environment.yml':
          'name: staging # ours\nmanifests: # in order\n  - manifests/\nprune: { protect: [Namespace, PersistentVolumeClaim] }\n',
        [manifest]: billing('1.4.2'),
        'manifests/gone.yaml': 'a: 1\n',
        'access/shop/bob.yml': 'user: bob\n',
        'README.md': 'new\n',
      });
      expect(await ask()).toMatchObject({ action: 'keep', url: requestUrl(1) });
      await world.pushAsPerson(environment, 'main', { 'manifests/new.yaml': 'b: 2\n' }, 'One more');
      expect(await ask('--to', good.slice(0, 10))).toMatchObject({ action: 'update', url: requestUrl(1) });
      await world.mergeAsPerson(environment, 1);
      const { proposals, held } = await world.scan();
      expect(proposals).toEqual([]);
      expect(held).toMatchObject([{ app: 'billing', to: '1.6.0', reason: expect.stringContaining('rolled back in') }]);
      expect(await ask()).toMatchObject({
        exit: 2,
        stderr: expect.stringContaining('would bring back billing 1.6.0, which was rolled back in'),
      });
      expect(await ask('--to', good)).toMatchObject({ exit: 2, stderr: expect.stringContaining('are the same now as they were then') });
      expect(await ask('--to', '0123456')).toMatchObject({ exit: 2, stderr: expect.stringContaining('what stood there: ') });
    });
  });
}
