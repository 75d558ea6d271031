import { Field } from '../set/field.ts';
import { blockedDrain } from './blocked-drain.ts';
import type { Point } from './point.ts';
import { selectedNothing } from './selects-nothing.ts';
import { replicasOf, type Selecting, type Survey } from './survey.ts';
import { called, sentence, shortened, type Workload } from './workload.ts';

export const budgetPoints = (survey: Survey): readonly Point[] => [
  ...survey.budgets.flatMap((budget) => pointsOf(budget, survey)),
  ...overlaps(survey),
  ...survey.workloads.flatMap((workload) => noBudget(workload, survey)),
];

function pointsOf(budget: Selecting, survey: Survey): readonly Point[] {
  const { object, pods } = budget;
  if (pods.length === 0) return selectedNothing('budget-selects-nothing', budget, survey);
  if (!pods.some(isEvicted)) return [];
  const blocked = blockedDrain(budget, survey);
  return blocked === undefined ? keepsUnhealthy(budget) : [{ rule: 'budget-blocks-drain', object, ...blocked }];
}

/** A drain passes over the pods of DaemonSets. */
const isEvicted = ({ role }: Workload): boolean => role !== 'daemon';

/** https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy */
function keepsUnhealthy({ object }: Selecting): readonly Point[] {
  const policy = new Field(object.value).at('spec', 'unhealthyPodEvictionPolicy');
  if (policy.isThere && policy.text !== 'IfHealthyBudget') return [];
  return [
    {
      rule: 'budget-keeps-unhealthy-pods',
      object,
      path: policy.path,
      message: `unhealthyPodEvictionPolicy is ${policy.text || 'not set, and so IfHealthyBudget'}: pods that crash or never become ready block every drain of their node.`,
      help: 'Set spec.unhealthyPodEvictionPolicy to AlwaysAllow.',
    },
  ];
}

/** The eviction API answers 500 for a pod of more than one budget. https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/ */
function overlaps({ budgetsOf }: Survey): readonly Point[] {
  const shared = new Map<Selecting, { readonly pods: Workload[]; readonly others: Set<string> }>();
  for (const [workload, [first, ...more]] of budgetsOf) {
    if (first === undefined || !isEvicted(workload)) continue;
    for (const budget of more) {
      const { pods, others } = shared.get(budget) ?? { pods: [], others: new Set<string>() };
      shared.set(budget, { pods: [...pods, workload].slice(0, most), others: others.add(first.object.name) });
    }
  }
  return [...shared].map(([{ object }, { pods, others }]) => ({
    rule: 'budgets-overlap',
    object,
    path: ['spec', 'selector'],
    message: `Budget ${shortened(object.name)} selects pods of ${sentence(pods.map(called))} as ${sentence([...others].slice(0, most).map(shortened))} does: a pod of more than one budget cannot be evicted.`,
    help: 'Keep one budget per pod: remove one, or narrow its selector.',
  }));
}

/** Names in one sentence. */
const most = 3;

function noBudget(workload: Workload, survey: Survey): readonly Point[] {
  const replicas = replicasOf(survey, workload);
  if (replicas === undefined || replicas.count < 2 || survey.budgetsOf.has(workload)) return [];
  return [
    {
      rule: 'no-budget',
      object: workload.object,
      path: ['spec', 'replicas'],
      message: `${replicas.count} replicas, and no PodDisruptionBudget selects them: a drain of several nodes may stop all of them at once.`,
      help: 'Add a PodDisruptionBudget with maxUnavailable 1, whose selector has the labels of the pods.',
    },
  ];
}
