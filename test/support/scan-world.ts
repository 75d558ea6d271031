import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLocal } from '../../src/adapters/forges/local/local.ts';
import type { ScanReport } from '../../src/updates/report.ts';
import { lockkeeper, type Ran } from './command.ts';
import { localFixture } from './local-fixture.ts';

/** An app.yml in a folder, repositories beside it, and the command line run there. */
export function scanWorld(folder: string) {
  const config = join(folder, 'app.yml');
  const repositories = join(folder, 'repositories');
  const forge = createLocal({ name: 'local', path: repositories });
  return {
    ...localFixture(repositories, forge),
    config,
    repositories,
    configure: (text: string) =>
      writeFileSync(config, `store: { url: "file:./data" }\nforges: { local: { type: local, path: ./repositories } }\n${text}`),
    run: (...argv: string[]): Promise<Ran> => lockkeeper([...argv, '--config', config]),
    scan: async (...argv: string[]): Promise<ScanReport & { readonly exit: number }> => {
      const { exit, stdout, stderr } = await lockkeeper(['scan', '--json', '--config', config, '--log-level', 'silent', ...argv]);
      if (stdout === '') throw new Error(`exit ${exit}: ${stderr}`);
      return { ...(JSON.parse(stdout) as ScanReport), exit };
    },
  };
}
