import { UsageError } from '../domain/errors.ts';
import { type Job, type JobState, jobReport } from '../domain/queue.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './io.ts';
import { withServices } from './work.ts';

export interface JobsListCommand {
  readonly state?: JobState;
  readonly json?: boolean;
}

/** `lockkeeper jobs list`: what waits, runs and is parked, oldest first. */
export async function runJobsList({ state, json = false }: JobsListCommand, context: Context): Promise<ExitCode> {
  const jobs = await withServices(context, ({ persistence }) => persistence.queue().list(state === undefined ? undefined : [state]), {
    unfinished: true,
  });
  if (json) context.output.json({ jobs: jobs.map(jobReport) });
  else if (jobs.length === 0) context.output.print('There is no such job.');
  else context.output.table(['id', 'kind', 'what', 'state', 'attempts', 'added', 'problem'], jobs.map(row));
  return 0;
}

const row = ({ id, data, key, state, attempts, addedAt, problem }: Job): string[] => [
  id,
  data.kind,
  key,
  state,
  String(attempts),
  `${addedAt.slice(0, 19)}Z`,
  problem ?? '',
];

/** `lockkeeper jobs retry [ID…]`: parked jobs wait again; without an id all of them. */
export async function runJobsRetry(
  ids: readonly string[],
  { json = false }: { readonly json?: boolean },
  context: Context,
): Promise<ExitCode> {
  const retried = await withServices(
    context,
    async ({ persistence }) => {
      const queue = persistence.queue();
      const parked = (await queue.list(['parked'])).map(({ id }) => id);
      const unknown = ids.find((id) => !parked.includes(id));
      if (unknown !== undefined) {
        throw new UsageError(`${unknown}: there is no such parked job, nothing was done; lockkeeper jobs list --state parked shows them`);
      }
      const chosen = ids.length > 0 ? ids : parked;
      for (const id of chosen) await queue.retry(id);
      return chosen;
    },
    { unfinished: true },
  );
  if (json) context.output.json({ retried });
  else context.output.print(retried.length === 1 ? '1 job waits again.' : `${retried.length} jobs wait again.`);
  return 0;
}
