import { conditionOf } from './conditions.ts';
import { type ContainerStatus, containerTrouble } from './container-trouble.ts';
import type { Value } from './health.ts';
import { words } from './words.ts';

/** Why a pod does not come up. */
export interface Trouble {
  /** Without the pod's name: what several pods have in common. */
  readonly message: string;
  /** What to do, where we know it. */
  readonly help?: string;
  /** Waiting longer changes nothing. */
  readonly forGood?: boolean;
  /** The cluster's events may say more. */
  readonly vague?: boolean;
}

interface Pod {
  readonly spec?: {
    readonly containers?: readonly ContainerSpec[];
    readonly initContainers?: readonly ContainerSpec[];
    readonly readinessGates?: readonly { readonly conditionType: string }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerSpec {
  readonly name: string;
  readonly terminationMessagePolicy?: string;
}

/** undefined of a pod that is ready, or has done its work. */
export function podTrouble(value: Value): Trouble | undefined {
  const { spec, status } = value as Pod;
  if (status?.phase === 'Succeeded' || conditionOf(value, 'Ready')?.status === 'True') return undefined;
  if (status?.reason !== undefined && status.phase === 'Failed') {
    return { message: words(`${status.reason}${status.message === undefined ? '' : `: ${status.message}`}`) }; // evicted, past its deadline
  }
  return unscheduled(value) ?? inContainers(value as Pod) ?? gated(value, spec?.readinessGates ?? []) ?? notYet(status?.phase);
}

function unscheduled(value: Value): Trouble | undefined {
  const scheduled = conditionOf(value, 'PodScheduled');
  if (scheduled?.status !== 'False') return undefined;
  if (scheduled.reason === 'SchedulingGated') return { message: 'its scheduling is held back by its scheduling gates' };
  return { message: `no node takes it: ${words(scheduled.message)}`, help: 'ask for less, or give the cluster a node that has it' };
}

function inContainers({ spec, status }: Pod): Trouble | undefined {
  const specs = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const troubles = all.flatMap((one) => {
    // With the other policy it is the end of the container's log, where secrets may stand.
    const mayQuote = specs.find(({ name }) => name === one.name)?.terminationMessagePolicy !== 'FallbackToLogsOnError';
    return containerTrouble(one, mayQuote) ?? [];
  });
  return troubles.find(({ forGood }) => forGood === true) ?? troubles.find(({ vague }) => vague !== true) ?? troubles[0];
}

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-readiness-gate */
function gated(value: Value, gates: readonly { readonly conditionType: string }[]): Trouble | undefined {
  if (conditionOf(value, 'ContainersReady')?.status !== 'True') return undefined;
  const open = gates.filter(({ conditionType }) => conditionOf(value, conditionType)?.status !== 'True');
  return open.length === 0 ? undefined : { message: `its readiness gates wait: ${open.map((one) => one.conditionType).join(', ')}` };
}

const notYet = (phase: string | undefined): Trouble =>
  phase === 'Running' ? { message: 'it runs and is not ready', vague: true } : { message: 'its containers have not started', vague: true };
