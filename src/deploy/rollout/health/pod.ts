import { conditionOf } from './conditions.ts';
import { failed, type Health, progressing, ready, type Value } from './health.ts';
import { podTrouble } from './pod-trouble.ts';

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase */
export function podHealth(value: Value): Health {
  const { status } = value as { readonly status?: { readonly phase?: string } };
  if (status?.phase === 'Succeeded' || conditionOf(value, 'Ready')?.status === 'True') return ready;
  if (status?.phase === 'Failed') return failed('it failed');
  return podTrouble(value)?.forGood === true ? failed('it cannot start') : progressing('it is not ready');
}
