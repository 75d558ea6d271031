import type { Point } from './point.ts';
import { preStopSleep } from './pre-stop.ts';
import type { Survey } from './survey.ts';
import { longRunning, type Workload } from './workload.ts';

/** Seconds. https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination */
const unwritten = 30;

/** Seconds. The cluster autoscaler waits no longer for a pod of a node that it removes (its --max-graceful-termination-sec). https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md#what-are-the-parameters-to-ca */
const longestDrain = 600;

/** Seconds that a program needs at the least once it hears that it should stop; the kubelet itself gives 2 where nothing is left. */
const leastLeft = 5;

export const terminationPoints = (survey: Survey): readonly Point[] => survey.workloads.flatMap(pointsOf);

function pointsOf(workload: Workload): readonly Point[] {
  const { object, role, pod } = workload;
  const field = pod.at('terminationGracePeriodSeconds');
  const written = field.isThere ? field.wholeNumber : unwritten;
  if (written === undefined) return [];
  const point = { rule: 'termination-grace-period', object, path: field.path } as const;
  if (written <= 0) return [{ ...point, ...noGrace(written) }];
  // Pods of a DaemonSet are not evicted: their node goes without waiting for them.
  const tooLong = written > longestDrain && role !== 'daemon' ? [{ ...point, ...tooMuch(written) }] : [];
  return [...tooLong, ...sleepPoints(workload, written)];
}

const noGrace = (seconds: number) => ({
  message:
    seconds === 0
      ? 'terminationGracePeriodSeconds is 0: its containers are killed at once, without preStop and without a signal to stop.'
      : `terminationGracePeriodSeconds is ${seconds}, which Kubernetes takes for 1: its containers are killed after a second.`,
  help: `Leave it out for the ${unwritten} seconds that Kubernetes gives, or write how long a clean stop takes.`,
});

const tooMuch = (seconds: number) => ({
  message: `terminationGracePeriodSeconds is ${seconds}: the cluster autoscaler waits ${longestDrain} seconds and then kills the pod, and every other drain waits up to ${seconds}.`,
  help: `Make a clean stop fit into ${longestDrain} seconds, and hand longer work to a Job or a queue.`,
});

function sleepPoints(workload: Workload, grace: number): readonly Point[] {
  return longRunning(workload).flatMap(({ name, field }) => {
    const sleep = preStopSleep(field.at('lifecycle', 'preStop'));
    if (sleep === undefined || grace - sleep.seconds >= leastLeft) return [];
    const left = grace - sleep.seconds;
    return [
      {
        rule: 'termination-grace-period',
        object: workload.object,
        path: sleep.path,
        message:
          left <= 0
            ? `preStop of container ${name} sleeps ${sleep.seconds} seconds of a grace period of ${grace}: it is killed before it could stop.`
            : `preStop of container ${name} sleeps ${sleep.seconds} of ${grace} seconds: ${left} ${left === 1 ? 'is' : 'are'} left to stop in.`,
        help: `Set terminationGracePeriodSeconds to the sleep plus what the program needs to stop, at least ${Math.ceil(sleep.seconds) + leastLeft}.`,
      } as const,
    ];
  });
}
