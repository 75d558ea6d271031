import type { ObjectId } from '../../domain/finding.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import type { Field } from './field.ts';
import { namespaceOf } from './object-set.ts';
import type { Workload } from './workloads.ts';

type Labels = ReadonlyMap<string, string>;

/** What makes pods with these labels. */
export interface Labelled {
  readonly object: DesiredObject;
  readonly labels: Labels;
}

/** A label selector: every requirement holds. */
export interface Selector {
  readonly labels: Labels;
  readonly expressions: readonly Expression[];
}

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** `matchLabels` and `matchExpressions`; undefined where there is nothing in it, or where it is malformed. */
export function labelSelector(field: Field): Selector | undefined {
  const labels = field.at('matchLabels').texts;
  const expressions = field.at('matchExpressions').items.map((item) => ({
    key: item.at('key').text,
    operator: item.at('operator').text,
    values: item.at('values').items.map(({ text }) => text),
  }));
  const isMalformed = expressions.some(({ operator }) => !Object.hasOwn(holds, operator));
  return isMalformed || labels.size + expressions.length === 0 ? undefined : { labels, expressions };
}

/** The older form, of Services and ReplicationControllers: labels only. */
export function plainSelector(field: Field): Selector | undefined {
  const labels = field.texts;
  return labels.size === 0 ? undefined : { labels, expressions: [] };
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#set-based-requirement */
const holds: Readonly<Record<string, (value: string | undefined, values: readonly string[]) => boolean>> = {
  In: (value, values) => value !== undefined && values.includes(value),
  NotIn: (value, values) => value === undefined || !values.includes(value),
  Exists: (value) => value !== undefined,
  DoesNotExist: (value) => value === undefined,
};

/** Whether all pods that a workload makes, or some of them, are selected. */
export function selects({ labels, expressions }: Selector, { object, labels: own }: Labelled): boolean {
  return (
    labels.entries().every(([key, value]) => (own.has(key) ? own.get(key) === value : (given.get(key)?.(object, value) ?? false))) &&
    expressions.every(({ key, operator, values }) => holds[operator]?.(own.get(key), values) ?? false)
  );
}

type Given = (object: ObjectId, value: string) => boolean;

const anyHash: Given = () => true;
const ofJob: Given = ({ kind, name }, value) => kind === 'Job' && value === name;

/** Labels that controllers give to pods: whether one of theirs can have this value. Nobody can know a hash. https://kubernetes.io/docs/reference/labels-annotations-taints/ */
const given: ReadonlyMap<string, Given> = new Map<string, Given>([
  ['statefulset.kubernetes.io/pod-name', ({ kind, name }, value) => kind === 'StatefulSet' && isOrdinal(value, name)],
  ['apps.kubernetes.io/pod-index', ({ kind }, value) => kind === 'StatefulSet' && /^\d+$/.test(value)],
  ['job-name', ofJob],
  ['batch.kubernetes.io/job-name', ofJob],
  ['pod-template-hash', anyHash],
  ['rollouts-pod-template-hash', anyHash],
  ['controller-revision-hash', anyHash],
]);

const isOrdinal = (value: string, name: string): boolean => value.startsWith(`${name}-`) && /^\d+$/.test(value.slice(name.length + 1));

/** Workloads whose pods carry the same labels. */
interface Alike<Pods> {
  readonly first: Pods;
  readonly all: Pods[];
}

/** Workloads by namespace and by the labels of their pods. */
export class PodIndex<Pods extends Labelled = Workload> {
  readonly #byNamespace = new Map<string, Alike<Pods>[]>();
  readonly #byLabel = new Map<string, Alike<Pods>[]>();

  constructor(workloads: readonly Pods[]) {
    const known = new Map<string, Alike<Pods>>();
    for (const workload of workloads) {
      const namespace = namespaceOf(workload.object);
      const key = keyOf(namespace, ...[...workload.labels].sort(([a], [b]) => (a < b ? -1 : 1)).flat());
      const alike = known.get(key);
      if (alike === undefined) known.set(key, this.#add(namespace, { first: workload, all: [workload] }));
      else alike.all.push(workload);
    }
  }

  #add(namespace: string, alike: Alike<Pods>): Alike<Pods> {
    append(this.#byNamespace, namespace, alike);
    for (const [key, value] of alike.first.labels) append(this.#byLabel, keyOf(namespace, key, value), alike);
    return alike;
  }

  labelled(namespace: string, key: string, value: string): readonly Pods[] {
    return (this.#byLabel.get(keyOf(namespace, key, value)) ?? []).flatMap(({ all }) => all);
  }

  /** Those whose pods are selected. */
  *selected(namespace: string, selector: Selector): Generator<Pods> {
    for (const alike of this.selectedTogether(namespace, selector)) yield* alike;
  }

  /** The same, those with the same labels together. Only the few that carry the selector's rarest label are looked at. */
  *selectedTogether(namespace: string, selector: Selector): Generator<readonly Pods[]> {
    const written = [...selector.labels].filter(([key]) => !given.has(key));
    const few = written.map(([key, value]) => this.#byLabel.get(keyOf(namespace, key, value)) ?? []);
    const candidates = few.reduce((least, next) => (next.length < least.length ? next : least), this.#byNamespace.get(namespace) ?? []);
    for (const { first, all } of candidates) {
      if (written.length < selector.labels.size) yield all.filter((workload) => selects(selector, workload));
      else if (selects(selector, first)) yield all;
    }
  }
}

function append<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

const keyOf = (...parts: readonly string[]): string => parts.join('\n');

/** `{}`, which some take for everything, and others for nothing. */
export const isEmptySelector = (field: Field): boolean =>
  typeof field.value === 'object' &&
  field.isThere &&
  !Array.isArray(field.value) &&
  field.at('matchLabels').entries.length + field.at('matchExpressions').items.length === 0;
