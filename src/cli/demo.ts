import { requireGit } from '../adapters/git.ts';
import type { ShownQueue } from '../dashboard/jobs/room.ts';
import { makeWorld, type World } from '../demo/world.ts';
import { startServer } from '../http/server.ts';
import { machineEntrance } from '../serve/dashboard/machine.ts';
import { createPages } from '../serve/pages.ts';
import { type Context, withConfig } from './context.ts';
import { heldRows, introduction, nextSteps } from './demo-texts.ts';
import { judgeOpen } from './demo-verdicts.ts';
import type { ExitCode } from './io.ts';
import { scanOnce } from './scan.ts';
import { printReport } from './scan-report.ts';

export interface DemoCommand {
  readonly dir: string;
  /** Of the pages; without it the one that the folder remembers, 3000, or any free one. */
  readonly port?: number;
}

/**
 * `lockkeeper demo`: a small company in a folder, scanned for real, its merge requests shown until what `untilStopped` gives resolves; it
 * is called once they are served. 0, or 3 when something failed while scanning. Throws UsageError for a folder that holds something else, a port that is taken, no git.
 */
export async function runDemo({ dir, port }: DemoCommand, context: Context, untilStopped: () => Promise<void>): Promise<ExitCode> {
  await requireGit();
  const world = await makeWorld(dir, port === undefined ? {} : { port });
  try {
    return await scanAndServe(world, withConfig(context, world.configFile), untilStopped);
  } finally {
    await world.close();
  }
}

async function scanAndServe(world: World, context: Context, untilStopped: () => Promise<void>): Promise<ExitCode> {
  const { output, log } = context;
  const { config } = context.loadConfig();
  const server = await startServer({
    host: '127.0.0.1',
    port: world.ports.pages,
    site: createPages(config, { queue: noQueue, redact: context.redact, warn: (text) => log.warn(text), rooms: [] }).site,
    entrance: machineEntrance(config, new Map()),
    onError: (error, path) => log.error({ err: error, path }, 'making a page'),
  });
  try {
    output.print(introduction(world));
    const { report, request } = await scanOnce({}, context);
    printReport({ ...report, held: [] }, { dryRun: false, request }, output);
    if (report.held.length > 0) {
      output.print('\nheld ("lockkeeper scan" says where each of them stands)');
      output.table(['environment', 'app', 'version', 'reason'], heldRows(report.held));
    }
    await judgeOpen(context);
    const stopped = untilStopped(); // before anybody reads that it waits for it
    output.print(nextSteps(world, report));
    await stopped;
    output.print('\nStopped. The next run goes on where this one ended.');
    return report.errors.length > 0 ? 3 : 0;
  } finally {
    await server.close();
  }
}

/** It scans by itself, once: nothing is asked for that would have to wait. */
const noQueue: ShownQueue = { list: async () => [], retry: async () => false };
