import { listAt, recordAt, textAt } from './values.ts';
import type { Workload } from './workload.ts';

interface Expression {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly unknown[];
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
export interface Selector {
  readonly equal: readonly (readonly [key: string, value: string])[];
  readonly expressions: readonly Expression[];
}

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;

/** A `labelSelector`; undefined for what the API server refuses. */
export function selectorOf(value: unknown): Selector | undefined {
  const equal = pairsOf(recordAt(value, 'matchLabels'));
  const expressions = listAt(value, 'matchExpressions').map(expressionOf);
  return equal === undefined || expressions.includes(undefined)
    ? undefined
    : { equal, expressions: expressions.filter((expression) => expression !== undefined) };
}

/** The plain map of a Service; undefined for what the API server refuses. */
export function plainSelectorOf(value: unknown): Selector | undefined {
  const equal = pairsOf(recordAt(value));
  return equal && { equal, expressions: [] };
}

function pairsOf(labels: Readonly<Record<string, unknown>>): (readonly [string, string])[] | undefined {
  const pairs = Object.entries(labels).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : []));
  return pairs.length === Object.keys(labels).length ? pairs : undefined;
}

function expressionOf(value: unknown): Expression | undefined {
  const [key, operator] = [textAt(value, 'key'), operators.find((known) => known === textAt(value, 'operator'))];
  return key === '' || operator === undefined ? undefined : { key, operator, values: listAt(value, 'values') };
}

export const matches = (selector: Selector, pods: Workload): boolean =>
  selector.equal.every(([key, value]) => has(pods, key, value)) && selector.expressions.every((expression) => fits(expression, pods));

function fits({ key, operator, values }: Expression, pods: Workload): boolean {
  switch (operator) {
    case 'In':
      return values.some((value) => typeof value === 'string' && has(pods, key, value));
    case 'NotIn':
      return !values.some((value) => typeof value === 'string' && has(pods, key, value));
    case 'Exists':
      return pods.labels.has(key);
    case 'DoesNotExist':
      return !pods.labels.has(key);
  }
}

type Given = (pods: Workload, value: string) => boolean;

const anyHash: Given = () => true;
const ofJob: Given = ({ object: { kind, name } }, value) => kind === 'Job' && value === name;

/** Labels that controllers give to pods: whether a pod of theirs can have this value. Nobody can know a hash. */
const given: ReadonlyMap<string, Given> = new Map<string, Given>([
  ['statefulset.kubernetes.io/pod-name', ({ object: { kind, name } }, value) => kind === 'StatefulSet' && ordinal(value, name)],
  ['apps.kubernetes.io/pod-index', ({ object: { kind } }, value) => kind === 'StatefulSet' && /^\d+$/.test(value)],
  ['job-name', ofJob],
  ['batch.kubernetes.io/job-name', ofJob],
  ['pod-template-hash', anyHash],
  ['rollouts-pod-template-hash', anyHash],
  ['controller-revision-hash', anyHash],
]);

const ordinal = (value: string, name: string): boolean => value.startsWith(`${name}-`) && /^\d+$/.test(value.slice(name.length + 1));

const has = (pods: Workload, key: string, value: string): boolean =>
  pods.labels.get(key) === value || (given.get(key)?.(pods, value) ?? false);

/** `app=web, tier in (front, back)` */
export function selectorText({ equal, expressions }: Selector): string {
  const texts = [
    ...equal.map(([key, value]) => `${key}=${value}`),
    ...expressions.map(({ key, operator, values }) =>
      values.length > 0 ? `${key} ${operator} (${values.join(', ')})` : `${key} ${operator}`,
    ),
  ];
  return texts.length === 0 ? 'everything' : texts.join(', ');
}

/** The pods of each namespace by label, so that a selector looks at few of them. */
export class PodIndex {
  readonly #namespaces = new Map<string, { readonly all: Workload[]; readonly byLabel: Map<string, Workload[]> }>();

  constructor(workloads: readonly Workload[]) {
    for (const pods of workloads) {
      const { all, byLabel } = this.#namespaces.get(pods.namespace) ?? { all: [], byLabel: new Map<string, Workload[]>() };
      this.#namespaces.set(pods.namespace, { all, byLabel });
      all.push(pods);
      for (const [key, value] of pods.labels) {
        const bucket = byLabel.get(`${key}=${value}`);
        if (bucket === undefined) byLabel.set(`${key}=${value}`, [pods]);
        else bucket.push(pods);
      }
    }
  }

  select(namespace: string, selector: Selector): readonly Workload[] {
    const all = this.#namespaces.get(namespace)?.all ?? [];
    const buckets = selector.equal.filter(([key]) => !given.has(key)).map(([key, value]) => this.withLabel(namespace, key, value));
    const fewest = buckets.reduce((best, bucket) => (bucket.length < best.length ? bucket : best), all);
    return fewest.filter((pods) => matches(selector, pods));
  }

  withLabel(namespace: string, key: string, value: string): readonly Workload[] {
    return this.#namespaces.get(namespace)?.byLabel.get(`${key}=${value}`) ?? [];
  }
}
