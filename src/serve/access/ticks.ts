import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { explain } from '../../domain/errors.ts';
import type { Queue } from '../../domain/queue.ts';
import type { Schedule } from '../../runtime/schedule.ts';
import type { Access } from './access.ts';
import { every } from './every.ts';

/** Milliseconds between two looks at the grants: what somebody does in a cluster is found within a minute, and so is an hour that has come. */
const pause = 20_000;

interface Ports {
  readonly access: Pick<Access, 'jobs'>;
  readonly queue: Pick<Queue, 'add'>;
  readonly log: Logger;
}

/** Asks for a look at the grants of every environment with a cluster, now and again and again. */
export function startAccessTicks({ access, queue, log }: Ports): Schedule {
  return every(pause, async () => {
    try {
      const jobs = await access.jobs(randomUUID());
      if (jobs.length > 0) await queue.add(jobs);
    } catch (error) {
      log.error(`the look at the grants could not be asked for: ${explain(error)}`);
    }
  });
}
