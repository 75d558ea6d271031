import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer } from '../api-server.ts';
import { type Goal, median, megabyte } from '../goals.ts';
import { buildKubectl, version } from '../peer/kubectl.ts';
import { command, pruneByApplySet, pruneByLabel } from './contenders.ts';
import { type Counted, countByKind, replay, type Sent, total } from './requests.ts';
import { makeNamespace, reset } from './reset.ts';
import type { Answered, Asked } from './standing.ts';
import { makeEnvironment } from './world.ts';

const standing = fileURLToPath(new URL('./standing.ts', import.meta.url));
const [objects, many] = [1000, 5000];
const concurrencies = [8, 12, 16, 24];

/** The runs of a round: everything is new; nothing of it is as it was, and a tenth goes; nothing has changed. */
const steps = ['create', 'change and prune', 'nothing changed'] as const;
type Step = (typeof steps)[number];
type Seconds = Readonly<Record<Step, number>>;

export interface DeployReport {
  /** For each contender the medians of its seconds, step by step. */
  readonly seconds: readonly (readonly [contender: string, ...seconds: number[]])[];
  /** Of a run in which nothing has changed: kind, and how many requests of each sort. */
  readonly requests: readonly (readonly [kind: string, counted: Counted])[];
  readonly goals: readonly Goal[];
}

/**
 * Ours, kubectl's two ways and the bare requests on one API server, turn by turn, from the same state each time. Against kubectl ours is a new process
 * each time, as it is; against the bare requests, which have no start either, it is one that stands.
 */
export async function deployGoals(runs: number): Promise<DeployReport> {
  const kubectl = await buildKubectl();
  const home = mkdtempSync(join(tmpdir(), 'lockkeeper-bench-'));
  const kubeconfig = join(home, 'kubeconfig');
  const server = await startServer(kubeconfig);
  const service = fork(standing, [kubeconfig], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    await makeNamespace(kubeconfig);
    const bench = new Bench(home, kubeconfig, service);
    await bench.warm();
    const kubectlHome = join(home, 'home');
    mkdirSync(kubectlHome);
    const rounds: Readonly<Record<Contender, Seconds>>[] = [];
    for (let round = 0; round < runs; round += 1)
      rounds.push({
        bare: await bench.bare(),
        service: await bench.round((folder) => bench.deployed({ folder })),
        command: await bench.round(async (folder) => (await command(kubeconfig, folder)).seconds),
        applySet: await bench.round(pruneByApplySet(kubectl, kubeconfig, kubectlHome)),
        label: await bench.round(pruneByLabel(kubectl, kubeconfig, kubectlHome)),
      });
    return report(rounds, bench.unchanged(), await bench.memory());
  } finally {
    service.disconnect();
    await server.stop();
    rmSync(home, { recursive: true });
  }
}

type Contender = 'bare' | 'service' | 'command' | 'applySet' | 'label';

const names: Readonly<Record<Contender, string>> = {
  bare: 'the same requests, bare',
  service: 'the service',
  command: '`lockkeeper deploy`',
  applySet: `kubectl ${version}, --server-side --prune --applyset`,
  label: `kubectl ${version}, --prune -l`,
};

class Bench {
  readonly #home: string;
  readonly #kubeconfig: string;
  readonly #service: ChildProcess;
  readonly #recorded = new Map<Step, readonly Sent[]>();

  constructor(home: string, kubeconfig: string, service: ChildProcess) {
    this.#home = home;
    this.#kubeconfig = kubeconfig;
    this.#service = service;
    makeEnvironment(join(home, 'before'), objects, 1);
    makeEnvironment(join(home, 'after'), objects, 2);
  }

  /** Server and service have done it all once; what the service asked is kept. */
  async warm(): Promise<void> {
    for (const step of steps) {
      const requests = join(this.#home, 'requests.json');
      await this.deployed({ folder: this.#folder(step), requests });
      this.#recorded.set(step, JSON.parse(readFileSync(requests, 'utf8')) as Sent[]);
    }
    await reset(this.#kubeconfig);
  }

  /** By the process that stands; seconds. */
  async deployed(asked: Asked): Promise<number> {
    this.#service.send(asked);
    const [answered] = (await once(this.#service, 'message')) as [Answered];
    return answered.seconds;
  }

  async round(deploy: (folder: string) => Promise<number>): Promise<Seconds> {
    const seconds = await this.#each((step) => deploy(this.#folder(step)));
    await reset(this.#kubeconfig);
    return seconds;
  }

  /** The best of several numbers of requests in flight. */
  async bare(): Promise<Seconds> {
    const all: Seconds[] = [];
    for (const inFlight of concurrencies) {
      all.push(await this.#each((step) => replay(this.#kubeconfig, this.#recorded.get(step) ?? [], inFlight)));
      await reset(this.#kubeconfig);
    }
    return this.#each((step) => Promise.resolve(Math.min(...all.map((one) => one[step]))));
  }

  /** What a run asks that finds nothing to do. */
  unchanged(): readonly Sent[] {
    return this.#recorded.get('nothing changed') ?? [];
  }

  /** Most bytes that the command takes for many objects, new, changed and unchanged. */
  async memory(): Promise<number> {
    const [before, after] = [join(this.#home, 'many-before'), join(this.#home, 'many-after')];
    makeEnvironment(before, many, 1);
    makeEnvironment(after, many, 2);
    const peaks: number[] = [];
    for (const folder of [before, after, after]) peaks.push((await command(this.#kubeconfig, folder)).memory);
    return Math.max(...peaks);
  }

  async #each(work: (step: Step) => Promise<number>): Promise<Seconds> {
    const seconds = new Map<Step, number>();
    for (const step of steps) seconds.set(step, await work(step));
    return Object.fromEntries(seconds) as Seconds;
  }

  #folder(step: Step): string {
    return join(this.#home, step === 'create' ? 'before' : 'after');
  }
}

function report(rounds: readonly Readonly<Record<Contender, Seconds>>[], unchanged: readonly Sent[], memory: number): DeployReport {
  const of = (contender: Contender, step: Step): number => median(rounds.map((round) => round[contender][step]));
  const ratios = (ours: Contender, theirs: Contender, most: number): Goal[] =>
    steps.map((step) => ({ what: `${step}: ${names[ours]} ÷ ${names[theirs]}`, value: of(ours, step) / of(theirs, step), most }));
  const requests = [...countByKind(unchanged)].sort(([one], [other]) => one.localeCompare(other));
  const all = total(requests.filter(([kind]) => !kind.startsWith('(')).map(([, counted]) => counted));
  return {
    seconds: (Object.keys(names) as Contender[]).map((one) => [names[one], ...steps.map((step) => of(one, step))] as const),
    requests,
    goals: [
      ...ratios('service', 'bare', 1.3),
      ...ratios('command', 'label', 0.5),
      ...ratios('command', 'applySet', 0.5),
      { what: 'nothing changed: applies ÷ objects', value: all.applies / objects, most: 1 },
      {
        what: 'nothing changed: lists ÷ kinds that the server lists',
        value: all.lists / requests.filter(([, { lists }]) => lists > 0).length,
        most: 1,
      },
      { what: 'nothing changed: dry runs, reads and deletes', value: all.dryRuns + all.reads + all.deletes, most: 0 },
      { what: `peak memory for ${many} objects, MB`, value: memory / megabyte, most: 200 },
    ],
  };
}
