import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiServer } from '../../src/domain/cluster.ts';

export interface PlayedPod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly containers: readonly { readonly image: string }[] };
  readonly status?: { readonly phase?: string; readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** What a kubelet writes about the pods of a namespace, which nobody runs. */
export class PlayedKubelet {
  readonly #server: ApiServer;
  readonly #namespace: string;

  constructor(server: ApiServer, namespace: string) {
    this.#server = server;
    this.#namespace = namespace;
  }

  async pods(): Promise<readonly PlayedPod[]> {
    const { body } = await this.#server.ask({ method: 'GET', path: `/api/v1/namespaces/${this.#namespace}/pods` });
    const { items } = JSON.parse(body) as { readonly items: readonly PlayedPod[] };
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  }

  /** Waits until so many pods with that image are there; the test's own time limit is the end of patience. */
  async podsOf(image: string, number: number): Promise<readonly PlayedPod[]> {
    for (;;) {
      const found = (await this.pods()).filter(({ spec }) => spec.containers[0]?.image === image);
      if (found.length >= number) return found;
      await sleep(20);
    }
  }

  async say({ metadata }: PlayedPod, status: object): Promise<void> {
    const path = `/api/v1/namespaces/${this.#namespace}/pods/${metadata.name}/status`;
    const reply = await this.#server.ask({
      method: 'PATCH',
      path,
      body: JSON.stringify({ status }),
      type: 'application/strategic-merge-patch+json',
    });
    if (reply.status !== 200) throw new Error(reply.body);
  }

  /** Every pod of that image is ready, now. */
  async runAll(image: string): Promise<void> {
    for (const pod of await this.podsOf(image, 0)) {
      const ready = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
      if (!ready) await this.say(pod, running);
    }
  }
}

const running = {
  phase: 'Running',
  conditions: ['Initialized', 'ContainersReady', 'Ready', 'PodScheduled'].map((type) => ({ type, status: 'True' })),
};
