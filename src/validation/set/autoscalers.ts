import type { Finding } from '../../domain/finding.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { Field } from './field.ts';
import { findingAt, identityOf, spoken, spokenNear, spokenPlace } from './object-set.ts';

/** Makes an autoscaler of its own; with the annotation it takes over one that is there. https://keda.sh/docs/latest/reference/scaledobject-spec/ */
export const kedaAutoscaler = 'keda.sh/ScaledObject';
const takesOver = 'scaledobject.keda.sh/transfer-hpa-ownership';

const path = ['spec', 'scaleTargetRef'];

/** Two autoscalers of one workload set its replicas in turns. */
export function autoscalerClashes(autoscalers: readonly DesiredObject[]): Finding[] {
  const first = new Map<string, DesiredObject>();
  return autoscalers.flatMap((object) => {
    const target = targetOf(object);
    if (target === undefined) return [];
    const earlier = first.get(identityOf(target));
    if (earlier === undefined) first.set(identityOf(target), object);
    if (earlier === undefined || identityOf(earlier) === identityOf(object)) return [];
    return findingAt(object, [...path, 'name'], {
      severity: 'error',
      rule: 'autoscaler-clash',
      message: `${spoken(object)} scales ${spokenNear(target, object)}, which ${spokenNear(earlier, object)} scales already (${spokenPlace(earlier, path)}).`,
      help: 'Keep one of them, with the metrics of both: each would undo what the other does.',
    });
  });
}

/** What it scales; undefined where it takes that over from another autoscaler. */
export function targetOf(object: DesiredObject) {
  const value = new Field(object.value);
  const target = value.at(...path);
  const name = target.at('name').text;
  if (name === '' || value.at('metadata', 'annotations', takesOver).isThere) return undefined;
  const apiVersion = target.at('apiVersion').text || 'apps/v1';
  return { apiVersion, kind: target.at('kind').text || 'Deployment', namespace: object.namespace, name };
}
