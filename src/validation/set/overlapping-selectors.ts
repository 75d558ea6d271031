import type { Finding } from '../../domain/finding.ts';
import { Field } from './field.ts';
import { findingAt, identityOf, namespaceOf, spoken, spokenPlace } from './object-set.ts';
import { labelSelector, PodIndex, plainSelector, type Selector } from './selectors.ts';
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

/** Selectors are compared with all pods but those of a workload that the set holds twice, which is said elsewhere.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector: nothing stops two workloads from selecting the same pods. */
export function overlappingSelectors(workloads: readonly Workload[]): Finding[] {
  const once = [...new Map(workloads.toReversed().map((workload) => [identityOf(workload.object), workload])).values()].reverse();
  const lasting = new PodIndex(once.filter(({ kind }) => kind !== stored && !shortLived.has(kind)));
  const passing = new PodIndex(once.filter(({ kind }) => shortLived.has(kind)));
  return once.flatMap((workload) => {
    const selector = selectorOf(workload);
    const other = selector && (otherIn(lasting, workload, selector) ?? otherIn(passing, workload, selector));
    return other === undefined ? [] : overlap(workload, other);
  });
}

function selectorOf({ object, kind }: Workload): Selector | undefined {
  if (!controllers.has(kind)) return undefined;
  const field = new Field(object.value).at('spec', 'selector');
  return kind === 'ReplicationController' ? plainSelector(field) : labelSelector(field);
}

function otherIn(pods: PodIndex, workload: Workload, selector: Selector): Workload | undefined {
  for (const alike of pods.selectedTogether(namespaceOf(workload.object), selector)) {
    const other = alike.find((one) => one !== workload);
    if (other !== undefined) return other;
  }
  return undefined;
}

function overlap({ object }: Workload, { object: other, kind }: Workload): Finding {
  const mild = shortLived.has(kind);
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
