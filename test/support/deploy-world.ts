import { deployEnvironment } from '../../src/deploy/deploy.ts';
import type { DeployPorts, WantedRun } from '../../src/deploy/ports.ts';
import type { ApiServer } from '../../src/domain/cluster.ts';
import type { DeployReport } from '../../src/domain/deployment.ts';
import { objectName } from '../../src/domain/finding.ts';
import { BundleMemory, createBundles, type Download } from '../../src/manifests/bundles.ts';
import type { DesiredState } from '../../src/manifests/desired-object.ts';
import { readDesiredState } from '../../src/manifests/desired-state.ts';
import { DreamClock } from './lease-clocks.ts';

/** What files of a repository want; none is fetched unless `download` says how. */
export function stateOf(
  files: Readonly<Record<string, string>>,
  download: Download = () => Promise.resolve(undefined),
): Promise<DesiredState> {
  const read = (async function* () {
    for (const [path, text] of Object.entries(files)) yield await Promise.resolve({ path, bytes: Buffer.from(text) });
  })();
  return readDesiredState(read, createBundles(download, new BundleMemory()));
}

/** A run, and what it told on its way. */
export interface Told {
  readonly report: DeployReport;
  /** `phase apply 3`, `begin 1 created …`, in order. */
  readonly course: readonly string[];
  readonly warnings: readonly string[];
}

let runs = 0;

/** One deployment run; it does not wait for rollouts, and for a dead holder of the lock only in its dreams. */
export async function deployed(
  server: ApiServer,
  environment: string,
  state: DesiredState,
  more: Partial<WantedRun> & { readonly signal?: AbortSignal; readonly ports?: Partial<DeployPorts> } = {},
): Promise<Told> {
  const { signal = new AbortController().signal, ports: otherPorts, ...wanted } = more;
  const [course, warnings]: [string[], string[]] = [[], []];
  runs += 1;
  const ports: DeployPorts = {
    server,
    now: () => new Date(),
    warn: (text) => void warnings.push(text),
    progress: { phase: (name) => void course.push(name), done: () => {} },
    record: {
      begin: async (_, { created, changed, pruned }) => void course.push(`begin: ${created} created, ${changed} changed, ${pruned} pruned`),
      prune: async (_, objects) => void course.push(`prune: ${objects.map(objectName).join(' ')}`),
    },
    holder: `test ${runs}`,
    lock: { clock: new DreamClock(Date.now()) },
    ...otherPorts,
  };
  const usual = { environment, formerly: [], state, share: 1, timeoutMs: 30_000, wait: false, patienceMs: 300_000, takeOver: false };
  const report = await deployEnvironment(ports, { ...usual, ...wanted }, signal);
  return { report, course, warnings };
}

/** A report with its objects as names, without what differs from run to run. */
export const told = ({ outcome, created, changed, unchanged, pruned, kept, failures, notes }: DeployReport) => ({
  outcome,
  created: created.map(objectName),
  changed: changed.map(objectName),
  unchanged,
  pruned: pruned.map(objectName),
  kept: kept.map(({ object, reason }) => `${objectName(object)}: ${reason}`),
  failures: failures.map(({ object, message }) => `${object === undefined ? '' : `${objectName(object)}: `}${message}`),
  notes,
});
