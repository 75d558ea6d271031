import type { LimitFunction } from 'p-limit';
import type { ApiServer, Discovery, ObjectMetadata, ServedKind } from '../domain/cluster.ts';
import type { OutsideError } from '../domain/errors.ts';
import type { ObjectId } from '../domain/finding.ts';
import {
  appliedAnnotation,
  deployedAtLabel,
  environmentLabel,
  identityAnnotation,
  identityText,
  pruneAnnotation,
} from '../domain/ownership.ts';
import { listMetadata, prunableKinds } from './listing.ts';

/** An object that carries the label of an environment, as the cluster has it. */
export interface LiveObject extends ObjectId {
  readonly served: ServedKind;
  /** The same object as other groups of the server show it: an event is in two. */
  readonly alsoAs: readonly ObjectId[];
  readonly uid: string;
  /** When it was looked at. */
  readonly resourceVersion: string;
  /** What its label says; so is `deployedAt`, which may be anything. */
  readonly environment: string;
  readonly deployedAt: string;
  /** Its identity annotation is its own: the labels were not copied onto it. */
  readonly named: boolean;
  /** It has owner references: its owner made it, and takes it along. */
  readonly owned: boolean;
  readonly deleting: boolean;
  /** Who has to agree before it is gone. */
  readonly finalizers: readonly string[];
  readonly pruneDisabled: boolean;
  /** The cluster itself brings it, and needs it. */
  readonly builtIn: boolean;
  /** What is wanted of it is what was last applied, and nobody has changed that. */
  readonly settled: boolean;
  /** What its annotation of that name says; empty without one. */
  readonly applied: string;
}

export interface Live {
  readonly objects: readonly LiveObject[];
  /** Kinds and groups that could not be seen, as clauses. */
  readonly unseen: readonly string[];
}

/** A cluster, and what to look for in it. */
export interface Looked {
  readonly server: ApiServer;
  readonly environment: string;
  /** Names that it had before. */
  readonly formerly: readonly string[];
  served(): Discovery;
  readonly turns: LimitFunction;
}

export type IsSettled = (object: ObjectId, metadata: ObjectMetadata) => boolean;

/**
 * What carries the label of the environment: one list of each kind that can be listed and deleted, in all namespaces, metadata only. Each object
 * once, whatever groups show it. What cannot be listed is told; throws OutsideError where nothing can.
 */
export async function listLive(looked: Looked, isSettled: IsSettled, signal?: AbortSignal): Promise<Live> {
  const { server, environment, formerly, turns } = looked;
  const names = [environment, ...formerly];
  const labelSelector = `${environmentLabel} in (${names.join(',')})`;
  const discovery = looked.served();
  const lists = await turns.map(prunableKinds(discovery), (kind) => {
    const fact = (metadata: ObjectMetadata): LiveObject | undefined => {
      const object = liveObject(kind, metadata, isSettled);
      // Servers behind an aggregated API are known to ignore selectors.
      return names.includes(object.environment) ? object : undefined;
    };
    return listMetadata(server, { kind, labelSelector }, fact, signal);
  });
  const failed = lists.flatMap((list) => ('unseen' in list ? [list] : []));
  throwIfAway(failed, lists.length);
  return {
    objects: onceEach(lists.flatMap((list) => ('found' in list ? list.found : []))),
    unseen: [...discovery.unseen, ...failed.map(({ unseen }) => unseen)],
  };
}

/** It is not that something cannot be seen, but that nobody answers. */
function throwIfAway(failed: readonly { readonly error?: OutsideError }[], lists: number): void {
  const [first] = failed;
  if (first?.error !== undefined && failed.length === lists) throw first.error;
}

export function liveObject(served: ServedKind, metadata: ObjectMetadata, isSettled: IsSettled): LiveObject {
  const { apiVersion, kind } = served;
  const { name, namespace = '', uid, resourceVersion, labels = {}, annotations = {}, finalizers = [] } = metadata;
  const object: ObjectId = { apiVersion, kind, namespace, name };
  return {
    ...object,
    served,
    alsoAs: [],
    uid,
    resourceVersion,
    environment: labels[environmentLabel] ?? '',
    deployedAt: labels[deployedAtLabel] ?? '',
    named: isNamed(object, annotations[identityAnnotation]),
    owned: (metadata.ownerReferences ?? []).length > 0,
    deleting: metadata.deletionTimestamp !== undefined,
    finalizers,
    pruneDisabled: isPruneDisabled(annotations[pruneAnnotation]),
    builtIn: isBuiltIn(object, metadata),
    settled: isSettled(object, metadata),
    applied: annotations[appliedAnnotation] ?? '',
  };
}

/** Whatever was meant to be `disabled`, in other letters or words, must not be pruned for a slip. */
export const isPruneDisabled = (annotation: unknown): boolean => annotation !== undefined && annotation !== 'enabled';

/** Whoever applies may have left the namespace to the server. */
const isNamed = (object: ObjectId, identity: string | undefined): boolean =>
  identity === identityText(object) || (object.namespace === 'default' && identity === identityText({ ...object, namespace: '' }));

/** What an API server writes at its start, and what it needs to be one. */
function isBuiltIn({ namespace, name, kind }: ObjectId, { labels = {}, annotations = {} }: ObjectMetadata): boolean {
  return (
    labels['kubernetes.io/bootstrapping'] !== undefined ||
    labels['kube-aggregator.kubernetes.io/automanaged'] !== undefined ||
    annotations['apf.kubernetes.io/autoupdate-spec'] !== undefined ||
    name.startsWith('system:') ||
    `${kind}/${namespace}/${name}` === 'Service/default/kubernetes'
  );
}

/** As it names itself where it is shown as several. */
function onceEach(all: readonly LiveObject[]): readonly LiveObject[] {
  const shown = Map.groupBy(all, ({ uid }) => uid);
  return [...shown.values()].flatMap((faces) => {
    const face = faces.find(({ named }) => named) ?? faces[0];
    if (face === undefined || faces.length === 1) return faces;
    const others = faces.filter((one) => one !== face);
    return [{ ...face, alsoAs: others.map(({ apiVersion, kind, namespace, name }) => ({ apiVersion, kind, namespace, name })) }];
  });
}
