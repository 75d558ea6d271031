import type { DiscoveredKind, ObjectMetadata, ServedKind } from '../domain/cluster.ts';
import { type ObjectId, objectName } from '../domain/finding.ts';
import { some } from '../domain/wording.ts';
import { groupKind, groupOf } from '../manifests/identity.ts';
import { type Listed, listMetadata, prunableKinds } from './listing.ts';
import type { Looked } from './live.ts';
import { decidePrune, isDefinition, isNamespace, type PruneDecision, type PruneQuestion } from './prune.ts';

/** Something that would go with its namespace, or with the definition of its kind. */
export interface Content extends ObjectId {
  readonly uid: string;
  readonly deleting: boolean;
  /** Uids of what it belongs to. */
  readonly owners: readonly string[];
}

/** What a deployment prunes, once it was looked what would go with namespaces and definitions. */
export async function planPrune(looked: Looked, question: PruneQuestion, signal?: AbortSignal): Promise<PruneDecision> {
  const { prune } = decidePrune({ ...question, share: 1 });
  const holders = prune.filter((object) => isNamespace(object) || isDefinition(object));
  const held = await whatHolds(looked, holders, new Set(prune.map(({ uid }) => uid)), signal);
  return decidePrune({ ...question, held });
}

/** The namespaces and definitions among the objects, by uid, with why they cannot go: something would go with them that `goes` does not hold. */
async function whatHolds(
  looked: Looked,
  holders: readonly (ObjectId & { readonly uid: string })[],
  goes: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const held = new Map<string, string>();
  for (const holder of holders) {
    const contents = await contentsOf(looked, holder, signal);
    if ('unseen' in contents) held.set(holder.uid, `what would go with it cannot be told: ${contents.unseen}`);
    else {
      const rest = left(contents.found, goes);
      if (rest.length > 0) held.set(holder.uid, heldBy(rest));
    }
  }
  return held;
}

export const heldBy = (rest: readonly ObjectId[]): string =>
  `it would take along what this run does not prune: ${some(
    rest.map((object) => objectName(object)),
    3,
  )}`;

/** What neither goes itself nor belongs to what goes. */
function left(contents: readonly Content[], goes: ReadonlySet<string>): readonly Content[] {
  const services = new Map(contents.filter((one) => groupKind(one) === 'Service').map(({ name, uid }) => [name, uid]));
  const gone = new Set(goes);
  for (let before = -1; before !== gone.size; ) {
    before = gone.size;
    for (const { uid, deleting, owners } of contents)
      if (deleting || (owners.length > 0 && owners.every((owner) => gone.has(owner)))) gone.add(uid);
  }
  const isShadow = (one: Content): boolean => groupKind(one) === 'Endpoints' && gone.has(services.get(one.name) ?? '');
  return contents.filter((one) => !gone.has(one.uid) && !isShadow(one));
}

/** Everything in a namespace but what each has by itself; every custom resource of a definition. Metadata only, each object once. */
export function contentsOf(looked: Looked, holder: ObjectId, signal?: AbortSignal): Promise<Listed<Content>> {
  return isNamespace(holder) ? inNamespace(looked, holder.name, signal) : ofDefinition(looked, holder.name, signal);
}

async function inNamespace(looked: Looked, namespace: string, signal: AbortSignal | undefined): Promise<Listed<Content>> {
  const discovery = looked.served();
  const [unseen] = discovery.unseen;
  if (unseen !== undefined) return { unseen };
  const kinds = prunableKinds(discovery).filter(({ namespaced }) => namespaced);
  const lists = await looked.turns.map(kinds, (kind) => listMetadata(looked.server, { kind, namespace }, contentOf(kind), signal));
  const all = new Map<string, Content>();
  for (const list of lists) {
    if ('unseen' in list) return list;
    for (const one of list.found) if (!isOfEveryNamespace(one)) all.set(one.uid, one);
  }
  return { found: [...all.values()] };
}

async function ofDefinition(looked: Looked, name: string, signal: AbortSignal | undefined): Promise<Listed<Content>> {
  const kind: DiscoveredKind | undefined = prunableKinds(looked.served()).find(
    ({ plural, apiVersion }) => `${plural}.${groupOf(apiVersion)}` === name,
  );
  if (kind === undefined) return { unseen: `the server does not serve ${name}, and may have custom resources of it all the same` };
  return listMetadata(looked.server, { kind }, contentOf(kind), signal);
}

const contentOf =
  ({ apiVersion, kind }: ServedKind) =>
  ({ namespace = '', name, uid, deletionTimestamp, ownerReferences = [] }: ObjectMetadata): Content => ({
    apiVersion,
    kind,
    namespace,
    name,
    uid,
    deleting: deletionTimestamp !== undefined,
    owners: ownerReferences.map((owner) => owner.uid),
  });

/** What the controller manager puts in each namespace, and what happened there. */
const isOfEveryNamespace = (object: ObjectId): boolean =>
  ['Event', 'events.k8s.io/Event'].includes(groupKind(object)) ||
  ['ServiceAccount/default', 'ConfigMap/kube-root-ca.crt'].includes(`${groupKind(object)}/${object.name}`);
