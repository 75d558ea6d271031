import { type Static, Type } from 'typebox';
import { objectName } from '../../domain/finding.ts';
import type { RunLog, RunSummary } from '../../domain/run-log.ts';
import type { EnvironmentView } from './view.ts';

const text = Type.String();
const time = Type.String({ format: 'date-time' });
const number = Type.Integer();
const one = <const Words extends readonly string[]>(...words: Words) => Type.Enum(words);

const row = Type.Object({
  app: text,
  environment: text,
  file: text,
  line: number,
  package: text,
  version: text,
  owner: Type.Optional(text),
  newest: Type.Optional(text),
  state: one('current', 'proposed', 'waiting', 'held', 'unknown'),
  reason: Type.Optional(text),
  mergeRequest: Type.Optional(text),
  since: Type.Optional(time),
});

const request = Type.Object({
  id: number,
  url: text,
  title: text,
  app: Type.Optional(text),
  rollback: Type.Optional(Type.Literal(true)),
  branch: text,
  commit: text,
  createdAt: time,
  updatedAt: time,
  conflicts: Type.Boolean(),
});

const summary = {
  id: text,
  run: Type.Optional(text),
  commit: text,
  state: one('running', 'interrupted', 'succeeded', 'failed', 'refused'),
  beganAt: time,
  endedAt: Type.Optional(time),
  seconds: Type.Optional(Type.Number()),
  requests: Type.Array(Type.Object({ id: number, title: text, url: text, author: text, by: Type.Optional(text) })),
  moreRequests: number,
  because: Type.Optional(text),
  counts: Type.Object({ created: number, changed: number, unchanged: number, pruned: number, kept: number, failures: number }),
};

const driftKind = one('changed', 'missing', 'left-over', 'not-deployed', 'unknown');

export const environmentReply = Type.Object({
  environment: text,
  repository: text,
  url: text,
  commit: Type.Optional(text),
  at: Type.Optional(time),
  deploy: one('service', 'pipeline', 'off'),
  cluster: Type.Optional(text),
  deployed: Type.Optional(
    Type.Object({
      commit: text,
      run: text,
      outcome: one('succeeded', 'failed', 'refused'),
      at: time,
      good: Type.Optional(Type.Object({ commit: text, run: text })),
    }),
  ),
  references: Type.Array(row),
  requests: Type.Array(request),
  problems: Type.Array(Type.Object({ scope: text, message: text, since: time, apps: Type.Array(text) })),
  drift: Type.Optional(
    Type.Object({
      commit: text,
      counts: Type.Object({ changed: number, missing: number, 'left-over': number, 'not-deployed': number, unknown: number }),
      since: Type.Optional(time),
      lookedAt: Type.Optional(time),
      objects: Type.Array(Type.Object({ object: text, kind: driftKind, summary: text, by: Type.Optional(Type.Array(text)) })),
    }),
  ),
  runs: Type.Array(Type.Object(summary)),
  lock: Type.Object({
    state: one('none', 'free', 'held', 'unknown'),
    holder: Type.Optional(text),
    since: Type.Optional(text),
    problem: Type.Optional(text),
  }),
  holds: Type.Array(Type.Object({ id: number, title: text, url: text, objects: number, since: time })),
  schedule: Type.Object({
    nextScan: Type.Optional(time),
    nextDrift: Type.Optional(time),
    types: Type.Array(text),
    windows: Type.Array(text),
    isOpen: Type.Boolean(),
    opensAt: Type.Optional(time),
    after: Type.Optional(Type.Object({ environment: text, soak: text })),
    maxOpen: Type.Optional(number),
    openCount: number,
  }),
  scan: Type.Optional(one('waiting', 'running')),
  asked: Type.Array(
    Type.Object({
      what: text,
      by: text,
      at: time,
      state: one('waiting', 'retried', 'done', 'refused'),
      endedAt: Type.Optional(time),
      text: Type.Optional(text),
      url: Type.Optional(text),
    }),
  ),
  choices: Type.Optional(
    Type.Object({
      app: text,
      packages: Type.Array(Type.Object({ package: text, current: text, newer: Type.Array(text) })),
      earlier: Type.Array(text),
    }),
  ),
});

export function replyOf(view: EnvironmentView): Static<typeof environmentReply> {
  const { snapshot, deploy, cluster, deployed, drift, runs, lease, holds, schedule, asked, scanning, actions } = view;
  const { environment, repository, url, commit, at, rows, requests, problems } = snapshot;
  return {
    environment,
    repository,
    url,
    ...(commit !== undefined && { commit }),
    ...(at !== undefined && { at }),
    deploy,
    ...(cluster !== undefined && { cluster }),
    ...(deployed !== undefined && { deployed }),
    references: [...rows],
    requests: [...requests],
    problems: problems.map((problem) => ({ ...problem, apps: [...problem.apps] })),
    ...(drift !== undefined && { drift: driftOf(drift) }),
    runs: runs.map(summaryOf),
    lock: lockOf(lease),
    holds: [...holds],
    schedule: { ...schedule, types: [...schedule.types], windows: [...schedule.windows] },
    ...(scanning !== undefined && { scan: scanning }),
    asked: asked.map(({ key: _key, ...notice }) => notice),
    ...(actions !== undefined && {
      choices: {
        app: actions.app,
        packages: actions.packages.map((each) => ({ ...each, newer: [...each.newer] })),
        earlier: [...actions.earlier],
      },
    }),
  };
}

const driftOf = ({ objects, ...drift }: NonNullable<EnvironmentView['drift']>) => ({
  ...drift,
  objects: objects.map(({ object, kind, summary: what, by }) => ({
    object: objectName(object),
    kind,
    summary: what,
    ...(by !== undefined && { by: [...by] }),
  })),
});

function lockOf(lease: EnvironmentView['lease']): Static<typeof environmentReply>['lock'] {
  if (lease.kind === 'held') return { state: 'held', holder: lease.holder, since: lease.since };
  return lease.kind === 'unknown' ? { state: 'unknown', problem: lease.why } : { state: lease.kind };
}

const summaryOf = ({ requests, ...run }: RunSummary) => ({ ...run, requests: [...requests] });

const objects = Type.Array(text);

export const runReply = Type.Object({
  ...summary,
  environment: text,
  cluster: text,
  compareUrl: Type.Optional(text),
  steps: Type.Array(
    Type.Object({
      name: one('lock', 'look', 'preflight', 'apply', 'prune', 'rollout'),
      units: number,
      done: number,
      last: Type.Optional(text),
      at: time,
    }),
  ),
  lines: Type.Array(Type.Object({ at: time, text })),
  plan: Type.Optional(Type.Object({ created: number, changed: number, pruned: number })),
  report: Type.Optional(
    Type.Object({
      created: objects,
      changed: objects,
      pruned: objects,
      kept: Type.Array(Type.Object({ object: text, reason: text })),
      failures: Type.Array(
        Type.Object({ object: Type.Optional(text), message: text, help: Type.Optional(text), outside: Type.Optional(Type.Boolean()) }),
      ),
      notes: Type.Array(text),
    }),
  ),
});

export function runReplyOf({ report, requests, steps, lines, ...run }: RunLog): Static<typeof runReply> {
  return {
    ...run,
    requests: [...requests],
    steps: [...steps],
    lines: [...lines],
    ...(report !== undefined && {
      report: {
        created: report.created.map(objectName),
        changed: report.changed.map(objectName),
        pruned: report.pruned.map(objectName),
        kept: report.kept.map(({ object, reason }) => ({ object: objectName(object), reason })),
        failures: report.failures.map(({ object, ...failure }) => ({
          ...failure,
          ...(object !== undefined && { object: objectName(object) }),
        })),
        notes: [...report.notes],
      },
    }),
  };
}
