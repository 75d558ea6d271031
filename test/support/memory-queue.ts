import type { Delivery, NewJob, Queue } from '../../src/domain/queue.ts';

/** The side of a Queue that webhooks see. */
export class MemoryQueue implements Pick<Queue, 'add'> {
  /** In order; one for those that wait with the same kind and key. */
  readonly jobs: NewJob[] = [];
  readonly deliveries: Delivery[] = [];
  readonly #known = new Set<string>();

  add(jobs: readonly NewJob[], delivery?: Delivery): Promise<'added' | 'repeated'> {
    const key = delivery === undefined ? undefined : `${delivery.sender} ${delivery.id}`;
    if (key !== undefined && this.#known.has(key)) return Promise.resolve('repeated');
    if (key !== undefined) this.#known.add(key);
    if (delivery !== undefined) this.deliveries.push(delivery);
    for (const job of jobs) if (!this.jobs.some((one) => one.data.kind === job.data.kind && one.key === job.key)) this.jobs.push(job);
    return Promise.resolve('added');
  }
}
