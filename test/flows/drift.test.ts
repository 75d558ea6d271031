import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClusterClient, connectCluster } from '../../src/adapters/cluster/client.ts';
import { kubeconfigText } from '../../src/adapters/cluster/control-plane/kubeconfig.ts';
import { sharedControlPlane } from '../support/control-plane.ts';
import { describeWith } from '../support/parts.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { call } from '../support/terminal.ts';

const folder = temporaryFolder();
const here = process.cwd();
beforeEach(() => process.chdir(folder())); // no app.yml where nobody makes one
afterEach(() => process.chdir(here));

const path = (...parts: string[]): string => join(folder(), ...parts);

function put(files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path(file, '..'), { recursive: true });
    writeFileSync(path(file), text);
  }
}
