import { sharedControlPlane } from '../support/control-plane.ts';
import { deployingWorld, path } from '../support/deploying-world.ts';
import { describeWith } from '../support/parts.ts';
import { until } from '../support/served.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { describeOnPostgres } from '../support/with-postgres.ts';

describeWith('control-plane', 'two replicas that deploy', () => {
  const plane = sharedControlPlane();
  const folder = temporaryFolder();

  describeOnPostgres('on one Postgres', (server) => {
    let world: Awaited<ReturnType<typeof deployingWorld>>;
    beforeEach(async () => {
      world = await deployingWorld(folder(), await plane(), { store: server().url(await server().createDatabase()) });
    });
    afterEach(() => world.close());

    test('each commit is deployed once, by one of them; one that dies in the middle is followed by the other once its lock is dead', async () => {
      await world.createRepository(path, {
        'environment.yml': 'manifests: [manifests/]\n',
        'manifests/a.yaml': world.manifest('a', 'one'),
      });
      const replicas = await Promise.all([world.start(), world.start()]);
      /** Which of the two have begun to deploy the commit, each as often as it has. */
      const begun = (commit: string) =>
        replicas.flatMap((one, index) =>
          one.log().flatMap((line) => (line['msg'] === 'deploying' && line['commit'] === commit ? [index] : [])),
        );
      await world.told(/: deployed 1 created/);
      const files = { 'manifests/web.yaml': world.deployment('web'), 'manifests/a.yaml': world.manifest('a', 'two') };
      const head = await world.pushAsPerson(path, 'main', files, 'web');
      await Promise.all([world.pushed(), world.pushed()]);
      await until(async () => (await world.value('a')) === 'two');
      const before = await world.holder();
      const [victim = -1, ...others] = begun(head);
      expect(others).toEqual([]);
      await replicas[victim]?.stop('SIGKILL');
      expect(await world.holder()).toBe(before);
      await until(
        async () => ![before, ''].includes(await world.holder()),
        () => {},
        120_000,
      );
      await world.comeUp('web');
      await world.told(/: deployed .*[0-9a-f]{12}$/);
      await until(async () => (await world.entries()).at(-1)?.facts['outcome'] === 'succeeded' && (await world.holder()) === '');
      const runs = (await world.entries()).filter(({ facts }) => facts['phase'] === 'begin').map(({ facts }) => facts['commit']);
      expect(runs).toHaveLength(3);
      expect(new Set(runs).size).toBe(2);
      expect(begun(head).toSorted((one, other) => one - other)).toEqual([0, 1]);
    });
  });
});
