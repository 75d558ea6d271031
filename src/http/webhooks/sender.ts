import type { JobData, NewJob } from '../../domain/queue.ts';
import type { Head } from './head.ts';
import type { Payload } from './payload.ts';

/** Where an event says to look; or why there is nothing to look at. */
export type Asked = readonly JobData[] | 'uninteresting' | 'not-configured';

export interface Message {
  /** The same when the sender says the same thing again. */
  readonly id: string;
  readonly asked: Asked;
}

/** One that may deliver. */
export interface Sender {
  /** `gitlab/NAME`, `github/NAME`, `registry/HOST`: the route below /webhooks/, and what the queue and the counts call it. */
  readonly name: string;
  /** Content types, all of them JSON. */
  readonly types: readonly string[];
  /** Refuses what the head alone shows to be false, so that no body is received for it; gives what is left to be proven by the body. Both throw Refusal. */
  verify(head: Head, now: Date): (body: Buffer) => void;
  /** Of what was verified. */
  read(head: Head, payload: Payload, body: Buffer): Message | Promise<Message>;
}

/** Each once, under one trace. */
export function jobsOf(asked: readonly JobData[], trace: string): NewJob[] {
  const jobs = asked.map((data) => ({ data, key: keyOf(data), trace }));
  return [...new Map(jobs.map((job) => [`${job.data.kind} ${job.key}`, job])).values()];
}

function keyOf(data: JobData): string {
  if (data.kind === 'scan-package') return data.package;
  if (data.kind === 'validate' || data.kind === 'access-review') return `${data.repository}!${data.request}`;
  if (data.kind === 'command') return `${data.repository}!${data.request}#${data.comment}`;
  if (data.kind === 'access-issue') return `${data.repository} issue ${data.issue}#${data.comment}`;
  if (data.kind === 'pipeline') return `${data.repository}${data.request === undefined ? `@${data.commit}` : `!${data.request}`}`;
  return 'repository' in data ? data.repository : '';
}
