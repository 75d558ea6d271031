import { conditionOf, conditionWords } from './conditions.ts';
import { failed, type Health, progressing, ready, readyBut, type Value } from './health.ts';

interface Job {
  readonly spec?: { readonly completions?: number; readonly suspend?: boolean };
  readonly status?: { readonly active?: number; readonly succeeded?: number; readonly failed?: number };
}

/** Ready when it is complete. https://kubernetes.io/docs/concepts/workloads/controllers/job/#terminal-job-conditions */
export function jobHealth(value: Value): Health {
  const { spec, status } = value as Job;
  const ended = (type: string) => {
    const condition = conditionOf(value, type);
    return condition?.status === 'True' ? condition : undefined;
  };
  if (ended('Complete') !== undefined) return ready;
  const end = ended('Failed') ?? ended('FailureTarget'); // the target is what it will come to once its pods have ended
  if (end !== undefined) return failed(`it failed: ${conditionWords(end)}`);
  if (spec?.suspend === true) return readyBut('it is suspended');
  const numbers = [
    `${status?.succeeded ?? 0} of ${spec?.completions ?? 1} pods have succeeded`,
    ...((status?.active ?? 0) > 0 ? [`${status?.active} run`] : []),
    ...((status?.failed ?? 0) > 0 ? [`${status?.failed} failed`] : []),
  ];
  return progressing(numbers.join(', '));
}
