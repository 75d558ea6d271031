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

/** Workloads by namespace and by the labels of their pods. */
export class PodIndex<Pods extends Labelled = Workload> {
  readonly #byNamespace: ReadonlyMap<string, readonly Pods[]>;
  readonly #byLabel = new Map<string, Pods[]>();

  constructor(workloads: readonly Pods[]) {
    this.#byNamespace = Map.groupBy(workloads, ({ object }) => namespaceOf(object));
    for (const workload of workloads) {
      for (const [key, value] of workload.labels) this.#under(keyOf(namespaceOf(workload.object), key, value)).push(workload);
    }
  }

  #under(key: string): Pods[] {
    const workloads = this.#byLabel.get(key) ?? [];
    this.#byLabel.set(key, workloads);
    return workloads;
  }

  labelled(namespace: string, key: string, value: string): readonly Pods[] {
    return this.#byLabel.get(keyOf(namespace, key, value)) ?? [];
  }

  /** Those whose pods are selected; only the few that carry the selector's rarest label are looked at. */
  *selected(namespace: string, selector: Selector): Generator<Pods> {
    const few = [...selector.labels].filter(([key]) => !given.has(key)).map(([key, value]) => this.labelled(namespace, key, value));
    const candidates = few.reduce((least, next) => (next.length < least.length ? next : least), this.#byNamespace.get(namespace) ?? []);
    for (const workload of candidates) if (selects(selector, workload)) yield workload;
  }
}

const keyOf = (...parts: readonly string[]): string => parts.join('\n');

/** `{}`, which some take for everything, and others for nothing. */
export const isEmptySelector = (field: Field): boolean =>
  typeof field.value === 'object' &&
  field.isThere &&
  !Array.isArray(field.value) &&
  field.at('matchLabels').entries.length + field.at('matchExpressions').items.length === 0;
