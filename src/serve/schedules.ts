import type { Logger } from 'pino';
import type { Config } from '../config/schema.ts';
import { explain } from '../domain/errors.ts';
import type { JobKind, NewJob } from '../domain/queue.ts';
import { type Schedule, startSchedule } from '../runtime/schedule.ts';
import type { Services } from '../services.ts';

interface Times {
  readonly cron: string;
  readonly timezone: string;
}

/** Once a day, when little else is done. */
const upkeep: Times = { cron: '47 3 * * *', timezone: 'Etc/UTC' };

/** For what no delivery told of, after the scan on the hour. */
const deploy: Times = { cron: '11 * * * *', timezone: 'Etc/UTC' };

/** Half past, when what a scan on the hour did has been written down. */
const anchor: Times = { cron: '30 * * * *', timezone: 'Etc/UTC' };

interface Parts {
  readonly log: Logger;
  /** app.yml names places for the journal's newest hash. */
  readonly anchored: boolean;
  /** Looks at what is to be deployed. */
  readonly deployments: (trace: string) => readonly NewJob[];
  /** There are clusters to be compared with their repositories. */
  readonly drifts: boolean;
}

/** What is asked for without anybody asking. */
export async function startSchedules(
  { schedule }: Pick<Config, 'schedule'>,
  { persistence }: Pick<Services, 'persistence'>,
  { anchored, deployments, drifts, log }: Parts,
): Promise<Schedule> {
  const queue = persistence.queue();
  const ticking = (name: JobKind, times: Times, jobs: (trace: string) => readonly NewJob[]) =>
    startSchedule({
      ...times,
      name,
      now: () => new Date(),
      onTick: async (id) => void (await queue.add(jobs(id), { sender: 'schedule', id })),
      onError: (error) => log.error(`the schedule could not ask for the job ${name}: ${explain(error)}`),
    });
  const one = (kind: 'scan' | 'upkeep' | 'drift' | 'anchor', times: Times) =>
    ticking(kind, times, (trace) => [{ data: { kind }, key: '', trace }]);
  const { timezone } = schedule;
  const all = [await one('scan', { cron: schedule.scan, timezone }), await one('upkeep', upkeep)];
  if (deployments('').length > 0) all.push(await ticking('deploy', deploy, deployments));
  if (drifts) all.push(await one('drift', { cron: schedule.drift, timezone }));
  if (anchored) all.push(await one('anchor', anchor));
  return { stop: async () => void (await Promise.all(all.map((each) => each.stop()))) };
}
