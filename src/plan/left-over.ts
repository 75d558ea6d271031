import type { LimitFunction } from 'p-limit';
import { collection } from '../domain/api-path.ts';
import type { ApiServer, ServedKind } from '../domain/cluster.ts';
import { OutsideError } from '../domain/errors.ts';
import type { ObjectId } from '../domain/finding.ts';
import { deployedAtLabel, environmentLabel, identityAnnotation, identityText } from '../domain/ownership.ts';
import { groupOf } from '../manifests/identity.ts';
import { record } from '../manifests/objects.ts';
import type { Kept, Standing } from './plan.ts';

/** What an environment's earlier deployments left in the cluster, and nothing wants any more. */
export interface LeftOver {
  readonly objects: readonly Standing[];
  /** Of those that carry the environment's label, what is not ours to prune. */
  readonly kept: readonly Kept[];
  /** Kinds that could not be listed: there may be more. */
  readonly unseen: readonly string[];
}

interface Listing {
  readonly isWanted: (object: ObjectId) => boolean;
  readonly turns: LimitFunction;
}

/** Over every kind that the cluster serves. */
export async function leftOver(
  server: ApiServer,
  environment: string,
  served: readonly ServedKind[],
  { isWanted, turns }: Listing,
  signal?: AbortSignal,
): Promise<LeftOver> {
  const kinds = [...new Map(served.map((kind) => [`${groupOf(kind.apiVersion)}/${kind.plural}`, kind])).values()];
  const lists = await turns.map(kinds, async (kind) => ({ kind, items: await labelled(server, environment, kind, signal) }));
  const all = lists.flatMap(({ kind, items }) => (items ?? []).map((item) => ({ kind, item, object: idOf(kind, item) })));
  const unwanted = onceEach(all).filter(({ item, object }) => wasDeployed(item) && !isWanted(object));
  const ours = unwanted.filter(({ item, object }) => isNamed(item, object));
  const copied = unwanted.filter(({ item, object }) => !isNamed(item, object));
  return {
    objects: await turns.map(ours, async ({ kind, object }) => ({ ...object, value: await fields(server, kind, object, signal) })),
    kept: copied.map(({ object }) => ({
      object,
      reason: `its annotation ${identityAnnotation} names another object: the label was copied`,
    })),
    unseen: lists.filter(({ items }) => items === undefined).map(({ kind }) => `${kind.plural} of ${kind.apiVersion}`),
  };
}

/** An object may show in two groups: events do. */
const onceEach = <T extends { readonly item: Item }>(all: readonly T[]): T[] => [
  ...new Map(all.map((one) => [one.item.metadata.uid, one])).values(),
];

/** Applied by us, and not made by a controller for what it owns. */
export const wasDeployed = ({ metadata }: Item): boolean =>
  metadata.labels?.[deployedAtLabel] !== undefined && (metadata.ownerReferences ?? []).length === 0;

export interface Item {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly unknown[];
  };
}

interface Page {
  readonly metadata?: { readonly continue?: string };
  readonly items?: readonly Item[];
}

const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const perPage = 500;

/** undefined where the list was refused, or not given to its end. */
async function labelled(
  server: ApiServer,
  environment: string,
  kind: ServedKind,
  signal: AbortSignal | undefined,
): Promise<readonly Item[] | undefined> {
  const selector = `labelSelector=${encodeURIComponent(`${environmentLabel}=${environment}`)}&limit=${perPage}`;
  const found: Item[] = [];
  try {
    for (let next: string | undefined = ''; next !== undefined; ) {
      const path = `${collection({ ...kind, namespaced: false }, '')}?${selector}${next === '' ? '' : `&continue=${encodeURIComponent(next)}`}`;
      const { status, body } = await server.ask({ method: 'GET', path, accept: metadataOnly }, signal);
      if (status === 404 || status === 405) return found; // what can be created and not listed, such as a review of access, does not stay
      if (status !== 200) return undefined;
      const page = JSON.parse(body) as Page;
      found.push(...(page.items ?? []));
      next = page.metadata?.continue || undefined;
    }
  } catch (error) {
    if (error instanceof OutsideError) return undefined;
    throw error;
  }
  return found;
}

export const idOf = ({ apiVersion, kind }: ServedKind, { metadata }: Item): ObjectId => ({
  apiVersion,
  kind,
  namespace: metadata.namespace ?? '',
  name: metadata.name,
});

export const isNamed = ({ metadata }: Item, object: ObjectId): boolean =>
  metadata.annotations?.[identityAnnotation] === identityText(object);

/** For what is lost with it; gone meanwhile, it has none. */
async function fields(
  server: ApiServer,
  kind: ServedKind,
  object: ObjectId,
  signal: AbortSignal | undefined,
): Promise<Readonly<Record<string, unknown>>> {
  const { status, body } = await server.ask(
    { method: 'GET', path: `${collection(kind, object.namespace)}/${encodeURIComponent(object.name)}` },
    signal,
  );
  return status === 200 ? record(JSON.parse(body)) : {};
}
