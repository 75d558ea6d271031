import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { kubeconfigText } from '../../adapters/cluster/control-plane/kubeconfig.ts';
import { makeFolder } from '../../adapters/make-folder.ts';
import { UsageError } from '../../domain/errors.ts';
import { people } from '../app.ts';
import type { DemoCluster } from '../clusters/cluster.ts';
import { createRepository } from '../git.ts';
import { serveLoopback } from '../loopback.ts';

/** An environment of which somebody will ask for access. */
export interface AccessWorld {
  /** Absolute. */
  readonly directory: string;
  /** Path of its app.yml. */
  readonly configFile: string;
}

/** In the folder; `curl` asks the cluster with it as Ada. */
export const adaFile = 'ada.curl';
const marker = 'app.yml';
const firstLine = '# Made by `lockkeeper demo access`, which throws away what is in this folder.';

/** Made anew each time, in a folder that `requireAccessFolder` lets pass. */
export async function makeAccessWorld(folder: string, cluster: DemoCluster | undefined, port = 0): Promise<AccessWorld> {
  const directory = resolve(folder);
  makeFolder(directory);
  for (const name of await readdir(directory)) if (name !== marker) await rm(join(directory, name), { recursive: true, force: true });
  const configFile = join(directory, marker);
  await writeFile(configFile, await configuration(cluster, port));
  if (cluster !== undefined) await writeKeys(directory, cluster);
  await createRepository(join(directory, 'repositories/sandbox.git'), [
    {
      kind: 'commit',
      mark: 1,
      parents: [],
      author: people.katherine,
      time: Date.parse('2026-09-10T12:00:00Z') / 1000,
      message: 'Describe the sandbox\n',
      files: { 'environment.yml': 'name: sandbox\n', 'README.md': '# sandbox\n' },
    },
  ]);
  return { directory, configFile };
}

/** Throws UsageError for a folder that holds something else. */
export async function requireAccessFolder(folder: string): Promise<void> {
  const directory = resolve(folder);
  const names = await readdir(directory).catch((): string[] => []);
  const said = names.includes(marker) ? await readFile(join(directory, marker), 'utf8') : '';
  if (names.length > 0 && !said.startsWith(firstLine))
    throw new UsageError(`${directory} holds something else: give --dir an empty folder, or one that does not exist yet`);
}

/** Kept from everybody else on this machine: the token may do everything in the demo's cluster. */
async function writeKeys(directory: string, { address, token }: DemoCluster): Promise<void> {
  const secret = { mode: 0o600 };
  await writeFile(join(directory, 'kubeconfig'), kubeconfigText({ ...address, token }), secret);
  await writeFile(join(directory, 'admin.kubeconfig'), kubeconfigText(address), secret);
  await writeFile(join(directory, 'ca.crt'), address.ca ?? '', secret);
  const headers = [`Authorization: Bearer ${address.token}`, 'Impersonate-User: ada', 'Content-Type: application/json'];
  const lines = ['silent', 'cacert = "ca.crt"', ...headers.map((header) => `header = "${header}"`), 'output = "/dev/null"'];
  await writeFile(join(directory, adaFile), `${[...lines, 'write-out = "%{http_code}\\n"'].join('\n')}\n`, secret);
}

async function configuration(cluster: DemoCluster | undefined, port: number): Promise<string> {
  const probe = await serveLoopback(() => ({ status: 404 }), { port }); // whether it is free
  await probe.close();
  const clusters =
    cluster === undefined
      ? ''
      : `clusters:
  demo: { kubeconfig: ./kubeconfig }             # as the account that gives access, and may do nothing else
  judge: { kubeconfig: ./admin.kubeconfig }
validation:
  apiserver: judge
`;
  return `${firstLine}
server:
  host: 127.0.0.1
  port: ${probe.port}
  url: http://127.0.0.1:${probe.port}
store:
  url: file:./data
forges:
  local: { type: local, path: ./repositories }
${clusters}environments:
  - name: sandbox
    repository: local:sandbox
${cluster === undefined ? '' : '    cluster: demo\n'}access:
  approvers: [grace]
  maxDuration: 15m
`;
}
