import { statusOf } from '../../domain/api-status.ts';
import type { ApiReply, ApiServer } from '../../domain/cluster.ts';
import { OutsideError } from '../../domain/errors.ts';
import { fieldManager } from '../../domain/ownership.ts';
import { record } from '../../manifests/objects.ts';
import { type LeaseObject, leaseName, lockNamespace } from './lease-record.ts';

/** The Lease of one environment, as requests. Throws OutsideError where the server cannot be asked, or says no. */
export class LeaseRequests {
  readonly #server: ApiServer;
  readonly #environment: string;

  constructor(server: ApiServer, environment: string) {
    this.#server = server;
    this.#environment = environment;
  }

  /** undefined where there is none. */
  async read(signal: AbortSignal): Promise<LeaseObject | undefined> {
    const reply = await this.#server.ask({ method: 'GET', path: this.#path }, signal);
    return reply.status === 404 ? undefined : this.#fine(reply);
  }

  /** In its namespace, which is made when it is missing. undefined where another was faster. */
  async create(lease: LeaseObject, signal: AbortSignal): Promise<LeaseObject | undefined> {
    const create = { method: 'POST', path: `${leases}?${manager}`, body: JSON.stringify(lease) } as const;
    const reply = await this.#server.ask(create, signal);
    if (reply.status !== 404) return reply.status === 409 ? undefined : this.#fine(reply);
    const labels = { 'app.kubernetes.io/managed-by': 'lockkeeper' };
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: lockNamespace, labels } });
    const made = await this.#server.ask({ method: 'POST', path: `/api/v1/namespaces?${manager}`, body }, signal);
    if (made.status !== 409) this.#fine(made);
    const second = await this.#server.ask(create, signal);
    return second.status === 409 ? undefined : this.#fine(second);
  }

  /** Over the one that was read. undefined where somebody has written on it since, or taken it away. */
  async replace(lease: LeaseObject, signal: AbortSignal): Promise<LeaseObject | undefined> {
    const reply = await this.#server.ask({ method: 'PUT', path: `${this.#path}?${manager}`, body: JSON.stringify(lease) }, signal);
    return reply.status === 409 || reply.status === 404 ? undefined : this.#fine(reply);
  }

  #fine(reply: ApiReply): LeaseObject {
    if (reply.status < 400) return record(JSON.parse(reply.body));
    const { code, message } = statusOf(reply);
    const what = `the lock of ${this.#environment} (Lease ${lockNamespace}/${leaseName(this.#environment)}) cannot be had: ${message}`;
    throw new OutsideError(this.#server.host, what, { status: code });
  }

  get #path(): string {
    return `${leases}/${leaseName(this.#environment)}`;
  }
}

const leases = `/apis/coordination.k8s.io/v1/namespaces/${lockNamespace}/leases`;
const manager = `fieldManager=${fieldManager}`;
