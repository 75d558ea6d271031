import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { explain } from '../../domain/errors.ts';
import type { NewJob, Queue } from '../../domain/queue.ts';
import { type Schedule, startSchedule } from '../../runtime/schedule.ts';
import type { Access } from './access.ts';
import { every } from './every.ts';
import { auditJob } from './jobs.ts';

/** Milliseconds between two looks at open requests: app.yml changes, approvers lose rights, and time runs out. */
const pause = 60_000;
/** Looks until all open merge requests are gone through again: deliveries get lost. */
const all = 60;

interface Ports {
  readonly access: Pick<Access, 'isOn' | 'reviews' | 'warnOfLost'>;
  readonly queue: Pick<Queue, 'add'>;
  readonly log: Logger;
}

/** Has open requests looked at now and every minute, and the forges' own rules now and once a day. */
export async function startAccessLooks({ access, queue, log }: Ports): Promise<Schedule> {
  const ask = async (jobs: () => Promise<readonly NewJob[]>): Promise<void> => {
    try {
      const wanted = await jobs();
      if (wanted.length > 0) await queue.add(wanted);
    } catch (error) {
      log.error(`a look at requests for access could not be asked for: ${explain(error)}`);
    }
  };
  const looking = every(pause, async (turn) => {
    if (turn % all === 0)
      await access.warnOfLost().catch((error: unknown) => log.error(`grants could not be looked through: ${explain(error)}`));
    await ask(() => access.reviews(randomUUID(), access.isOn && turn % all === 0));
  });
  let asked = !access.isOn;
  const daily = await startSchedule({
    name: 'access-audit',
    cron: '23 5 * * *',
    timezone: 'Etc/UTC',
    now: () => new Date(),
    onTick: async (id) => {
      if (access.isOn) asked = (await queue.add([auditJob(id)], { sender: 'schedule', id })) === 'added';
    },
    onError: (error) => log.error(`the audit of the forges could not be asked for: ${explain(error)}`),
  });
  // Another process may have asked for today's.
  if (!asked) await ask(() => Promise.resolve([auditJob(randomUUID())]));
  return {
    stop: async () => void (await Promise.all([looking.stop(), daily.stop()])),
  };
}
