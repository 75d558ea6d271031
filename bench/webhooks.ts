import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '../test/support/postgres-server.ts';
import { createService } from '../test/support/soak/service.ts';
import { environments, pathOf, secret } from '../test/support/soak/world.ts';
import type { Goal } from './goals.ts';
import type { WebhookWorld } from './webhook-world.ts';

/** Deliveries a second. */
const rate = 200;
const appCount = 30;
const warmUp = 5;

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

const senders: readonly ((at: number, registry: string) => Delivery)[] = [
  (at) => {
    const project = { path_with_namespace: pathOf(environments[at % environments.length] ?? ''), default_branch: 'main' };
    const body = JSON.stringify({ object_kind: 'push', ref: 'refs/heads/main', after: `${at}`.padStart(40, '8'), project, commits });
    return { path: 'gitlab/gitlab', body, headers: { 'x-gitlab-token': secret, 'idempotency-key': randomUUID() } };
  },
  (at, registry) => {
    const target = { repository: `shop/app-${at % appCount}`, tag: `1.${at}.0`, mediaType: 'application/vnd.oci.image.manifest.v1+json' };
    const body = JSON.stringify({ events: [{ id: randomUUID(), action: 'push', target }] });
    return { path: `registry/${registry}`, body, headers: { authorization: `Bearer ${secret}` } };
  },
];

/**
 * Deliveries as their hour comes, whether or not those before were answered, each over a connection of its own; to the service, which scans what
 * they ask for all the while. In the middle of that it is stopped and started again, and does what is left.
 */
export async function webhookGoals(seconds: number, onPostgres: boolean): Promise<Goal[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-webhooks-'));
  const postgres = onPostgres ? await startPostgres() : undefined;
  const store = postgres === undefined ? 'file:./data' : postgres.url(await postgres.createDatabase());
  const standIns = fork(fileURLToPath(new URL('./webhook-world.ts', import.meta.url)), [folder, store, `${appCount}`]);
  try {
    const [{ config, env, url, registry }] = (await once(standIns, 'message')) as [WebhookWorld];
    const service = createService(config, join(folder, 'service.log'), env);
    const started = await service.start();
    const atStart = service.memory() ?? Number.NaN;
    await idle(url);
    await burst(url, registry, warmUp);
    const before = service.cpu();
    const times = (await burst(url, registry, seconds)).sort((a, b) => a - b);
    const cpu = service.cpu() - before;
    const memory = service.memory() ?? Number.NaN;
    const accepted = await sumOf(url, /^lockkeeper_webhook_deliveries_total\{.*outcome="accepted"\} (\d+)$/gm);
    const stopped = await service.stop('SIGTERM');
    await service.start();
    await idle(url);
    const parked = await sumOf(url, /^lockkeeper_queue_jobs\{state="parked"\} (\d+)$/gm);
    await service.stop('SIGTERM');
    const percentile = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
    return [
      { what: 'start until it listens, seconds', value: started / 1000, most: 5 },
      { what: 'memory when it listens, MB', value: atStart / 1024 / 1024, most: 250 },
      { what: `${rate} webhooks a second for ${seconds} s: median, ms`, value: percentile(0.5), most: 100 },
      { what: 'p99, ms', value: percentile(0.99), most: 100 },
      { what: 'slowest, ms', value: percentile(1), most: 1000 },
      { what: 'CPU of the service, ms a delivery, with the scans it asks for (a core has 5)', value: (cpu * 1000) / times.length, most: 5 },
      { what: 'deliveries lost', value: times.length + warmUp * rate - accepted, most: 0 },
      { what: 'jobs that failed for good', value: parked, most: 0 },
      { what: 'memory of the service, MB', value: memory / 1024 / 1024, most: 250 },
      { what: 'stop with work under way, seconds', value: stopped / 1000, most: 20 },
    ];
  } finally {
    if (standIns.connected) {
      standIns.disconnect();
      await once(standIns, 'exit');
    }
    await postgres?.stop();
    rmSync(folder, { recursive: true });
  }
}

async function sumOf(url: string, line: RegExp): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return [...text.matchAll(line)].reduce((sum, [, value]) => sum + Number(value), 0);
}

/** Nothing waits or runs. */
async function idle(url: string): Promise<void> {
  while ((await sumOf(url, /^lockkeeper_queue_jobs\{state="(?:waiting|running)"\} (\d+)$/gm)) > 0) await sleep(100);
}

/** Milliseconds from when each was due until its answer was read. Throws for an answer that is not 202. */
async function burst(url: string, registry: string, seconds: number): Promise<number[]> {
  const answers: Promise<number>[] = [];
  const begin = performance.now();
  for (let at = 0; at < seconds * rate; at += 1) {
    const due = begin + (at * 1000) / rate;
    const early = due - performance.now();
    if (early > 0) await sleep(early);
    const sender = senders[at % senders.length];
    if (sender !== undefined) answers.push(deliver(url, sender(at, registry)).then(() => performance.now() - due));
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
