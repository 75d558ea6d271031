import pLimit from 'p-limit';
import { pathOf } from '../domain/api-path.ts';
import type { ApiServer } from '../domain/cluster.ts';
import { RefusedError } from '../domain/errors.ts';
import { type ObjectId, objectName } from '../domain/finding.ts';
import { environmentLabel, identityAnnotation, identityText } from '../domain/ownership.ts';
import type { DesiredState } from '../manifests/desired-object.ts';
import { identityOf } from '../manifests/identity.ts';
import { record } from '../manifests/objects.ts';
import { type Comparison, compareObject, kindsBy, type Outcome } from './compare.ts';
import { type Plan, planOf, pruned, type Standing } from './plan.ts';
import { atOnce } from './plan-against.ts';

/** A merge request that touches more is compared by its files: the cluster has other work. */
const mostObjects = 500;

/**
 * The plan of a merge request, of which the cluster tells more: of what the files change, the differences are those of a dry run. Whoever opens
 * a merge request can name any object; of one that no deployment of this very environment applied, nothing that it holds is shown. Throws
 * OutsideError when the server cannot be asked.
 */
export async function planRequest(
  server: ApiServer,
  environment: string,
  [base, head]: readonly [base: DesiredState, head: DesiredState],
  signal?: AbortSignal,
): Promise<Plan> {
  const files = planOf(base, head);
  const touched = new Set([...files.create, ...files.change.map(({ object }) => object)].map(identityOf));
  if (touched.size + files.prune.length > mostObjects)
    return { ...files, notes: [...files.notes, `More than ${mostObjects} objects are touched: they are compared by their files alone.`] };
  const turns = pLimit(atOnce);
  const cluster = { server, kindOf: kindsBy(await server.kinds(signal)), mayShow: (live: Value) => isOurs(environment, live), signal };
  const objects = head.objects.filter((object) => touched.has(identityOf(object)));
  const outcomes = await turns.map(objects, (object) => compareObject(cluster, object));
  const gone = (await turns.map(files.prune, ({ object }) => standing(cluster, object))).flat();
  return joined(files, outcomes, gone, head);
}

type Value = Readonly<Record<string, unknown>>;

interface Live {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

function isOurs(environment: string, live: Value): boolean {
  const { apiVersion, kind, metadata } = live as unknown as Live; // an API server's answer
  const identity = identityText({ apiVersion, kind, namespace: metadata.namespace ?? '', name: metadata.name });
  return metadata.labels?.[environmentLabel] === environment && metadata.annotations?.[identityAnnotation] === identity;
}

/** An object that the files do not want any more, as it stands; `foreign` where its fields are not for us. */
type Gone = Standing | { readonly foreign: ObjectId };

/** Empty where the cluster does not have it. */
async function standing({ server, kindOf, mayShow, signal }: Comparison, object: ObjectId): Promise<Gone[]> {
  const kind = kindOf(object);
  if (kind === undefined) return [];
  try {
    const { status, body } = await server.ask({ method: 'GET', path: pathOf(kind, object) }, signal);
    if (status === 404) return [];
    const value = record(JSON.parse(body));
    return status === 200 && mayShow(value) ? [{ ...object, value }] : [{ foreign: object }];
  } catch (error) {
    if (error instanceof RefusedError) return [{ foreign: object }];
    throw error;
  }
}

function joined(files: Plan, outcomes: readonly Outcome[], gone: readonly Gone[], head: DesiredState): Plan {
  const byFiles = new Map(files.change.map((change) => [identityOf(change.object), change]));
  const ours = pruned(
    gone.flatMap((one) => ('foreign' in one ? [] : [one])),
    head,
  );
  const foreign = gone.flatMap((one) =>
    'foreign' in one ? [{ object: one.foreign, reason: 'no deployment of this environment applied it' }] : [],
  );
  return {
    create: outcomes.flatMap(({ kind, object }) => (kind === 'create' ? [object] : [])),
    change: outcomes.flatMap((one) => {
      if (one.kind === 'change') return [one.change];
      const change = byFiles.get(identityOf(one.object));
      return change !== undefined && (one.kind === 'foreign' || one.kind === 'unknown') ? [change] : [];
    }),
    prune: ours.prune,
    kept: [...files.kept, ...ours.kept, ...foreign],
    unchanged: files.unchanged + outcomes.filter(({ kind }) => kind === 'unchanged').length,
    notes: [
      ...files.notes,
      ...outcomes.flatMap((one) => (one.kind === 'unknown' ? [one.note] : [])),
      ...outcomes.flatMap((one) => (one.kind === 'foreign' && !byFiles.has(identityOf(one.object)) ? [takenOver(one.object)] : [])),
    ],
  };
}

const takenOver = (object: ObjectId): string =>
  `${objectName(object)} is in the cluster already, and no deployment of this environment applied it: it would be taken over. What it holds is not shown.`;
