import { type Static, Type } from 'typebox';
import type { Finding } from '../../domain/finding.ts';
import type { InventoryRow } from '../../domain/fleet.ts';
import type { Lane } from './timeline.ts';
import type { AppView, Comparison, SeenPlace } from './view.ts';

const text = Type.String();
const time = Type.String({ format: 'date-time' });
const texts = Type.Array(text);
const one = <const Words extends readonly string[]>(...words: Words) => Type.Enum(words);

export const appQuery = Type.Object({
  range: Type.Optional(one('7d', '30d', '90d', '1y', 'all')),
  from: Type.Optional(Type.String({ description: 'An environment: with `to`, what is between the two.' })),
  to: Type.Optional(Type.String({ description: 'Another environment.' })),
  checklist: Type.Optional(Type.String({ description: 'An environment whose objects are looked at now.' })),
});

const object = { apiVersion: text, kind: text, namespace: text, name: text };

const reference = Type.Object({
  package: text,
  version: text,
  file: text,
  line: Type.Integer(),
  owner: Type.Optional(text),
  since: Type.Optional(time),
  newest: Type.Optional(text),
  state: one('current', 'proposed', 'waiting', 'held', 'unknown'),
  reason: Type.Optional(text),
  mergeRequest: Type.Optional(text),
});

const request = Type.Object({
  id: Type.Integer(),
  url: text,
  title: text,
  createdAt: time,
  rollback: Type.Boolean(),
  draft: Type.Boolean(),
  conflicts: Type.Boolean(),
  verdict: Type.Optional(Type.Object({ state: one('pending', 'running', 'success', 'failure', 'error'), description: text })),
});

const wanted = Type.Object({
  commit: text,
  current: Type.Boolean(),
  complete: Type.Boolean(),
  objects: Type.Array(
    Type.Object({ ...object, file: text, line: Type.Integer(), because: one('reference', 'bundle', 'label', 'namespace', 'file') }),
  ),
  findings: Type.Array(
    Type.Object({
      severity: one('error', 'warning', 'waived'),
      rule: text,
      file: text,
      line: Type.Integer(),
      object: Type.Optional(Type.Object(object)),
      message: text,
      help: Type.Optional(text),
      reason: Type.Optional(text),
    }),
  ),
});

const grant = Type.Object({
  namespace: text,
  subject: text,
  level: text,
  from: time,
  until: time,
  reason: text,
  approvedBy: texts,
  mergeRequest: text,
});

const place = Type.Object({
  environment: text,
  repository: text,
  url: text,
  commit: Type.Optional(text),
  at: Type.Optional(time),
  source: Type.Optional(Type.Object({ name: text, url: text })),
  references: Type.Array(reference),
  lastRun: Type.Optional(Type.Object({ outcome: text, at: time, what: text })),
  mergeRequests: Type.Array(request),
  wanted: Type.Optional(wanted),
  problem: Type.Optional(text),
  namespaces: texts,
  grants: Type.Array(grant),
});

const lane = Type.Object({
  environment: text,
  of: text,
  spans: Type.Array(
    Type.Object({
      version: text,
      from: time,
      until: Type.Optional(time),
      beginning: one('merged', 'seen', 'before'),
      by: Type.Optional(text),
      mergeRequest: Type.Optional(text),
      deployedAt: Type.Optional(time),
      backFrom: Type.Optional(text),
    }),
  ),
  marks: Type.Array(Type.Object({ kind: one('failed', 'refused', 'rollback'), at: time, text })),
});

const comparison = Type.Object({
  from: text,
  to: text,
  packages: Type.Array(
    Type.Object({
      package: text,
      kind: one('same', 'alone', 'move'),
      versions: Type.Array(Type.Object({ environment: text, version: text })),
      /** Of a move: whether the second version is the newer one, or nobody can tell. */
      ordered: Type.Optional(Type.Boolean()),
    }),
  ),
  changes: Type.Array(Type.Object({ package: text, from: text, to: text, markdown: Type.Optional(text), problem: Type.Optional(text) })),
});

export const appReply = Type.Object({
  app: text,
  environments: Type.Array(place),
  timeline: Type.Object({ from: time, until: time, lanes: Type.Array(lane) }),
  comparison: Type.Optional(comparison),
});

type Reply = Static<typeof appReply>;

/** The page as data. */
export const replyOf = ({ app, places, range, timeline, comparison: compared }: AppView): Reply => ({
  app,
  environments: places.map(placeReply),
  timeline: { from: range.from.toISOString(), until: range.until.toISOString(), lanes: timeline.lanes.map(laneReply) },
  ...(compared !== undefined && { comparison: comparisonReply(compared) }),
});

function placeReply({
  environment,
  repository,
  url,
  commit,
  at,
  source,
  rows,
  lastRun,
  requests,
  wanted: seen,
  lookProblem,
  namespaces,
  grants,
}: SeenPlace) {
  return {
    environment,
    repository,
    url,
    ...(commit !== undefined && { commit }),
    ...(at !== undefined && { at }),
    ...(source !== undefined && { source }),
    references: rows.map(referenceReply),
    ...(lastRun !== undefined && { lastRun }),
    mergeRequests: [...requests],
    ...(seen !== undefined && { wanted: wantedReply(seen) }),
    ...(lookProblem !== undefined && { problem: lookProblem }),
    namespaces: [...namespaces],
    grants: grants.map(({ url: mergeRequest, approvedBy, ...open }) => ({ ...open, approvedBy: [...approvedBy], mergeRequest })),
  };
}

const wantedReply = ({ commit, complete, isCurrent, objects, findings }: NonNullable<SeenPlace['wanted']>) => ({
  commit,
  current: isCurrent,
  complete,
  objects: [...objects],
  findings: findings.map(findingReply),
});

function referenceReply(row: InventoryRow) {
  const { app: _, environment: __, ...reference } = row;
  return reference;
}

function findingReply(finding: Finding) {
  const { bundle: _, ...found } = finding;
  return found;
}

const laneReply = ({ environment, of, spans, marks }: Lane) => ({ environment, of, spans: [...spans], marks: [...marks] });

const comparisonReply = ({ from, to, differences, changes }: Comparison) => ({
  from,
  to,
  packages: differences.map((one) => {
    if (one.kind === 'move') {
      const versions = [one.move.from, one.move.to].map(({ version, place: { environment } }) => ({ environment, version }));
      return { package: one.move.package, kind: one.kind, versions, ordered: one.known };
    }
    const environments = one.kind === 'same' ? [from, to] : [one.environment];
    return { package: one.package, kind: one.kind, versions: environments.map((environment) => ({ environment, version: one.version })) };
  }),
  changes: [...changes],
});
