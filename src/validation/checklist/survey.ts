import type { DesiredObject } from '../../manifests/desired-object.ts';
import { Controllers } from '../set/controllers.ts';
import { Field } from '../set/field.ts';
import { identityOf, namespaceOf, ObjectSet } from '../set/object-set.ts';
import { isEmptySelector, labelSelector, PodIndex, plainSelector, type Selector } from '../set/selectors.ts';
import { type Autoscaler, autoscalersIn } from './autoscalers.ts';
import { type Workload, workloadOf, writtenReplicas } from './workload.ts';

/** A PodDisruptionBudget or a Service, and what it selects. */
export interface Selecting {
  readonly object: DesiredObject;
  /** undefined: it has none, and selects nothing. */
  readonly selector: Selector | undefined;
  readonly pods: readonly Workload[];
}

/** All that the rules look at, gathered once. */
export interface Survey {
  readonly set: ObjectSet;
  readonly workloads: readonly Workload[];
  readonly budgets: readonly Selecting[];
  readonly services: readonly Selecting[];
  readonly budgetsOf: ReadonlyMap<Workload, readonly Selecting[]>;
  readonly servicesOf: ReadonlyMap<Workload, readonly Selecting[]>;
  readonly pods: PodIndex<Workload>;
  readonly autoscalers: ReadonlyMap<string, Autoscaler>;
  readonly controllers: Controllers;
}

export function surveyOf(objects: readonly DesiredObject[]): Survey {
  const set = new ObjectSet(objects);
  const workloads = objects.map(workloadOf).filter((workload) => workload !== undefined);
  const pods = new PodIndex(workloads);
  const selected = (object: DesiredObject, selector: Selector | undefined): Selecting => ({
    object,
    selector,
    pods: selector === undefined ? [] : [...pods.selected(namespaceOf(object), selector)],
  });
  const budgets = set.ofKind('policy/PodDisruptionBudget').flatMap((object) => {
    const field = new Field(object.value).at('spec', 'selector');
    const selector = budgetSelector(field);
    return selector === undefined && field.isThere ? [] : [selected(object, selector)];
  });
  const services = set.ofKind('Service').flatMap((object) => {
    const selector = serviceSelector(object);
    return selector === undefined ? [] : [selected(object, selector)];
  });
  return {
    ...{ set, workloads, budgets, services, pods },
    budgetsOf: byWorkload(budgets),
    servicesOf: byWorkload(services),
    autoscalers: autoscalersIn(objects),
    controllers: new Controllers(objects),
  };
}

const everything: Selector = { labels: new Map(), expressions: [] };

/** Without a selector a budget selects nothing, with an empty one all of its namespace. https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/pod-disruption-budget-v1/ */
const budgetSelector = (field: Field): Selector | undefined => (isEmptySelector(field) ? everything : labelSelector(field));

/** Without a selector somebody else says where a Service leads; an ExternalName's is not read. */
function serviceSelector(object: DesiredObject): Selector | undefined {
  const spec = new Field(object.value).at('spec');
  return spec.at('type').text === 'ExternalName' ? undefined : plainSelector(spec.at('selector'));
}

function byWorkload(all: readonly Selecting[]): ReadonlyMap<Workload, readonly Selecting[]> {
  const pairs = all.flatMap((one) => one.pods.map((workload) => ({ workload, one })));
  return new Map([...Map.groupBy(pairs, ({ workload }) => workload)].map(([workload, of]) => [workload, of.map(({ one }) => one)]));
}

export interface Replicas {
  /** The least that there may be: what is written, or an autoscaler's minimum. */
  readonly count: number;
  readonly autoscaler?: Autoscaler;
}

/** undefined where replicas are not counted, or unknown. An autoscaler leaves alone what is scaled to zero. */
export function replicasOf({ autoscalers }: Survey, workload: Workload): Replicas | undefined {
  const count = writtenReplicas(workload);
  const autoscaler = autoscalers.get(identityOf(workload.object));
  if (autoscaler === undefined || count === 0) return count === undefined ? undefined : { count };
  return { count: autoscaler.minimum, autoscaler };
}
