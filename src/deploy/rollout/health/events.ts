import { words } from './words.ts';

/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/, in its core form */
export interface ClusterEvent {
  readonly reason?: string;
  readonly message?: string;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly lastObservedTime?: string };
}

/** What an object's warnings come to: the newest that says something; undefined without any. */
export function eventWords(events: readonly ClusterEvent[]): string | undefined {
  const told = events.filter(({ message = '' }) => message !== '');
  const telling = told.filter(({ message = '' }) => !/^(?:Error: |Back-off )/.test(message)); // those repeat what its status says
  const [newest] = (telling.length > 0 ? telling : told).toSorted((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1));
  return newest === undefined ? undefined : words([newest.reason ?? '', withoutOutput(newest.message ?? '')].filter(Boolean).join(': '));
}

const timeOf = ({ series, lastTimestamp, eventTime }: ClusterEvent): string => series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? '';

/** Ways of the kubelet to say that a probe got no answer, or the wrong one; else it repeats what a command wrote, where secrets may stand. */
const answered = /^(?:HTTP probe failed with statuscode|Get "|dial tcp|service unhealthy|timeout: )/;

function withoutOutput(message: string): string {
  const [, probe = '', rest = ''] = /^((?:Readiness|Liveness|Startup) probe (?:failed|errored[^:]*)): ?(.*)$/s.exec(message) ?? [];
  return probe === '' || answered.test(rest) ? message : `${probe}: its command does not succeed`;
}
