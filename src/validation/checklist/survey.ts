import type { DesiredObject } from '../../manifests/desired-object.ts';
import { type Autoscaler, autoscalersIn, targetKey } from './autoscalers.ts';
import { PodIndex, plainSelectorOf, type Selector, selectorOf } from './selector.ts';
import { recordAt, textAt, valueAt } from './values.ts';
import { groupKind, groupOf, namespaceOf, type Workload, workloadOf, writtenReplicas } from './workload.ts';

/** A PodDisruptionBudget or a Service, and what it selects. */
export interface Selecting {
  readonly object: DesiredObject;
  readonly namespace: string;
  readonly selector: Selector;
  readonly pods: readonly Workload[];
}

/** All that the rules look at, gathered once. */
export interface Survey {
  readonly objects: readonly DesiredObject[];
  readonly workloads: readonly Workload[];
  readonly budgets: readonly Selecting[];
  readonly services: readonly Selecting[];
  readonly budgetsOf: ReadonlyMap<Workload, readonly Selecting[]>;
  readonly servicesOf: ReadonlyMap<Workload, readonly Selecting[]>;
  readonly pods: PodIndex;
  readonly autoscalers: ReadonlyMap<string, Autoscaler>;
  /** Names of custom objects: an operator may make pods for them, with their name in a label. */
  readonly custom: ReadonlySet<string>;
}

export function surveyOf(objects: readonly DesiredObject[]): Survey {
  const workloads = objects.map(workloadOf).filter((workload) => workload !== undefined);
  const pods = new PodIndex(workloads);
  const selecting = (of: (object: DesiredObject) => Selector | undefined): Selecting[] =>
    objects.flatMap((object) => {
      const [namespace, selector] = [namespaceOf(object), of(object)];
      return selector === undefined ? [] : [{ object, namespace, selector, pods: pods.select(namespace, selector) }];
    });
  const [budgets, services] = [selecting(budgetSelector), selecting(serviceSelector)];
  return {
    objects,
    workloads,
    budgets,
    services,
    budgetsOf: byWorkload(budgets),
    servicesOf: byWorkload(services),
    pods,
    autoscalers: autoscalersIn(objects),
    custom: new Set(objects.filter(isCustom).map(({ name }) => name)),
  };
}

/** Without a selector a budget selects nothing, with an empty one all of its namespace. https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/pod-disruption-budget-v1/ */
function budgetSelector(object: DesiredObject): Selector | undefined {
  if (groupKind(object) !== 'policy/PodDisruptionBudget') return undefined;
  const selector = valueAt(object.value, 'spec', 'selector') ?? undefined;
  return selector === undefined ? nothing : selectorOf(selector);
}

const nothing: Selector = { equal: [], expressions: [{ key: '', operator: 'In', values: [] }] };

/** Without a selector somebody else says where a Service leads; an ExternalName's is not read. */
function serviceSelector(object: DesiredObject): Selector | undefined {
  if (groupKind(object) !== '/Service' || textAt(object.value, 'spec', 'type') === 'ExternalName') return undefined;
  const selector = recordAt(object.value, 'spec', 'selector');
  return Object.keys(selector).length === 0 ? undefined : plainSelectorOf(selector);
}

function byWorkload(all: readonly Selecting[]): ReadonlyMap<Workload, readonly Selecting[]> {
  const found = new Map<Workload, Selecting[]>();
  for (const one of all)
    for (const pods of one.pods) {
      const list = found.get(pods);
      if (list === undefined) found.set(pods, [one]);
      else list.push(one);
    }
  return found;
}

const ownGroups = ['', 'apps', 'autoscaling', 'batch', 'extensions', 'policy'];

const isCustom = ({ apiVersion }: DesiredObject): boolean => {
  const group = groupOf(apiVersion);
  return !ownGroups.includes(group) && !group.endsWith('.k8s.io');
};

export interface Replicas {
  /** The least that there may be: what is written, or an autoscaler's minimum. */
  readonly count: number;
  readonly autoscaler?: Autoscaler;
}

/** undefined where replicas are not counted, or unknown. An autoscaler leaves alone what is scaled to zero. */
export function replicasOf({ autoscalers }: Survey, workload: Workload): Replicas | undefined {
  const count = writtenReplicas(workload);
  const autoscaler = autoscalers.get(targetKey(workload.namespace, workload.object));
  if (autoscaler === undefined || count === 0) return count === undefined ? undefined : { count };
  return { count: autoscaler.minimum, autoscaler };
}
