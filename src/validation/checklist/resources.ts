import type { DesiredObject } from '../../manifests/desired-object.ts';
import type { Point } from './point.ts';
import type { Survey } from './survey.ts';
import { listAt, sentence, textAt, valueAt } from './values.ts';
import { groupKind, longRunning, namespaceOf, type Workload } from './workload.ts';

type Resource = 'cpu' | 'memory';

/** Init containers come and go before: what runs on asks for at least as much. */
export function resourcePoints({ objects, workloads }: Survey): readonly Point[] {
  const defaults = defaultsOf(objects);
  return workloads.flatMap((workload) => pointsOf(workload, defaults.get(workload.namespace) ?? none));
}

const none: ReadonlySet<Resource> = new Set();

function pointsOf(workload: Workload, defaults: ReadonlySet<Resource>): readonly Point[] {
  const { object, spec } = workload;
  return longRunning(workload).flatMap(({ name, path, value }) => {
    const missing = (['cpu', 'memory'] as const).filter(
      (resource) => !defaults.has(resource) && !isRequested(value, resource) && !isRequested(spec, resource),
    );
    return missing.length === 0
      ? []
      : [
          {
            rule: 'no-resource-requests',
            object,
            path: [...path, 'resources'],
            message: `Container ${name} requests no ${sentence(missing)}: its node may be full already, and it is among the first to be evicted.`,
            help: `Set resources.requests.${missing.join(' and resources.requests.')} to what it uses.`,
          } as const,
        ];
  });
}

/** A limit without a request is the request. https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/ */
const isRequested = (of: unknown, resource: Resource): boolean =>
  ['requests', 'limits'].some((kind) => (valueAt(of, 'resources', kind, resource) ?? undefined) !== undefined);

/** What LimitRanges give to containers that do not ask, by namespace. https://kubernetes.io/docs/concepts/policy/limit-range/ */
function defaultsOf(objects: readonly DesiredObject[]): ReadonlyMap<string, ReadonlySet<Resource>> {
  const found = new Map<string, Set<Resource>>();
  for (const object of objects.filter((one) => groupKind(one) === '/LimitRange')) {
    const given = found.get(namespaceOf(object)) ?? new Set<Resource>();
    found.set(namespaceOf(object), given);
    for (const limit of listAt(object.value, 'spec', 'limits').filter((one) => textAt(one, 'type') === 'Container'))
      for (const resource of ['cpu', 'memory'] as const)
        if (['defaultRequest', 'default'].some((key) => valueAt(limit, key, resource) !== undefined)) given.add(resource);
  }
  return found;
}
