import { pino } from 'pino';
import { readConfig } from '../../src/config/load.ts';
import type { LeasedRun } from '../../src/deploy/lock/lease-record.ts';
import type { DeployReport, Drift } from '../../src/domain/deployment.ts';
import type { ObjectId } from '../../src/domain/finding.ts';
import type { Job, JobData } from '../../src/domain/queue.ts';
import { createJournal } from '../../src/journal/record.ts';
import { wanted as thread } from '../../src/notifications/thread.ts';
import type { ClusterRuns, ServiceRun } from '../../src/serve/cluster-runs.ts';
import { Deployment } from '../../src/serve/deployment.ts';
import { DriftWatch } from '../../src/serve/drift-watch.ts';
import { createEnvironmentStates } from '../../src/serve/environment-states.ts';
import { memoryJournal } from './memory-journal.ts';
import { MemoryQueue } from './memory-queue.ts';
import { MemoryStore } from './memory-store.ts';
import { localScanWorld } from './scan-world.ts';

export const configMap = (name: string, value = 'a'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: shop }\ndata: { value: ${value} }\n`;

export const configMapId = (name: string): ObjectId => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name });

/** How the cluster answers a run; what is absent is as in one that changes an object. */
export type Played = Partial<DeployReport> | Error | ((wanted: ServiceRun) => Partial<DeployReport> | Promise<Partial<DeployReport>>);

/** What the service does about the clusters of a forge's environments; the clusters are played. */
export async function deploymentWorld(folder: string, settings: string) {
  const forges = localScanWorld(folder);
  const text = `forges: { local: { type: local, path: ${folder}/repositories } }\n${settings}`;
  const { config } = readConfig('app.yml', text, { env: {}, readFile: () => '' });
  const [store, queue, journal] = [new MemoryStore(), new MemoryQueue(), memoryJournal()];
  const locks = {
    hold: <T>(_name: string, _patience: number, work: (signal: AbortSignal) => Promise<T>) => work(new AbortController().signal),
  };
  const clock = { now: new Date() };
  const runs: ServiceRun[] = [];
  const metrics: string[] = [];
  const othersAt: string[] = [];
  const lines: string[] = [];
  const play: {
    waiting?: () => Promise<unknown>;
    runs: Played[];
    drifts: (readonly Drift[] | undefined | Error)[];
    last?: LeasedRun | Error;
  } = {
    runs: [],
    drifts: [],
  };
  const clusters: ClusterRuns = {
    deploy: async (_place, wanted, hooks, signal) => {
      runs.push(wanted);
      const next = play.runs.shift() ?? {};
      if (next instanceof Error) throw next;
      await play.waiting?.();
      const run = `2026112112${String(runs.length).padStart(4, '0')}`;
      const isRefused = typeof next === 'object' && next.outcome === 'refused';
      if (!isRefused) await hooks.begin(run, { created: 0, changed: 1, pruned: 0 });
      const report: DeployReport = {
        environment: wanted.environment,
        run,
        outcome: 'succeeded',
        commit: wanted.commit,
        created: [],
        changed: [configMapId('changed')],
        unchanged: 1,
        pruned: [],
        kept: [],
        failures: [],
        notes: [],
        seconds: 1,
        ...(typeof next === 'function' ? await next(wanted) : next),
      };
      signal.throwIfAborted();
      if (report.pruned.length > 0) await hooks.prune(run, report.pruned);
      return report;
    },
    last: async () => {
      if (play.last instanceof Error) throw play.last;
      return play.last;
    },
    drift: async () => {
      const next = play.drifts.shift();
      if (next instanceof Error) throw next;
      return next && { drifts: next, notes: [] };
    },
  };
  const services = {
    forges: new Map([['local', forges.forge]]),
    persistence: { store, locks, queue: () => queue },
    journal: createJournal(
      () => journal,
      () => clock.now,
    ),
    download: () => Promise.resolve(undefined),
  };
  const log = pino({ level: 'debug' }, { write: (line) => void lines.push(line) });
  const joined = {
    config,
    services,
    clusters,
    states: createEnvironmentStates(services),
    metrics: { deployed: (name: string, outcome: string) => void metrics.push(`${name} ${outcome}`) },
    log,
    redact: (given: string) => given.replaceAll('hunter2', '[redacted]'),
    tells: true,
    othersAt: async (repository: string) => void othersAt.push(repository),
    now: () => clock.now,
  };
  const deployment = new Deployment(joined);
  const drift = new DriftWatch({ ...joined, deployment });
  const job = <T extends JobData>(data: T, key: string): Job & { readonly data: T } => ({
    id: '1',
    data,
    key,
    trace: 't',
    state: 'running',
    attempts: 1,
    addedAt: '2026-11-21T08:00:00Z',
  });
  return {
    ...forges,
    store,
    queue,
    clock,
    runs,
    metrics,
    /** Repositories whose comments were to say that a run is in progress. */
    othersAt,
    play,
    deployment,
    log: () => lines.join(''),
    entries: () => journal.kept,
    /** One job. */
    deploy: (path: string, signal = new AbortController().signal) =>
      deployment.deploy(job({ kind: 'deploy' as const, repository: `local:${path}` }, `local:${path}`), signal),
    look: (signal = new AbortController().signal) => drift.look(job({ kind: 'drift' as const }, ''), signal),
    said: async (id: string) => (await thread(store, id))?.text,
    /** Kinds and keys of jobs that wait; they are gone then. */
    waiting: () => queue.jobs.splice(0).flatMap(({ data, key }) => (data.kind === 'notify' ? [] : [`${data.kind} ${key}`])),
  };
}
