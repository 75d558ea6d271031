import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from './dice.ts';
import { pathOf, type SoakWorld, secret } from './world.ts';

/** How often what was answered, by `gitlab 202`; `forged 401`. */
export type Answers = Map<string, number>;

export interface Deliveries {
  readonly answers: Answers;
  /** A registry's word that something was pushed: lost, late, twice or forged, as it comes. */
  pushed(repository: string, tag: string): void;
  /** GitLab's, of a merge request or of the default branch. */
  changed(environment: string, what: 'merge_request' | 'push'): void;
  /** Resolves when all have been answered. */
  done(): Promise<void>;
}

const longest = { late: 3000, down: 60_000 };

interface Message {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Those who deliver try again while nobody listens, as GitLab and registries do. */
export function createDeliveries({ url, networks }: SoakWorld, dice: Dice): Deliveries {
  const answers: Answers = new Map();
  const under = new Set<Promise<void>>();
  const send = async (name: string, message: Message): Promise<void> => {
    await sleep(dice.happens(0.3) ? dice.below(longest.late) : 0);
    const status = await answered(url, message);
    answers.set(`${name} ${status}`, (answers.get(`${name} ${status}`) ?? 0) + 1);
  };
  const add = (name: string, message: Message): void => {
    const sending = send(name, message).finally(() => under.delete(sending));
    under.add(sending);
  };
  /** The same once more, at the same time or after it. */
  const once = (name: string, message: Message): void => {
    add(name, message);
    if (dice.happens(0.3)) add(name, message);
  };
  return {
    answers,
    pushed(repository, tag) {
      const path = `registry/${networks.registry.host}`;
      const target = { repository, tag, mediaType: 'application/vnd.oci.image.manifest.v1+json' };
      const body = JSON.stringify({ events: [{ id: randomUUID(), action: 'push', target }] });
      if (!dice.happens(0.15)) once('registry', { path, headers: { authorization: `Bearer ${secret}` }, body });
      if (dice.happens(0.2)) add('forged', { path, headers: { authorization: `Bearer ${secret}x` }, body });
    },
    changed(environment, what) {
      const project = { path_with_namespace: pathOf(environment), default_branch: 'main' };
      const body = JSON.stringify({ object_kind: what, ref: 'refs/heads/main', after: '1'.repeat(40), project });
      const headers = { 'x-gitlab-token': secret, 'idempotency-key': randomUUID() };
      once('gitlab', { path: 'gitlab/gitlab', headers, body });
    },
    async done() {
      while (under.size > 0) await Promise.all(under);
    },
  };
}

async function answered(url: string, { path, headers, body }: Message): Promise<number> {
  for (const giveUp = Date.now() + longest.down; ; await sleep(250)) {
    try {
      const request = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body };
      return (await fetch(`${url}/webhooks/${path}`, request)).status;
    } catch (error) {
      if (Date.now() > giveUp) throw error;
    }
  }
}
