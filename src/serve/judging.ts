import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterClient } from '../adapters/cluster/client.ts';
import { createControlPlanes } from '../adapters/cluster/control-plane/control-planes.ts';
import { findBinaries } from '../adapters/cluster/control-plane/find.ts';
import { startControlPlane } from '../adapters/cluster/control-plane/start.ts';
import { version as ownVersion } from '../cli/version.ts';
import type { Config } from '../config/schema.ts';
import { explain, OutsideError, UsageError } from '../domain/errors.ts';
import { wantedVersion } from '../domain/kubernetes-version.ts';
import type { DesiredObject } from '../manifests/desired-object.ts';
import { readObjects } from '../manifests/documents.ts';
import type { Lease, ValidationPorts, ValidationSettings } from '../validation/validate.ts';
import { sweep } from '../validation/verdict/standing.ts';
import { ClusterClients, type Taken } from './cluster-clients.ts';

export interface Judging extends ValidationPorts {
  /** What else than app.yml decides on a verdict: this program, the API server where it is one of ours, and what is in the folder of definitions. */
  fingerprint(settings: Pick<ValidationSettings, 'kubernetes' | 'definitions'>): Promise<string>;
  /** Stops what was started. */
  close(): Promise<void>;
}

export interface JudgingParts {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of app.yml, where there is one: who judges, where programs lie, and how clusters are reached. */
  readonly config?: Pick<Config, 'validation' | 'clusters'> | undefined;
  /** Of the servers' log, line by line. */
  readonly debug: (line: string) => void;
  readonly warn: (text: string) => void;
}

/** API servers of our own, one of each version, started when they are first needed and warm from then on; or the cluster that app.yml names. */
export function createJudging(parts: JudgingParts): Judging {
  const { debug, warn, config } = parts;
  const planes = createControlPlanes({
    obtain: (version) => binariesFor(version, parts),
    start: (binaries, signal) => startControlPlane(binaries, { signal, log: debug }),
    died: (error) => warn(`the minimal API server has died and is started anew when it is needed: ${explain(error)}`),
  });
  const clients = new ClusterClients(config?.clusters ?? {});
  const versions = new Versions(parts);
  const judge = config?.validation.apiserver ?? 'embedded';
  let swept: Promise<void> | undefined;
  const leaseOf = async (
    { kubernetes, cluster: name }: Parameters<ValidationPorts['lease']>[0],
    signal: AbortSignal,
    take: (name: string) => Promise<ClusterClient>,
  ): Promise<Lease> => {
    const cluster = name === undefined ? undefined : await take(name);
    const beside = cluster !== undefined && { cluster };
    if (judge !== 'embedded') {
      const server = judge === name && cluster !== undefined ? cluster : await take(judge);
      const version = await versionOf(judge, server, signal);
      swept ??= sweep(server, new Date()).catch((error: unknown) =>
        warn(`what killed validations left in the cluster ${judge} could not be removed: ${explain(error)}`),
      );
      await swept;
      return { server, version, ...beside, release: () => {} };
    }
    const version =
      kubernetes ?? (name === undefined || cluster === undefined ? undefined : minorOf(await versionOf(name, cluster, signal)));
    const leased = await planes.lease(version === undefined ? undefined : wantedVersion(version), signal);
    return { server: clients.at(leased.address), version: leased.version, ...beside, release: () => leased.release() };
  };
  return {
    lease: async (of, signal) => {
      const taken: Taken[] = [];
      const letGo = (): void => {
        for (const one of taken.splice(0)) one.release();
      };
      try {
        const leased = await leaseOf(of, signal, async (name) => {
          const one = await clients.take(name);
          taken.push(one);
          return one.client;
        });
        return {
          ...leased,
          release: () => {
            leased.release();
            letGo();
          },
        };
      } catch (error) {
        letGo();
        throw error;
      }
    },
    definitions: readDefinitions,
    fingerprint: async ({ kubernetes, definitions }) => {
      const server = judge === 'embedded' ? await versions.of(kubernetes) : '';
      return [ownVersion, server, definitions === undefined ? '' : await digestOf(definitions)].join(' ');
    },
    clock: () => performance.now(),
    close: async () => {
      await clients.close();
      await planes.close();
    },
  };
}

/** Which Kubernetes a cluster of app.yml is now. */
async function versionOf(name: string, server: ClusterClient, signal: AbortSignal): Promise<string> {
  const { status, body } = await server.ask({ method: 'GET', path: '/version' }, signal);
  const version = /"gitVersion":\s*"v?(\d+\.\d+\.\d+)/.exec(body)?.[1];
  if (version === undefined)
    throw new OutsideError(server.host, `the cluster ${name} does not say which Kubernetes it is (GET /version was answered ${status})`);
  return version;
}

const minorOf = (version: string): string => version.split('.').slice(0, 2).join('.');

/** Nothing is downloaded or built while somebody waits for a verdict. */
async function binariesFor(version: string | undefined, { env, config }: JudgingParts) {
  const { found, missed } = await findBinaries(version, { env, configured: config?.validation.binaries });
  if (found !== undefined) return found.binaries;
  const wanted = version === undefined ? '' : ` --kubernetes ${version}`;
  const looked = missed.map(({ why }) => why).join('; ');
  throw new OutsideError(
    'the minimal API server',
    `there is no API server to ask: run lockkeeper apiserver setup${wanted}, which finds etcd and kube-apiserver or obtains them (${looked})`,
  );
}

/** Of the API servers that this machine has: as long as the process lives, the same ones are started. */
class Versions {
  readonly #parts: JudgingParts;
  /** By what was wanted; '' where that is whatever there is. */
  readonly #known = new Map<string, string>();

  constructor(parts: JudgingParts) {
    this.#parts = parts;
  }

  /** Empty where there is none: then there is no verdict either. */
  async of(kubernetes = ''): Promise<string> {
    const { env, config } = this.#parts;
    const known = this.#known.get(kubernetes);
    if (known !== undefined) return known;
    const wanted = kubernetes === '' ? undefined : wantedVersion(kubernetes);
    const { found } = await findBinaries(wanted, { env, configured: config?.validation.binaries });
    if (found !== undefined) this.#known.set(kubernetes, found.binaries.version);
    return found?.binaries.version ?? '';
  }
}

/** What cannot be read is told by the validation that needs it. */
async function digestOf(folder: string): Promise<string> {
  try {
    const hash = createHash('sha256');
    for (const { body } of await readDefinitions(folder)) hash.update(`${body.length} `).update(body);
    return hash.digest('hex').slice(0, 16);
  } catch (error) {
    if (error instanceof UsageError) return 'unreadable';
    throw error;
  }
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
