import { setTimeout as sleep } from 'node:timers/promises';
import { requireGit } from '../adapters/git.ts';
import { type DemoClusters, startDemoClusters } from '../demo/clusters/clusters.ts';
import { configure } from '../demo/configuration.ts';
import { environments } from '../demo/environments.ts';
import { makeWorld, type World } from '../demo/world.ts';
import { forgetRuns } from '../deploy/record/remembered.ts';
import { explain, OutsideError } from '../domain/errors.ts';
import { deployedEnvironments } from '../serve/deployed-environments.ts';
import { lastScan } from '../serve/handlers.ts';
import { startService } from '../serve/service.ts';
import { type Context, withConfig } from './context.ts';
import { introduction, whatToTry, withClusters, withoutClusters } from './demo-texts.ts';
import type { ExitCode } from './io.ts';
import { withProgress, withServices } from './work.ts';

export interface DemoCommand {
  readonly dir: string;
  /** Of the pages; without it the one that the folder remembers, 3000, or any free one. */
  readonly port?: number;
}

/**
 * `lockkeeper demo`: a small company in a folder, and the whole service on it, with a cluster for each environment where this machine has an API
 * server, until what `untilStopped` gives resolves; it is called once all is served. Throws UsageError for a folder that holds something else, a port that is taken, no git.
 */
export async function runDemo({ dir, port }: DemoCommand, context: Context, untilStopped: () => Promise<void>): Promise<ExitCode> {
  await requireGit();
  const world = await makeWorld(dir, port === undefined ? {} : { port });
  try {
    context.output.print(introduction(world));
    const clusters = await startClusters(world, context);
    try {
      await configure(world.configFile, world.ports, clusters !== undefined);
      await serve(world, clusters !== undefined, withConfig(context, world.configFile), untilStopped);
    } finally {
      await clusters?.close();
    }
  } finally {
    await world.close();
  }
  return 0;
}

/** Without them the rest of the demo goes on. */
async function startClusters({ directory }: World, context: Context): Promise<DemoClusters | undefined> {
  try {
    const clusters = await withProgress(context, 'starting clusters', (progress) => {
      progress.add(environments.length);
      return startDemoClusters(directory, context.env, () => progress.done('a cluster has started'));
    });
    context.output.print(clusters === undefined ? withoutClusters : withClusters(clusters));
    return clusters;
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    context.output.print(`Nothing is judged or deployed: ${explain(error)}`);
    return undefined;
  }
}

async function serve(world: World, hasClusters: boolean, context: Context, untilStopped: () => Promise<void>): Promise<void> {
  const { output, log, redact, env } = context;
  await forgetClusters(context);
  const service = await startService(context.loadConfig(), { log: log.child({}, { level: 'error' }), redact, env });
  try {
    await withProgress(context, 'looking for updates', () => untilScanned(context));
    const stopped = untilStopped(); // before anybody reads that it waits for it
    output.print(whatToTry(world, service.url, hasClusters));
    await stopped;
    output.print('\nStopping.');
  } finally {
    await service.stop();
  }
  output.print('Stopped. The next run goes on where this one ended.');
}

/** Each start has new ones, to which nothing has been deployed. */
const forgetClusters = (context: Context): Promise<void> =>
  withServices(context, async ({ persistence }, config) => {
    for (const { repository } of deployedEnvironments(config)) await forgetRuns(persistence.store, repository);
  });

/** Milliseconds. */
const pause = 200;
/** Then it goes on without: what is wrong is on the page of operations. */
const patience = 120_000;

/** The first start has nothing to show before; a later one shows what there is. */
const untilScanned = (context: Context): Promise<void> =>
  withServices(context, async ({ persistence }) => {
    const giveUp = performance.now() + patience;
    while ((await lastScan(persistence.store)) === undefined && performance.now() < giveUp) await sleep(pause);
  });
