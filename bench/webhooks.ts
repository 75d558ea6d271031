import { fork } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Goal } from './goals.ts';
import type { Received } from './webhook-service.ts';

/** Deliveries a second. */
const rate = 200;

/** Of the service alone, known to both sides. */
export const secret = 'b1946ac92492d2347c6235b4d2611184';

interface Delivery {
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const commits = Array.from({ length: 20 }, (_, at) => ({
  id: `${at}`.padStart(40, '8'),
  message: 'Change what is to be changed. '.repeat(40),
  added: ['a'],
}));

const senders: readonly ((at: number) => Delivery)[] = [
  (at) => {
    const project = { path_with_namespace: `platform/environment-${at % 40}`, default_branch: 'main' };
    const body = JSON.stringify({ object_kind: 'push', ref: 'refs/heads/main', after: `${at}`.padStart(40, '8'), project, commits });
    return { path: 'gitlab/gitlab', body, headers: { 'x-gitlab-token': secret, 'idempotency-key': randomUUID() } };
  },
  (at) => {
    const repository = { full_name: `acme/environment-${at % 40}`, default_branch: 'main' };
    const body = JSON.stringify({
      ref: 'refs/heads/main',
      after: `${at}`.padStart(40, '8'),
      repository,
      commits,
      installation: { id: 1 + (at % 3) },
    });
    const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
    return {
      path: 'github/github',
      body,
      headers: { 'x-hub-signature-256': signature, 'x-github-event': 'push', 'x-github-delivery': randomUUID() },
    };
  },
  (at) => {
    const target = { repository: `payments/app-${at % 300}`, tag: `1.${at}.0`, mediaType: 'application/vnd.oci.image.manifest.v1+json' };
    const body = JSON.stringify({ events: [{ id: randomUUID(), action: 'push', target }] });
    return { path: 'registry/registry.example.com', body, headers: { authorization: `Bearer ${secret}` } };
  },
];

/**
 * Deliveries as their hour comes, whether or not those before were answered, each over a connection of its own; to a service in a
 * process of its own.
 */
export async function webhookGoals(seconds: number): Promise<Goal[]> {
  const service = fork(fileURLToPath(new URL('./webhook-service.ts', import.meta.url)));
  try {
    const [url] = (await once(service, 'message')) as [string];
    const received = async (): Promise<Received> => {
      const answer = once(service, 'message');
      service.send('received');
      return ((await answer) as [Received])[0];
    };
    await burst(url, 5);
    await received();
    const times = await burst(url, seconds);
    const { deliveries, memory, cpu } = await received();
    const sent = times.length + 5 * rate;
    if (deliveries !== sent) throw new Error(`${sent} deliveries were sent, and ${deliveries} were kept`);
    const sorted = times.toSorted((a, b) => a - b);
    const percentile = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
    return [
      { what: `${rate} webhooks a second for ${seconds} s: median, ms`, value: percentile(0.5), most: 100 },
      { what: 'p99, ms', value: percentile(0.99), most: 100 },
      { what: 'slowest, ms', value: percentile(1), most: 1000 },
      { what: 'CPU of the service, ms a delivery (a core has 5)', value: (cpu * 1000) / times.length, most: 2.5 },
      { what: 'memory of the service, MB', value: memory / 1024 / 1024, most: 250 },
    ];
  } finally {
    if (service.connected) {
      service.disconnect();
      await once(service, 'exit');
    }
  }
}

/** Milliseconds from when each was due until its answer was read. Throws for an answer that is not 202. */
async function burst(url: string, seconds: number): Promise<number[]> {
  const answers: Promise<number>[] = [];
  const begin = performance.now();
  for (let at = 0; at < seconds * rate; at += 1) {
    const due = begin + (at * 1000) / rate;
    const early = due - performance.now();
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    const sender = senders[at % senders.length];
    if (sender !== undefined) answers.push(deliver(url, sender(at)).then(() => performance.now() - due));
  }
  return Promise.all(answers);
}

function deliver(url: string, { path, body, headers }: Delivery): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/webhooks/${path}`, {
      method: 'POST',
      agent: false,
      headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    });
    asked.on('error', reject).on('response', (response) => {
      response.resume().on('end', () => {
        if (response.statusCode === 202) resolve();
        else reject(new Error(`${path} was answered with ${response.statusCode}`));
      });
    });
    asked.end(body);
  });
}
