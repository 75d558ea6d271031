import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLocal } from '../../src/adapters/forges/local/local.ts';
import type { MergeRecord } from '../../src/adapters/forges/local/record.ts';
import type { ScanReport } from '../../src/updates/report.ts';
import type { AccessFixture } from './contracts/access-fixture.ts';
import type { ForgeFixture } from './contracts/forge-fixture.ts';
import { git } from './git-repository.ts';
import type { PersonsChange } from './gitlab-server/options.ts';
import { localFixture } from './local-fixture.ts';
import { type Call, call } from './terminal.ts';

/** An app.yml in a folder, a forge with people in it, and the command line run on both. */
export interface ScanWorld extends ForgeFixture {
  /** As app.yml calls the forge: `local:group/project`. */
  readonly forgeName: string;
  /** The path of app.yml. */
  readonly config: string;
  /** Writes app.yml: this, after the store and the forge. */
  readonly configure: (text: string) => void;
  readonly run: (...argv: string[]) => Promise<Call>;
  readonly scan: (...argv: string[]) => Promise<ScanReport & { readonly exit: number }>;
  /** What people change on the merge request's page. */
  readonly changeAsPerson: (path: string, id: number, change: PersonsChange) => Promise<void>;
  readonly deleteBranchAsPerson: (path: string, branch: string) => Promise<void>;
}

/** The command line in the folder; `forge` is the forge as it stands in app.yml. */
export function commands(folder: string, forge: string, env: Readonly<Record<string, string>> = {}) {
  const config = join(folder, 'app.yml');
  const run = (...argv: string[]): Promise<Call> => call([...argv, '--config', config], env);
  return {
    config,
    run,
    configure: (text: string) => writeFileSync(config, `store: { url: "file:./data" }\nforges: { ${forge} }\n${text}`),
    async scan(...argv: string[]): Promise<ScanReport & { readonly exit: number }> {
      const { exit, stdout, stderr } = await run('scan', '--json', '--log-level', 'silent', ...argv);
      if (stdout === '') throw new Error(`exit ${exit}: ${stderr}`);
      return { ...(JSON.parse(stdout) as ScanReport), exit };
    },
  };
}

export interface LocalScanWorld extends ScanWorld, AccessFixture {
  /** The folder of the files, and what one of them says. */
  readonly records: (path: string) => string;
  readonly record: (path: string, id: number) => MergeRecord;
}

/** On the embedded forge. */
export function localScanWorld(folder: string): LocalScanWorld {
  const repositories = join(folder, 'repositories');
  const fixture = localFixture(repositories, createLocal({ name: 'local', path: repositories }));
  return {
    ...fixture,
    ...commands(folder, 'local: { type: local, path: ./repositories }'),
    forgeName: 'local',
    records: fixture.requests,
    record: fixture.read,
    deleteBranchAsPerson: async (path, branch) => void (await git(fixture.directory(path), ['update-ref', '-d', `refs/heads/${branch}`])),
    async changeAsPerson(path, id, { target, ...change }) {
      fixture.write(path, id, { ...fixture.read(path, id), ...change, ...(target !== undefined && { targetBranch: target }) });
    },
  };
}
