import pLimit from 'p-limit';
import { pathOf } from '../domain/api-path.ts';
import type { ApiServer, ObjectMetadata, ServedKind } from '../domain/cluster.ts';
import { OutsideError, RefusedError } from '../domain/errors.ts';
import type { ObjectId } from '../domain/finding.ts';
import { isDefinition, kindsOf } from '../manifests/definitions.ts';
import type { DesiredObject, DesiredState } from '../manifests/desired-object.ts';
import { readObjects } from '../manifests/documents.ts';
import { groupKind, groupOf } from '../manifests/identity.ts';
import { liveObject } from '../plan/live.ts';
import { pruned } from '../plan/plan.ts';
import { atOnce } from '../plan/plan-against.ts';
import { neededBeside } from './set/check-set.ts';
import type { Known } from './set/dangling.ts';
import { identityOf } from './set/object-set.ts';
import { keyOf, ours } from './verdict/kinds.ts';
import { namespacesBeside } from './verdict/namespaces.ts';
import { warm } from './verdict/warm.ts';

/** What an environment's cluster has already, and the next deployment of that environment leaves there. */
export interface Existing {
  /** Of what the set needs and does not hold; undefined where nothing was asked, because part of the set could not be read or it needs nothing. */
  readonly known: Known | undefined;
  /** Of the custom resources whose definition is nowhere else. */
  readonly definitions: readonly DesiredObject[];
}

interface Item {
  readonly metadata: ObjectMetadata;
}

export interface Deployed {
  /** Its name is the label of what it deployed. */
  readonly environment: string;
  readonly state: DesiredState;
}

/** The cluster has other work: of what goes beyond, nothing is known. */
const mostAsked = 2000;

interface Judged {
  readonly by: ApiServer;
  /** From elsewhere; they win. */
  readonly definitions: readonly DesiredObject[];
}

/**
 * Asks only for what is in question, one object a request, and of objects for nothing but their metadata. What the cluster does not let us see
 * is not known. Throws OutsideError when it cannot be asked.
 */
export async function existingIn(cluster: ApiServer, of: Deployed, judged: Judged, signal: AbortSignal): Promise<Existing> {
  const { objects, complete } = of.state;
  const asked = complete ? [...neededBeside(objects), ...namespacesBeside(objects)] : [];
  const custom = await undefinedKinds(objects, judged, signal);
  if (asked.length === 0 && custom.length === 0) return { known: undefined, definitions: [] };
  const served = new Map((await cluster.kinds(signal)).toReversed().map((kind) => [groupKind(kind), kind]));
  const asking = { cluster, of, served, turns: pLimit(atOnce), signal };
  const [has, found] = await Promise.all([lookUp(asking, asked), fetchDefinitions(asking, custom)]);
  return { known: complete ? { has } : undefined, definitions: found };
}

interface Asking {
  readonly cluster: ApiServer;
  readonly of: Deployed;
  /** By group and kind, in the version that the cluster prefers. */
  readonly served: ReadonlyMap<string, ServedKind>;
  readonly turns: ReturnType<typeof pLimit>;
  readonly signal: AbortSignal;
}

async function lookUp({ cluster, of, served, turns, signal }: Asking, objects: readonly ObjectId[]): Promise<Known['has']> {
  const asked = [...new Map(objects.map((object) => [identityOf(object), object]))].slice(0, mostAsked);
  const answers = await turns.map(asked, async ([identity, object]) => {
    const kind = served.get(groupKind(object));
    if (kind === undefined || !isName(object.name) || (kind.namespaced && !isName(object.namespace || 'default')))
      return [identity, false] as const;
    const item = await get(cluster, pathOf(kind, object), metadataOnly, signal);
    return [identity, typeof item === 'string' ? stays(kind, JSON.parse(item) as Item, of) : item] as const;
  });
  const known = new Map(answers);
  return (object) => known.get(identityOf(object));
}

/** Anything else would be another path: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#path-segment-names */
const isName = (name: string): boolean => /^(?!\.{1,2}$)[^/%]{1,253}$/.test(name);

const metadataOnly = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

/** What the cluster answers; false: there is none, undefined: it does not say. */
async function get(cluster: ApiServer, path: string, accept: string, signal: AbortSignal): Promise<string | false | undefined> {
  try {
    const { status, body } = await cluster.ask({ method: 'GET', path, accept }, signal);
    if (status >= 500) throw new OutsideError(cluster.host, `GET ${path}: the environment's cluster answered ${status}`, { status });
    return status === 200 ? body : status === 404 ? false : undefined;
  } catch (error) {
    if (error instanceof RefusedError) return undefined;
    throw error;
  }
}

/** Not what the deployment prunes, and not what a validation has put there for a moment. */
export function stays(kind: ServedKind, item: Item, { environment, state }: Deployed): boolean {
  const { labels = {} } = item.metadata;
  if (labels[ours] !== undefined) return false;
  const { environment: carried, deployedAt, named, owned, ...object } = liveObject(kind, item.metadata, () => false);
  if (carried !== environment || deployedAt === '' || owned || !named) return true;
  return pruned([{ ...object, value: { metadata: item.metadata } }], state).prune.length === 0;
}

const definitionKind = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };

/** As `group/Kind`. None where a cluster judges: it has definitions of its own, and those of another are not brought there. */
async function undefinedKinds(
  objects: readonly DesiredObject[],
  { by, definitions }: Judged,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (!by.throwAway) return [];
  const { kinds } = await warm(by, signal);
  const defined = new Set([...objects.filter(isDefinition), ...definitions].flatMap(kindsOf).map(groupKind));
  const used = new Set(objects.filter((object) => !kinds.has(keyOf(object))).map(groupKind));
  return [...used].filter((kind) => !defined.has(kind));
}

async function fetchDefinitions(
  { cluster, of, served, turns, signal }: Asking,
  kinds: readonly string[],
): Promise<readonly DesiredObject[]> {
  const definition = served.get(groupKind(definitionKind));
  if (definition === undefined) return [];
  const names = kinds.flatMap((one) => {
    const kind = served.get(one);
    return kind === undefined ? [] : [`${kind.plural}.${groupOf(kind.apiVersion)}`];
  });
  const found = await turns.map(names, async (name) => {
    const body = await get(cluster, pathOf(definition, { namespace: '', name }), 'application/json', signal);
    if (typeof body !== 'string' || !stays(definition, JSON.parse(body) as Item, of)) return [];
    return readObjects(Buffer.from(body), { file: `CustomResourceDefinition ${name} in the cluster` }, 'ignored').objects;
  });
  return found.flat();
}
