import type { FieldPath } from '../../manifests/desired-object.ts';
import { Field } from '../set/field.ts';
import { replicasOf, type Selecting, type Survey } from './survey.ts';
import { called, sentence, shortened, type Workload } from './workload.ts';

interface Blocked {
  readonly path: FieldPath;
  readonly message: string;
  readonly help: string;
}

type Amount = { readonly kind: 'number'; readonly number: number } | { readonly kind: 'percent'; readonly percent: number };

/**
 * Why a budget never lets a pod go, with all of them ready; undefined when it does, or when nobody can say.
 * Counted as the disruption controller does: https://github.com/kubernetes/kubernetes/blob/master/pkg/controller/disruption/disruption.go
 */
export function blockedDrain(budget: Selecting, survey: Survey): Blocked | undefined {
  const spec = new Field(budget.object.value).at('spec');
  const written = [spec.at('minAvailable'), spec.at('maxUnavailable')].filter(({ isThere }) => isThere);
  const [field] = written;
  if (field === undefined) return neither;
  const amount = amountOf(field.value);
  if (written.length > 1 || amount === undefined) return undefined;
  return field.path.at(-1) === 'minAvailable' && amount.kind === 'number'
    ? ofPods(amount.number, budget, survey)
    : ofScale(field, amount, budget, survey);
}

const neither: Blocked = {
  path: ['spec'],
  message: 'It says neither minAvailable nor maxUnavailable: no pod may ever be evicted.',
  help: 'Set spec.maxUnavailable to 1.',
};

function amountOf(value: unknown): Amount | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? { kind: 'number', number: value } : undefined;
  const percent = typeof value === 'string' ? /^(\d{1,3})%$/.exec(value)?.[1] : undefined;
  return percent === undefined ? undefined : { kind: 'percent', percent: Number(percent) };
}

/** A number of minAvailable is held against the pods that there are, whoever made them. */
function ofPods(minimum: number, { pods }: Selecting, survey: Survey): Blocked | undefined {
  const counts = pods.map((workload) => (workload.role === 'pod' ? 1 : replicasOf(survey, workload)?.count));
  const total = sum(counts);
  if (total === undefined || total === 0 || minimum < total) return undefined;
  return {
    path: ['spec', 'minAvailable'],
    message: `minAvailable is ${minimum} of ${amountText(total, pods, survey)}: no pod may ever be evicted.`,
    help:
      total === 1
        ? 'Run at least 2 replicas, and set maxUnavailable to 1 instead.'
        : 'Set maxUnavailable to 1 instead: it stays right however many replicas there are.',
  };
}

/** Percentages, and maxUnavailable, are reckoned from the scale of the pods' controllers; what has none is an error of the budget, and stops every eviction. */
function ofScale({ path, value }: Field, amount: Amount, { pods }: Selecting, survey: Survey): Blocked | undefined {
  const [name, text] = [path.at(-1), String(value)];
  const unscaled = pods.filter(({ role }) => role === 'job' || role === 'daemon');
  if (unscaled.length > 0) return uncounted(path, `${name} is ${text}`, unscaled);
  const managed = pods.filter(({ role }) => role !== 'pod');
  if (managed.length === 0) return uncounted(path, `${name} is ${text}`, pods);
  const scale = sum(managed.map((workload) => replicasOf(survey, workload)?.count));
  if (scale === undefined) return amountIsZero(name, amount) ? zero(path, text) : undefined;
  // Rounded up in both cases: https://kubernetes.io/docs/tasks/run-application/configure-pdb/#rounding-logic-when-specifying-percentages
  const rounded = amount.kind === 'number' ? amount.number : Math.ceil((amount.percent * scale) / 100);
  const needed = name === 'minAvailable' ? rounded : Math.max(scale - rounded, 0);
  if (scale === 0 || needed < scale + pods.length - managed.length) return undefined;
  if (name === 'maxUnavailable') return zero(path, text);
  return {
    path,
    message: `minAvailable is ${text}, which is ${needed} of ${amountText(scale, managed, survey)}: no pod may ever be evicted.`,
    help:
      scale === 1
        ? 'Run at least 2 replicas, and set maxUnavailable to 1 instead.'
        : 'Set maxUnavailable to 1 instead: it always lets one go.',
  };
}

const amountIsZero = (name: unknown, amount: Amount): boolean =>
  name === 'maxUnavailable' && (amount.kind === 'number' ? amount.number : amount.percent) === 0;

const zero = (path: FieldPath, text: string): Blocked => ({
  path,
  message: `maxUnavailable is ${text}: no pod may ever be evicted.`,
  help: 'Set maxUnavailable to 1.',
});

const uncounted = (path: FieldPath, what: string, pods: readonly Workload[]): Blocked => ({
  path,
  message: `${what}, and Kubernetes cannot count the pods of ${sentence(pods.slice(0, 3).map(called))} for it: while they are there, no pod may be evicted.`,
  help: 'Use a number of minAvailable for pods without a scale, or select only those of Deployments and StatefulSets.',
});

/** undefined when one of them is unknown. */
function sum(counts: readonly (number | undefined)[]): number | undefined {
  return counts.reduce<number | undefined>((total, count) => (total === undefined || count === undefined ? undefined : total + count), 0);
}

function amountText(total: number, pods: readonly Workload[], survey: Survey): string {
  const autoscalers = pods.flatMap((workload) => replicasOf(survey, workload)?.autoscaler?.object.name ?? []).map(shortened);
  const replicas = total === 1 ? '1 replica' : `${total} replicas`;
  return autoscalers.length === 0 ? replicas : `${replicas}, the fewest that autoscaler ${sentence(autoscalers.slice(0, 3))} keeps`;
}
