import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClusterClient, connectCluster } from '../adapters/cluster/client.ts';
import { type ControlPlanes, createControlPlanes } from '../adapters/cluster/control-plane/control-planes.ts';
import { findBinaries } from '../adapters/cluster/control-plane/find.ts';
import { startControlPlane } from '../adapters/cluster/control-plane/start.ts';
import { explain, OutsideError, UsageError } from '../domain/errors.ts';
import { wantedVersion } from '../domain/kubernetes-version.ts';
import type { DesiredObject } from '../manifests/desired-object.ts';
import { readObjects } from '../manifests/documents.ts';
import type { ValidationPorts } from '../validation/validate.ts';

export interface Judging extends ValidationPorts {
  /** Stops what was started. */
  close(): Promise<void>;
}

export interface JudgingParts {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `validation.binaries`, absolute. */
  readonly binaries?: string | undefined;
  /** Of the servers' log, line by line. */
  readonly debug: (line: string) => void;
  readonly warn: (text: string) => void;
}

/** API servers of our own, one of each version, started when they are first needed and warm from then on. */
export function createJudging(parts: JudgingParts): Judging {
  const { debug, warn } = parts;
  const planes = createControlPlanes({
    obtain: (version) => binariesFor(version, parts),
    start: (binaries, signal) => startControlPlane(binaries, { signal, log: debug }),
    died: (error) => warn(`the minimal API server has died and is started anew when it is needed: ${explain(error)}`),
  });
  const clients = new Map<string, ClusterClient>();
  return {
    lease: (kubernetes, signal) => lease(planes, clients, kubernetes === undefined ? undefined : wantedVersion(kubernetes), signal),
    definitions: readDefinitions,
    clock: () => performance.now(),
    close: async () => {
      for (const client of clients.values()) await client.close();
      await planes.close();
    },
  };
}

/** What is known of a server is known by its client: one for all who share the server. */
async function lease(planes: ControlPlanes, clients: Map<string, ClusterClient>, version: string | undefined, signal: AbortSignal) {
  const leased = await planes.lease(version, signal);
  const key = `${leased.address.url} ${leased.address.token ?? ''}`;
  const server = clients.get(key) ?? connectCluster(leased.address, { throwAway: true });
  clients.set(key, server);
  return { server, version: leased.version, release: () => leased.release() };
}

/** Nothing is downloaded or built while somebody waits for a verdict. */
async function binariesFor(version: string | undefined, { env, binaries: configured }: JudgingParts) {
  const { found, missed } = await findBinaries(version, { env, configured });
  if (found !== undefined) return found.binaries;
  const wanted = version === undefined ? '' : ` --kubernetes ${version}`;
  const looked = missed.map(({ why }) => why).join('; ');
  throw new OutsideError(
    'the minimal API server',
    `there is no API server to ask: run lockkeeper apiserver setup${wanted}, which finds etcd and kube-apiserver or obtains them (${looked})`,
  );
}

/** The CustomResourceDefinitions among the YAML files of a folder, at any depth. */
async function readDefinitions(folder: string): Promise<readonly DesiredObject[]> {
  const names = await readdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new UsageError(`validation.definitions: ${folder} cannot be read`, { cause });
  });
  const found: DesiredObject[] = [];
  for (const name of names.filter((one) => /\.(?:ya?ml|json)$/i.test(one)).sort()) {
    const { objects, findings } = readObjects(await readFile(join(folder, name)), { file: name }, 'ignored');
    const [first] = findings;
    if (first !== undefined) throw new UsageError(`validation.definitions: ${join(folder, name)}:${first.line}: ${first.message}`);
    found.push(...objects.filter(({ kind }) => kind === 'CustomResourceDefinition'));
  }
  return found;
}
