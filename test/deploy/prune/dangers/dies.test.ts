import { sharedControlPlane } from '../../../support/control-plane.ts';
import { describeWith } from '../../../support/parts.ts';
import { config, pruneWorld, watching } from '../../../support/prune-world.ts';

describeWith('control-plane', 'a server that dies while it prunes', () => {
  const shared = sharedControlPlane();
  const world = pruneWorld(shared);

  test('what is gone is told, and what is left; nothing is told as both', async () => {
    await world.namespace('dies');
    const names = Array.from({ length: 60 }, (_, i) => `old-${i}`);
    await Promise.all(names.map((name) => world.deploy('dies', config('dies', name))));
    const { pids } = await shared();
    let asked = 0;
    const server = watching(world.server(), ({ method }) => {
      if (method === 'DELETE') asked += 1;
      if (asked === 30) process.kill(pids.apiserver, 'SIGKILL');
      return undefined;
    });
    const { pruned, kept, failures } = await world.prune('dies', { server, share: 1 });
    expect(failures).toEqual([expect.stringMatching(/^Prune was given up after \d+ objects: /)]);
    expect(pruned.length).toBeGreaterThan(0);
    expect([...pruned, ...Object.keys(kept)].toSorted()).toEqual(names.map((name) => `ConfigMap/dies/${name}`).toSorted());
  });
});
