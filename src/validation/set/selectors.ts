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

/** Workloads by namespace and by the labels of their pods. */
export class PodIndex {
  readonly #byNamespace: ReadonlyMap<string, readonly Workload[]>;
  readonly #byLabel = new Map<string, Workload[]>();

  constructor(workloads: readonly Workload[]) {
    this.#byNamespace = Map.groupBy(workloads, ({ object }) => namespaceOf(object));
    for (const workload of workloads) {
      for (const [key, value] of workload.labels) this.#under(keyOf(namespaceOf(workload.object), key, value)).push(workload);
    }
  }

  #under(key: string): Workload[] {
    const workloads = this.#byLabel.get(key) ?? [];
    this.#byLabel.set(key, workloads);
    return workloads;
  }

  /** Those whose pods are selected; only the few that carry the selector's rarest label are looked at. */
  *selected(namespace: string, selector: Selector): Generator<Workload> {
    const few = [...selector.labels].map(([key, value]) => this.#byLabel.get(keyOf(namespace, key, value)) ?? []);
    const candidates = few.reduce((least, next) => (next.length < least.length ? next : least), this.#byNamespace.get(namespace) ?? []);
    for (const workload of candidates) if (selects(selector, workload.labels)) yield workload;
  }
}

const keyOf = (...parts: readonly string[]): string => parts.join('\n');
