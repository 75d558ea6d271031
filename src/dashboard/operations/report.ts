import { type Static, Type } from 'typebox';
import { jobStates } from '../../domain/queue.ts';
import type { Viewer } from '../../domain/site.ts';

const instant = (description: string) => Type.String({ format: 'date-time', description });
const share = (description: string) => Type.Optional(Type.Number({ minimum: 0, maximum: 1, description }));

/** As `lockkeeper jobs list --json` prints it. */
export const jobSchema = Type.Object({
  id: Type.String(),
  kind: Type.String({ description: 'What is to be done: scan, validate, deploy …' }),
  key: Type.String({ description: 'To what. Empty for what is about everything.' }),
  trace: Type.String({ description: 'Is in every line of the log that is about it.' }),
  state: Type.Enum([...jobStates]),
  attempts: Type.Integer({ minimum: 0, description: 'How often it was begun.' }),
  addedAt: instant('When it was asked for.'),
  notBefore: Type.Optional(instant('It waits until then.')),
  problem: Type.Optional(Type.String({ description: 'Why the last attempt failed.' })),
});

const shownJob = Type.Intersect([
  jobSchema,
  Type.Object({ environment: Type.Optional(Type.String({ description: 'The one environment that it is about.' })) }),
]);

const scan = Type.Object({
  at: instant('When it ended.'),
  seconds: Type.Number(),
  environments: Type.Integer({ description: 'How many were looked at.' }),
  errors: Type.Array(
    Type.Object({ scope: Type.String({ description: 'A registry, an environment, a repository.' }), message: Type.String() }),
    { description: 'What could not be looked at.' },
  ),
});

const trouble = Type.Object({
  scope: Type.String({ description: 'What does not work: a host, an environment or a repository.' }),
  message: Type.String(),
  since: instant('The first scan in which it failed.'),
  environments: Type.Array(Type.String()),
});

const limit = Type.Object({
  resource: Type.String({ description: 'Empty where the host has one limit for all.' }),
  limit: Type.Optional(Type.Integer()),
  remaining: Type.Integer(),
  resetAt: Type.Optional(instant('When all is allowed again.')),
  at: instant('When the host said so.'),
});

const host = Type.Object({
  host: Type.String(),
  use: Type.String({ description: 'What app.yml has it for; empty where it names none.' }),
  at: Type.Optional(instant('When it was asked last.')),
  lastSuccess: Type.Optional(instant('When it answered last.')),
  failingSince: Type.Optional(instant('The first failure since then; absent while it answers.')),
  problem: Type.Optional(Type.String()),
  limits: Type.Array(limit),
});

const webhook = Type.Object({
  sender: Type.String({ description: '`gitlab/NAME`, `github/NAME`, `registry/HOST`.' }),
  at: Type.Optional(instant('Of its last delivery.')),
  outcome: Type.Optional(Type.String({ description: 'What became of that.' })),
  stopped: Type.Optional(Type.Integer({ description: 'How many webhooks the forge does not call any more.' })),
});

const cluster = Type.Object({
  cluster: Type.String(),
  environments: Type.Array(Type.String()),
  state: Type.Enum(['up', 'down', 'unknown']),
  since: Type.Optional(instant('Since when it is like that, as far as it was watched.')),
  at: Type.Optional(instant('When it was asked last.')),
  latencyMs: Type.Optional(Type.Integer()),
  problem: Type.Optional(Type.String()),
  day: share('The part of the questions of the last 24 hours that it answered.'),
  week: share('The same, of seven days.'),
  hours: Type.Array(Type.Object({ from: instant('The hour begins.'), asked: Type.Integer(), answered: Type.Integer() }), {
    description: 'The last 24, oldest first.',
  }),
});

const service = Type.Object({
  version: Type.String(),
  replicas: Type.Array(
    Type.Object({
      name: Type.String(),
      version: Type.String(),
      startedAt: instant('When it began.'),
      at: instant('When it was seen last.'),
    }),
  ),
  store: Type.Enum(['embedded', 'postgres']),
  journal: Type.Object({
    newest: Type.Integer({ description: 'Number of the newest entry; 0 without one.' }),
    anchored: Type.Optional(
      Type.Object({
        number: Type.Integer({ description: 'The newest entry whose hash is in every place.' }),
        at: instant('When that was so.'),
      }),
    ),
  }),
});

/** How the service does. What concerns no single environment is there for those alone who see all of them. */
export const operationsSchema = Type.Object({
  scans: Type.Optional(
    Type.Object({
      last: Type.Optional(scan),
      next: Type.Optional(instant('By the schedule.')),
      schedule: Type.String(),
      timezone: Type.String(),
    }),
  ),
  jobs: Type.Array(shownJob, { description: 'Oldest first.' }),
  clusters: Type.Array(cluster),
  troubles: Type.Array(trouble, { description: 'What the last scans could not look at.' }),
  hosts: Type.Optional(Type.Array(host)),
  webhooks: Type.Optional(Type.Array(webhook)),
  service: Type.Optional(service),
});

export type Operations = Static<typeof operationsSchema>;
export type ShownJob = Static<typeof shownJob>;
export type ShownCluster = Static<typeof cluster>;
export type ShownHost = Static<typeof host>;

/** What of it somebody may see; undefined where that is nothing. */
export function seenBy(all: Operations, viewer: Pick<Viewer, 'sees'>): Operations | undefined {
  if (viewer.sees(undefined)) return all;
  const sees = (environment: string): boolean => viewer.sees(environment);
  const clusters = all.clusters
    .filter(({ environments }) => environments.some(sees))
    .map((one) => ({ ...one, environments: one.environments.filter(sees) }));
  const troubles = all.troubles
    .filter(({ environments }) => environments.some(sees))
    .map((one) => ({ ...one, environments: one.environments.filter(sees) }));
  const jobs = all.jobs.filter(({ environment }) => environment !== undefined && sees(environment));
  return clusters.length + troubles.length + jobs.length === 0 ? undefined : { jobs, clusters, troubles };
}
