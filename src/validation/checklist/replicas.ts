import { isEmptySelector, labelSelector, selects } from '../set/selectors.ts';
import type { Point } from './point.ts';
import { replicasOf, type Survey } from './survey.ts';
import { called, type Workload } from './workload.ts';

export const replicaPoints = (survey: Survey): readonly Point[] => survey.workloads.flatMap((workload) => pointsOf(workload, survey));

function pointsOf(workload: Workload, survey: Survey): readonly Point[] {
  const replicas = replicasOf(survey, workload);
  if (replicas === undefined || replicas.count < 1) return [];
  if (replicas.count > 1) return isSpread(workload) ? [] : [notSpread(workload, replicas.count)];
  const { autoscaler } = replicas;
  return [
    {
      rule: 'single-replica',
      object: workload.object,
      path: ['spec', 'replicas'],
      message: autoscaler
        ? `${called(autoscaler)} may go down to 1 replica: draining its node then stops it.`
        : 'There is 1 replica: draining its node, or losing it, stops it.',
      help: autoscaler ? `Set the autoscaler's ${autoscaler.field} to 2 or more.` : 'Set spec.replicas to 2 or more, on different nodes.',
    },
  ];
}

function notSpread({ object, pod }: Workload, count: number): Point {
  const constraints = pod.at('topologySpreadConstraints');
  return {
    rule: 'replicas-not-spread',
    object,
    path: constraints.isThere ? constraints.path : pod.at('affinity').path,
    message: `${count} replicas, and no topology spread constraint or pod anti-affinity that selects them: one node may hold them all.`,
    help: "Add topologySpreadConstraints with topologyKey kubernetes.io/hostname whose labelSelector has the pods' own labels.",
  };
}

/** By a constraint or a term that selects the workload's own pods: apart from others is not apart from each other. */
function isSpread(workload: Workload): boolean {
  const antiAffinity = workload.pod.at('affinity', 'podAntiAffinity');
  const terms = [
    ...workload.pod.at('topologySpreadConstraints').items,
    ...antiAffinity.at('requiredDuringSchedulingIgnoredDuringExecution').items,
    ...antiAffinity.at('preferredDuringSchedulingIgnoredDuringExecution').items.map((one) => one.at('podAffinityTerm')),
  ];
  return terms.some((term) => {
    // No selector selects nothing, an empty one everything.
    const field = term.at('labelSelector');
    const selector = labelSelector(field);
    return selector === undefined ? isEmptySelector(field) : selects(selector, workload);
  });
}
