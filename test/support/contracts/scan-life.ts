import { host } from '../deployments.ts';
import { gitText, readTree } from '../git-repository.ts';
import { type Begin, branch, environment, manifest, requestUrl } from './scan-scene.ts';

/** A proposal from its first day to its last, as long as nobody but us touches it. */
export function lifeContract(begin: Begin): void {
  test('speaks of pull requests where the forge does', async () => {
    const { world } = await begin(['1.5.0']);
    const word = world.forge.traits.type === 'github' ? 'pull request' : 'merge request';
    expect((await world.run('scan')).stdout).toMatch(new RegExp(`^environment +proposal +action +${word}$`, 'm'));
    const [request] = await world.forge.mergeRequests(environment);
    expect(request?.description).toContain(`close this ${word};`);
  });

  test('a newer image becomes one merge request; scanning again changes nothing', async () => {
    const { world, registry, billing } = await begin(['1.4.2', '1.5.0', '2.0.0-rc.1']);
    const first = await world.scan();
    const update = {
      file: manifest,
      line: 10,
      datasource: 'oci',
      package: `${host(registry)}/payments/billing`,
      from: '1.4.2',
      to: '1.5.0',
    };
    expect(first).toMatchObject({
      exit: 0,
      environments: [{ name: 'staging', references: 1, warnings: [] }],
      proposals: [
        {
          environment: 'staging',
          app: 'billing',
          branch,
          title: 'billing 1.4.2 → 1.5.0',
          action: 'open',
          url: requestUrl(1),
          updates: [{ ...update, type: 'minor', digest: expect.stringMatching(/^sha256:/) }],
        },
      ],
      held: [{ environment: 'staging', from: '1.4.2', to: '2.0.0-rc.1', reason: expect.stringContaining('pre-release') }],
      errors: [],
    });
    expect(await world.forge.mergeRequests(environment)).toMatchObject([{ target: 'main', labels: ['lockkeeper'], state: 'open' }]);
    const tree = await readTree(world.directory(environment), branch);
    expect(tree[manifest]?.content.toString()).toBe(billing('1.5.0'));
    const refs = () => gitText(world.directory(environment), ['for-each-ref']);
    const before = await refs();
    const second = await world.scan();
    expect(second.proposals).toMatchObject([{ action: 'keep', url: first.proposals[0]?.url }]);
    expect(await refs()).toBe(before);
  });

  test('a dry run changes nothing', async () => {
    const { world } = await begin(['1.5.0']);
    const refs = () => gitText(world.directory(environment), ['for-each-ref']);
    const before = await refs();
    expect((await world.scan('--dry-run')).proposals).toMatchObject([{ action: 'open', title: 'billing 1.4.2 → 1.5.0' }]);
    expect(await refs()).toBe(before);
    expect(await world.forge.mergeRequests(environment)).toEqual([]);
  });

  test('a newer release updates the merge request in place', async () => {
    const { world, publish } = await begin(['1.5.0']);
    await world.scan();
    publish('1.6.0');
    expect((await world.scan()).proposals).toMatchObject([{ action: 'update', title: 'billing 1.4.2 → 1.6.0' }]);
    expect(await world.forge.mergeRequests(environment)).toMatchObject([
      { id: 1, state: 'open', title: 'billing 1.4.2 → 1.6.0', description: expect.stringContaining('1.6.0') },
    ]);
    expect(await gitText(world.directory(environment), ['rev-list', '--count', `main..${branch}`])).toBe('1');
    expect((await world.scan()).proposals).toMatchObject([{ action: 'keep' }]);
  });

  test('a branch that conflicts is rebuilt; one that is merely behind is not', async () => {
    const { world, billing } = await begin(['1.4.3', '1.5.0'], '{ types: [minor] }');
    await world.scan();
    const head = () => gitText(world.directory(environment), ['rev-parse', branch]);
    const first = await head();
    await world.pushAsPerson(environment, 'main', { 'other.yaml': 'a: 1\n' }, 'Something else');
    for (let times = 0; times < 2; times += 1) expect((await world.scan()).proposals).toMatchObject([{ action: 'keep' }]);
    expect(await head()).toBe(first);
    await world.pushAsPerson(environment, 'main', { [manifest]: billing('1.4.3') }, 'By hand');
    expect((await world.scan()).proposals).toMatchObject([{ action: 'update', title: 'billing 1.4.3 → 1.5.0' }]);
    await world.scan(); // a forge may find out about a conflict only when asked
    await world.scan();
    expect(await head()).not.toBe(first);
    expect(await gitText(world.directory(environment), ['rev-parse', `${branch}^`])).toBe(
      await gitText(world.directory(environment), ['rev-parse', 'main']),
    );
    const rebuilt = await head();
    expect((await world.scan()).proposals).toMatchObject([{ action: 'keep' }]);
    expect(await head()).toBe(rebuilt);
  });

  test('merged: nothing is left to do; moved by hand: the merge request is closed with the reason', async () => {
    const { world, publish, billing } = await begin(['1.5.0']);
    await world.scan();
    await world.mergeAsPerson(environment, 1);
    expect((await world.scan()).proposals).toEqual([]);
    publish('1.6.0');
    await world.scan();
    await world.pushAsPerson(environment, 'main', { [manifest]: billing('1.6.0') }, 'By hand');
    const closing = await world.scan();
    expect(closing.proposals).toMatchObject([{ action: 'close', reason: expect.stringContaining('billing is at 1.6.0') }]);
    const listed = (await world.forge.mergeRequests(environment)).toSorted((one, other) => one.id - other.id);
    expect(listed).toMatchObject([{ state: 'merged' }, { state: 'closed', description: expect.stringContaining('Closed by Lockkeeper') }]);
    expect((await world.forge.state(environment)).branches).toEqual({});
    publish('1.7.0');
    expect((await world.scan()).proposals).toMatchObject([{ action: 'open', title: 'billing 1.6.0 → 1.7.0' }]);
  });
}
