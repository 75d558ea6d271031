import type { Field } from './field.ts';
import { namespaceOf } from './object-set.ts';
import type { Workload } from './workloads.ts';

type Labels = ReadonlyMap<string, string>;

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
  return labels.size + expressions.length === 0 ? undefined : { labels, expressions };
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

function selects({ labels, expressions }: Selector, own: Labels): boolean {
  return (
    labels.entries().every(([key, value]) => own.get(key) === value) &&
    expressions.every(({ key, operator, values }) => holds[operator]?.(own.get(key), values) ?? false)
  );
}

/** Workloads whose pods carry the same labels. */
interface Alike {
  readonly labels: Labels;
  readonly workloads: Workload[];
}

/** Workloads by namespace and by the labels of their pods. */
export class PodIndex {
  readonly #byNamespace = new Map<string, Alike[]>();
  readonly #byLabel = new Map<string, Alike[]>();

  constructor(workloads: readonly Workload[]) {
    const known = new Map<string, Alike>();
    for (const workload of workloads) {
      const { labels } = workload;
      const namespace = namespaceOf(workload.object);
      const key = keyOf(namespace, ...[...labels].sort(([a], [b]) => (a < b ? -1 : 1)).flat());
      const alike = known.get(key);
      if (alike === undefined) known.set(key, this.#add(namespace, { labels, workloads: [workload] }));
      else alike.workloads.push(workload);
    }
  }

  #add(namespace: string, alike: Alike): Alike {
    append(this.#byNamespace, namespace, alike);
    for (const [key, value] of alike.labels) append(this.#byLabel, keyOf(namespace, key, value), alike);
    return alike;
  }

  /** Those whose pods are selected, the ones with the same labels together; only the few that carry the selector's rarest label are looked at. */
  *selected(namespace: string, selector: Selector): Generator<readonly Workload[]> {
    const few = [...selector.labels].map(([key, value]) => this.#byLabel.get(keyOf(namespace, key, value)) ?? []);
    const candidates = few.reduce((least, next) => (next.length < least.length ? next : least), this.#byNamespace.get(namespace) ?? []);
    for (const { labels, workloads } of candidates) if (selects(selector, labels)) yield workloads;
  }
}

function append(lists: Map<string, Alike[]>, key: string, alike: Alike): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [alike]);
  else list.push(alike);
}

const keyOf = (...parts: readonly string[]): string => parts.join('\n');
