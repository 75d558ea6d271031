import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ScanReport } from '../src/updates/report.ts';
import { measure, type Run } from './measure.ts';
import type { Addresses } from './stand-ins.ts';
import { environmentName, environmentPath, type WorldSize } from './world.ts';

/** A program that looks for updates in all environments of a world. */
export interface Scanner {
  /** In a folder of its own, which it may fill with what it remembers; gives what one scan is. */
  prepare(folder: string, addresses: Addresses, size: WorldSize): () => Promise<Run>;
}

const command = fileURLToPath(new URL('../bin/lockkeeper.js', import.meta.url));

/** `lockkeeper scan`. It throws when the scan has met an error. */
export const lockkeeper: Scanner = {
  prepare(folder, addresses, size) {
    const config = join(folder, 'app.yml');
    writeFileSync(config, appYml(addresses, join(folder, 'data'), size));
    return async () => {
      const run = await measure([command, 'scan', '--json', '--config', config]);
      const { errors } = JSON.parse(run.stdout) as ScanReport;
      if (errors.length > 0) throw new Error(`the scan met ${JSON.stringify(errors.slice(0, 3))}`);
      return run;
    };
  },
};

/** Seconds that `lockkeeper --help` takes. */
export const help = async (): Promise<number> => (await measure([command, '--help'])).wall;

/** JSON is YAML too. */
function appYml({ gitlab, token, registry }: Addresses, store: string, size: WorldSize): string {
  return JSON.stringify({
    store: { url: `file:${store}` },
    forges: { gitlab: { type: 'gitlab', url: gitlab, token } },
    registries: { [registry]: { type: 'oci', insecure: true } },
    environments: Array.from({ length: size.environments }, (_, at) => ({
      name: environmentName(at),
      repository: `gitlab:${environmentPath(at)}`,
      updates: { types: ['major', 'minor', 'patch'] },
    })),
  });
}
