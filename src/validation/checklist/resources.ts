import { Field } from '../set/field.ts';
import { namespaceOf, type ObjectSet } from '../set/object-set.ts';
import type { Point } from './point.ts';
import type { Survey } from './survey.ts';
import { longRunning, type Workload } from './workload.ts';

const resources = ['cpu', 'memory'] as const;
type Resource = (typeof resources)[number];

/** Init containers come and go before: what runs on asks for at least as much. */
export function resourcePoints({ set, workloads }: Survey): readonly Point[] {
  const defaults = defaultsOf(set);
  return workloads.flatMap((workload) => pointsOf(workload, defaults.get(namespaceOf(workload.object)) ?? none));
}

const none: ReadonlySet<Resource> = new Set();

function pointsOf(workload: Workload, defaults: ReadonlySet<Resource>): readonly Point[] {
  const { object, pod } = workload;
  return longRunning(workload).flatMap(({ name, field }) => {
    const missing = resources.filter((one) => !defaults.has(one) && !isRequested(field, one) && !isRequested(pod, one));
    if (missing.length === 0) return [];
    return {
      rule: 'no-resource-requests',
      object,
      path: field.at('resources').path,
      message: `Container ${name} requests no ${missing.join(' and no ')}: its node may be full already, and it is among the first to be evicted.`,
      help: `Set resources.requests.${missing.join(' and resources.requests.')} to what it uses.`,
    } as const;
  });
}

/** A limit without a request is the request. https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/ */
const isRequested = (of: Field, resource: Resource): boolean =>
  ['requests', 'limits'].some((kind) => of.at('resources', kind, resource).isThere);

/** What LimitRanges give to containers that do not ask, by namespace. https://kubernetes.io/docs/concepts/policy/limit-range/ */
function defaultsOf(set: ObjectSet): ReadonlyMap<string, ReadonlySet<Resource>> {
  const byNamespace = Map.groupBy(set.ofKind('LimitRange'), namespaceOf);
  return new Map(
    [...byNamespace].map(([namespace, ranges]) => {
      const limits = ranges.flatMap(({ value }) => new Field(value).at('spec', 'limits').items);
      const ofContainers = limits.filter((limit) => limit.at('type').text === 'Container');
      const isGiven = (resource: Resource): boolean =>
        ofContainers.some((limit) => limit.at('defaultRequest', resource).isThere || limit.at('default', resource).isThere);
      return [namespace, new Set(resources.filter(isGiven))];
    }),
  );
}
