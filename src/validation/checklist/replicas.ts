import type { Point } from './point.ts';
import { matches, selectorOf } from './selector.ts';
import { replicasOf, type Survey } from './survey.ts';
import { listAt, valueAt } from './values.ts';
import type { Workload } from './workload.ts';

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
        ? `${autoscaler.object.kind} ${autoscaler.object.name} may go down to 1 replica: draining its node then stops it.`
        : 'There is 1 replica: draining its node, or losing it, stops it.',
      help: autoscaler
        ? `Set the autoscaler's ${autoscaler.path.at(-1)} to 2 or more.`
        : 'Set spec.replicas to 2 or more, on different nodes.',
    },
  ];
}

const notSpread = ({ object, specPath, spec }: Workload, count: number): Point => ({
  rule: 'replicas-not-spread',
  object,
  path: [...specPath, valueAt(spec, 'topologySpreadConstraints') === undefined ? 'affinity' : 'topologySpreadConstraints'],
  message: `${count} replicas, and no topology spread constraint or pod anti-affinity that selects them: one node may hold them all.`,
  help: "Add topologySpreadConstraints with topologyKey kubernetes.io/hostname whose labelSelector has the pods' own labels.",
});

/** By a constraint or a term that selects the workload's own pods: apart from others is not apart from each other. */
function isSpread(workload: Workload): boolean {
  const antiAffinity = valueAt(workload.spec, 'affinity', 'podAntiAffinity');
  const terms = [
    ...listAt(workload.spec, 'topologySpreadConstraints'),
    ...listAt(antiAffinity, 'requiredDuringSchedulingIgnoredDuringExecution'),
    ...listAt(antiAffinity, 'preferredDuringSchedulingIgnoredDuringExecution').map((one) => valueAt(one, 'podAffinityTerm')),
  ];
  return terms.some((term) => selectsOwn(valueAt(term, 'labelSelector'), workload));
}

/** No selector selects nothing, an empty one everything. */
function selectsOwn(value: unknown, workload: Workload): boolean {
  const selector = value === undefined || value === null ? undefined : selectorOf(value);
  return selector !== undefined && matches(selector, workload);
}
