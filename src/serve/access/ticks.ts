import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { explain } from '../../domain/errors.ts';
import type { Queue } from '../../domain/queue.ts';
import type { Schedule } from '../../runtime/schedule.ts';
import type { Access } from './access.ts';

/** Milliseconds between two looks at the grants: what somebody does in a cluster is found within a minute, and so is an hour that has come. */
const pause = 20_000;

interface Ports {
  readonly access: Pick<Access, 'jobs'>;
  readonly queue: Pick<Queue, 'add'>;
  readonly log: Logger;
}

/** Asks for a look at the grants of every environment with a cluster, now and again and again. */
export function startAccessTicks({ access, queue, log }: Ports): Schedule {
  const stopped = new AbortController();
  const ticking = tickUntil(stopped.signal, async () => {
    try {
      const jobs = await access.jobs(randomUUID());
      if (jobs.length > 0) await queue.add(jobs);
    } catch (error) {
      log.error(`the look at the grants could not be asked for: ${explain(error)}`);
    }
  });
  return {
    stop: async () => {
      stopped.abort();
      await ticking;
    },
  };
}

async function tickUntil(signal: AbortSignal, tick: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await tick();
    await sleep(pause, undefined, { signal }).catch(() => {}); // stopped
  }
}
