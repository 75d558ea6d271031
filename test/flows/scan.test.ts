import { startRegistry } from '../../src/demo/registry.ts';
import { scanContract } from '../support/contracts/scan-contract.ts';
import { deployment, host, publish } from '../support/deployments.ts';
import { gitText } from '../support/git-repository.ts';
import { localScanWorld } from '../support/scan-world.ts';
import { temporaryFolder } from '../support/temporary.ts';

scanContract('the embedded forge', async (folder) => localScanWorld(folder));

describe('on the embedded forge alone', () => {
  const folder = temporaryFolder();

  test('a default branch of another name takes the merge requests along', async () => {
    const registry = await startRegistry();
    publish(registry, 'billing', '1.5.0');
    const world = localScanWorld(folder());
    world.configure(
      `registries: { "${host(registry)}": { insecure: true } }\nenvironments: [{ name: staging, repository: "local:staging" }]\n`,
    );
    await world.createRepository('staging', { 'billing.yaml': deployment(`${host(registry)}/billing:1.4.2`) });
    await world.scan();
    await gitText(world.directory('staging'), ['branch', '-m', 'main', 'trunk']);
    const actions = [await world.scan(), await world.scan()].map(({ proposals }) => proposals.map(({ action }) => action));
    await registry.close();
    expect(actions).toEqual([['update'], ['keep']]);
    expect(await world.forge.mergeRequests('staging')).toMatchObject([{ id: 1, state: 'open', target: 'trunk' }]);
  });
});
