import type { Finding } from '../../domain/finding.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { Field } from './field.ts';
import { findingAt, kindOf, namespaceOf, spoken, spokenPlace } from './object-set.ts';
import { labelSelector, type PodIndex, plainSelector, type Selector } from './selectors.ts';
import type { Workload } from './workloads.ts';

const controllers = new Set([
  'ReplicationController',
  'apps/Deployment',
  'apps/ReplicaSet',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'argoproj.io/Rollout',
]);
/** Nobody takes the pods of these from them; whoever selects them counts them as its own all the same. */
const shortLived = new Set(['batch/Job', 'batch/CronJob']);
/** Makes no pods by itself. */
const stored = 'PodTemplate';

/** https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector: nothing stops two workloads from selecting the same pods. */
export function overlappingSelectors(workloads: readonly Workload[], pods: PodIndex): Finding[] {
  return workloads.flatMap((workload) => {
    const selector = selectorOf(workload.object);
    const other = selector && worstOther(workload, selector, pods);
    return other === undefined ? [] : overlap(workload, other);
  });
}

function selectorOf(object: DesiredObject): Selector | undefined {
  const kind = kindOf(object);
  if (!controllers.has(kind)) return undefined;
  const field = new Field(object.value).at('spec', 'selector');
  return kind === 'ReplicationController' ? plainSelector(field) : labelSelector(field);
}

/** One whose pods are fought over, else one whose pods are merely counted twice. */
function worstOther({ object }: Workload, selector: Selector, pods: PodIndex): DesiredObject | undefined {
  let mild: DesiredObject | undefined;
  for (const { object: other } of pods.selected(namespaceOf(object), selector)) {
    const same = other.name === object.name && kindOf(other) === kindOf(object); // twice in the set, which is said elsewhere
    if (same || kindOf(other) === stored) continue;
    if (!shortLived.has(kindOf(other))) return other;
    mild ??= other;
  }
  return mild;
}

function overlap({ object }: Workload, other: DesiredObject): Finding {
  const mild = shortLived.has(kindOf(other));
  const from = `${other.kind} ${other.name} (${spokenPlace(other, ['metadata', 'name'])})`;
  return findingAt(object, ['spec', 'selector'], {
    severity: mild ? 'warning' : 'error',
    rule: 'selector-overlap',
    message: `The selector of ${spoken(object)} also selects the pods of ${from}.`,
    help: mild
      ? 'Give the pods of one of them a label of their own: autoscalers, budgets and Services would count pods of the job as pods of this workload.'
      : 'Give each its own label in selector and pod template: two workloads that select the same pods take them from each other. A selector cannot be changed later.',
  });
}
