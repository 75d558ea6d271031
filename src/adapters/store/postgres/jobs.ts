import type { JobInsert, JobWithMetadata } from 'pg-boss';
import { type Job, type JobState, type NewJob, type Turn, turnOf } from '../../../domain/queue.ts';
import { nameOf } from './store.ts';

/** What pg-boss keeps as a job's data: jsonb, which holds no U+0000, so that ours is JSON in one of its texts. */
export interface Kept {
  /** data, key, trace and notBefore of a NewJob. */
  readonly job: string;
  /** Milliseconds since 1970, and the place among those that were added together. */
  readonly added: readonly [at: number, place: number];
  /** How often it was begun before pg-boss began to count. */
  readonly attempts: number;
  /** Why the last attempt failed, as JSON. */
  readonly problem?: string;
}

export type Row = JobWithMetadata<Kept>;

/** One of these waits at the most (pg-boss's policy `short`), and one runs (its group's limit). */
export const slotOf = ({ data, key }: Pick<NewJob, 'data' | 'key'>): string => `${data.kind} ${nameOf(key).toString('base64url')}`;

type Insert = JobInsert<Kept> & { readonly singletonKey: string };

export function insertOf({ data, key, trace, notBefore }: NewJob, place: number): Insert {
  const kept: Kept = { job: JSON.stringify({ data, key, trace, notBefore }), added: [Date.now(), place], attempts: 0 };
  return inserted(kept, slotOf({ data, key }), priorities[turnOf(data.kind)], notBefore);
}

/** The same job, to wait anew. */
export function again(
  { id, data: { job, added }, singletonKey, priority }: Row,
  { due, attempts, problem }: { readonly due?: Date; readonly attempts: number; readonly problem?: string | undefined },
): Insert {
  const kept: Kept = { job, added, attempts, ...(problem !== undefined && { problem: JSON.stringify(problem) }) };
  return { ...inserted(kept, singletonKey ?? '', priority, due?.toISOString()), id };
}

/** pg-boss takes higher ones first. */
export const priorities: Readonly<Record<Turn, number>> = { first: 1, usual: 0, last: -1 };

const inserted = (data: Kept, slot: string, priority: number, startAfter: string | undefined): Insert => ({
  data,
  priority,
  singletonKey: slot,
  group: { id: slot },
  ...(startAfter !== undefined && { startAfter }),
});

const states: Readonly<Record<Row['state'], JobState | undefined>> = {
  created: 'waiting',
  retry: 'waiting',
  active: 'running',
  failed: 'parked',
  completed: undefined,
  cancelled: undefined,
};

/** undefined for what is done with. */
export function jobOf(row: Row): Job | undefined {
  const state = states[row.state];
  if (state === undefined) return undefined;
  const { data, key, trace, notBefore } = JSON.parse(row.data.job) as Omit<NewJob, 'notBefore'> & { readonly notBefore?: string };
  const problem = problemOf(row);
  return {
    id: row.id,
    data,
    key,
    trace,
    ...(notBefore !== undefined && { notBefore }),
    state,
    attempts: attemptsOf(row),
    addedAt: new Date(row.data.added[0]).toISOString(),
    ...(problem !== undefined && { problem }),
  };
}

function problemOf({ data, output, state }: Row): string | undefined {
  const said: { readonly problem?: unknown } = output ?? {};
  const text = typeof said.problem === 'string' ? said.problem : data.problem;
  if (text !== undefined) return JSON.parse(text) as string;
  return state === 'retry' || state === 'failed' ? 'the process that worked on it ended' : undefined;
}

/** pg-boss counts an attempt when the next one begins. */
const attemptsOf = ({ data, retryCount, startedOn }: Row): number =>
  data.attempts + retryCount + (startedOn === null || startedOn === undefined ? 0 : 1);

/** Oldest first. */
export const byAge = ({ data: { added: a } }: Row, { data: { added: b } }: Row): number => a[0] - b[0] || a[1] - b[1];
