import { record } from '../../../manifests/objects.ts';
import { type Condition, conditionsOf, conditionWords } from './conditions.ts';
import { failed, type Health, type Metadata, notObserved, progressing, ready, type Value } from './health.ts';

interface Moment {
  readonly since: Date;
  readonly justApplied: boolean;
}

/**
 * A custom resource by its standard conditions, as kstatus reads them; one that has none is ready, unless the run has only just made it.
 * https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md
 */
export function customHealth(value: Value, { since, justApplied }: Moment): Health {
  const { generation = 0, creationTimestamp = '' } = (value as { readonly metadata?: Metadata }).metadata ?? {};
  const { observedGeneration } = record(value['status']);
  if (typeof observedGeneration === 'number' && observedGeneration < generation) return notObserved;
  const conditions = conditionsOf(value);
  const isNew = Date.parse(creationTimestamp) + 1000 > since.getTime(); // a timestamp is cut to the second
  if (conditions.length === 0 && isNew && justApplied) return progressing('its controller has not said anything about it yet');
  const find = (type: string) => conditions.find((one) => one.type === type);
  const isOld = (one: Condition): boolean => one.observedGeneration !== undefined && one.observedGeneration < generation;
  const knownToBeNew = (one: Condition): boolean => typeof observedGeneration === 'number' || one.observedGeneration !== undefined;

  const [stalled, reconciling] = [find('Stalled'), find('Reconciling')];
  if (stalled?.status === 'True' && !isOld(stalled)) {
    const text = `it is stalled: ${conditionWords(stalled)}`;
    return knownToBeNew(stalled) ? failed(text) : progressing(text); // may be about what stood there before
  }
  if (reconciling?.status === 'True') return progressing(`it is being worked on: ${conditionWords(reconciling)}`);
  const outcome = find('Ready') ?? find('Available');
  if (outcome === undefined) return ready;
  if (isOld(outcome)) return notObserved;
  return outcome.status === 'True'
    ? ready
    : progressing([`${outcome.type} is ${outcome.status}`, conditionWords(outcome)].filter((text) => text !== '').join(': '));
}
