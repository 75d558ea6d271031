import type { Finding, ObjectId } from '../../domain/finding.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { autoscalerClashes, kedaAutoscaler } from './autoscalers.ts';
import { Controllers } from './controllers.ts';
import { danglingReferences, inQuestion, type Known } from './dangling.ts';
import { duplicates } from './duplicates.ts';
import { ingressClashes } from './ingresses.ts';
import { missingParts } from './missing-parts.ts';
import { ObjectSet } from './object-set.ts';
import { overlappingSelectors } from './overlapping-selectors.ts';
import { placeholders } from './placeholders.ts';
import { quantities } from './quantities.ts';
import { referencesOf } from './references/references.ts';
import { serviceAddresses } from './services.ts';
import { danglingTargetPorts } from './target-ports.ts';
import { workloadOf } from './workloads.ts';

/**
 * What an API server does not notice, because it looks at one object at a time, or because it takes what nobody means: docs/validation-rules.md.
 * `objects` is all that an environment wants: where something of it could not be read, references into it seem to dangle.
 */
export const checkSet = (objects: readonly DesiredObject[], known?: Known): readonly Finding[] => [...setFindings(objects, known)].flat();

/** The same, rule by rule. */
export function* setFindings(objects: readonly DesiredObject[], known?: Known): Generator<readonly Finding[]> {
  const set = new ObjectSet(objects);
  const controllers = new Controllers(objects);
  const references = objects.flatMap(referencesOf);
  const workloads = objects.flatMap((object) => workloadOf(object) ?? []);
  const services = set.ofKind('Service');
  yield duplicates(objects);
  yield placeholders(objects);
  yield danglingReferences(references, { set, controllers, known });
  yield missingParts(references, set);
  yield danglingTargetPorts(services, workloads, controllers);
  yield quantities(objects);
  yield serviceAddresses(services);
  yield ingressClashes(set.ofKind('networking.k8s.io/Ingress'));
  yield autoscalerClashes(set.ofKind('autoscaling/HorizontalPodAutoscaler', kedaAutoscaler));
  yield overlappingSelectors(workloads);
}

/** What the set needs and does not hold: whoever sees its cluster can say whether it is there. */
export function neededBeside(objects: readonly DesiredObject[]): readonly ObjectId[] {
  const around = { set: new ObjectSet(objects), controllers: new Controllers(objects) };
  return inQuestion(objects.flatMap(referencesOf), around).map(({ to }) => to);
}
