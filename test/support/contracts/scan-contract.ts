import { startRegistry } from '../../../src/demo/registry.ts';
import { deployment, host, publish } from '../deployments.ts';
import type { ScanWorld } from '../scan-world.ts';
import { temporaryFolder } from '../temporary.ts';
import { endedContract } from './scan-ended.ts';
import { lifeContract } from './scan-life.ts';
import { personContract } from './scan-people.ts';
import { repositoryContract } from './scan-repository.ts';
import { rollbackContract } from './scan-rollback.ts';
import { type Begin, environment, manifest } from './scan-scene.ts';
import { troubleContract } from './scan-trouble.ts';

/** What every forge's environments live through, told by the command line. `create` gives a forge without projects. */
export function scanContract(name: string, create: (folder: string) => Promise<ScanWorld>): void {
  describe(`a scan on ${name}`, () => {
    const folder = temporaryFolder();
    const closing: { close(): Promise<void> }[] = [];
    afterEach(async () => {
      for (const one of closing.splice(0)) await one.close();
    });

    const begin: Begin = async (tags, updates = '{}') => {
      const registry = await startRegistry();
      const world = await create(folder());
      closing.push(registry, { close: world.dispose });
      publish(registry, 'payments/billing', ...tags);
      const usual = `- { name: staging, repository: "${world.forgeName}:${environment}", updates: ${updates} }`;
      const configure = (environments = usual, registries = '') =>
        world.configure(`registries: { "${host(registry)}": { insecure: true }${registries} }\nenvironments:\n  ${environments}\n`);
      const billing = (version: string) => deployment(`${host(registry)}/payments/billing:${version}`);
      configure();
      await world.createRepository(environment, { [manifest]: billing('1.4.2') });
      return { world, registry, configure, billing, publish: (...more) => publish(registry, 'payments/billing', ...more) };
    };

    lifeContract(begin);
    personContract(begin);
    endedContract(begin);
    repositoryContract(begin);
    troubleContract(begin);
    rollbackContract(begin);
  });
}
