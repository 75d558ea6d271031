import { randomUUID } from 'node:crypto';
import { type Served, serve, until } from '../support/served.ts';
import { createDice } from '../support/soak/dice.ts';
import { verdictOn } from '../support/soak/verdict.ts';
import { createSoakWorld, environments, pathOf, type SoakWorld, secret } from '../support/soak/world.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { describeOnPostgres } from '../support/with-postgres.ts';

const folder = temporaryFolder();

describeOnPostgres('three replicas of lockkeeper serve on one Postgres', (server) => {
  let world: SoakWorld;
  let replicas: Served[];
  beforeEach(async () => {
    const store = server().url(await server().createDatabase());
    world = await createSoakWorld({ folder: folder(), dice: createDice(1), apps: 3, schedule: '* * * * *', store, port: 0 });
    replicas = await Promise.all([1, 2, 3].map(() => serve(world.config, world.env)));
  });
  afterEach(async () => {
    await Promise.all(replicas.map((one) => one.stop('SIGKILL')));
    await world.close();
  });

  const logs = () => replicas.flatMap((one) => one.log());
  const titles = () => environments.flatMap((one) => world.gitlab.project(pathOf(one)).requests.map(({ title }) => title));
  const quiet = (of: Served) =>
    until(async () =>
      /queue_jobs\{state="waiting"\} 0\n.*queue_jobs\{state="running"\} 0$/ms.test(await (await fetch(`${of.url}/metrics`)).text()),
    );

  /** The registry's word of the app's next image, to several at the same time. */
  async function deliver(app: string, to: readonly Served[]): Promise<string[]> {
    const { repository, tag } = world.release(app);
    const event = { id: randomUUID(), action: 'push', target: { repository, tag } };
    const request = {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
      body: JSON.stringify({ events: [event] }),
    };
    const answers = await Promise.all(to.map(({ url }) => fetch(`${url}/webhooks/registry/${world.networks.registry.host}`, request)));
    return (await Promise.all(answers.map((answer) => answer.text()))).sort();
  }

  test('one dies in the middle of its work: each delivery is worked off, each merge request opened, updated and told once, each tick scanned once', async () => {
    const [first, second, victim] = replicas as [Served, Served, Served];
    await until(() => logs().some(({ msg, trace }) => msg === 'scanned' && String(trace).startsWith('scan ')));
    for (const app of world.apps) expect(await deliver(app, [first, second])).toEqual(['{"jobs":1}\n', '{"repeated":true}\n']);
    await until(() => titles().length === environments.length * world.apps.length);
    await quiet(first); // from here on each channel is known, so that a message can be found there

    world.gitlab.delayMs = 100;
    const before = victim.log().length;
    for (const app of world.apps) await deliver(app, [victim]);
    await until(() =>
      victim
        .log()
        .slice(before)
        .some(({ msg, job }) => msg === 'begins' && job === 'scan-package'),
    );
    await victim.stop('SIGKILL');
    world.gitlab.delayMs = 0;
    for (const app of world.apps) await deliver(app, [first, second]);
    await until(() => titles().every((title) => title.endsWith(' 1.0.0 → 1.3.0')));
    await quiet(second);

    expect(await verdictOn(world)).toEqual([]);
    const ticks = logs().flatMap(({ msg, trace }) => (msg === 'scanned' && String(trace).startsWith('scan ') ? [trace] : []));
    expect(ticks).toHaveLength(new Set(ticks).size);
    expect(await Promise.all([first.stop(), second.stop()])).toEqual([0, 0]);
  }, 120_000);
});
