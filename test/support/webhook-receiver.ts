import { pino } from 'pino';
import type { Queue } from '../../src/domain/queue.ts';
import { startServer } from '../../src/http/server.ts';
import { createWebhooks, type WebhookSettings } from '../../src/http/webhooks/webhooks.ts';
import { machine } from './entrances.ts';
import { MemoryQueue } from './memory-queue.ts';

export interface Reply {
  readonly status: number;
  readonly text: string;
}

export interface WebhookReceiver extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly queue: MemoryQueue;
  /** `registry/HOST accepted`, in order. */
  readonly counts: string[];
  /** Everything that was logged, as it was written. */
  log(): string;
  /** As it stands now, and from then on. */
  time: Date;
  post(path: string, body: string | Uint8Array, headers: Readonly<Record<string, string>>): Promise<Reply>;
}

interface ReceiverOptions {
  readonly patience?: number;
  readonly add?: Queue['add'];
}

/** Webhooks on the real server, with a queue in memory. */
export async function startReceiver(settings: Partial<WebhookSettings>, options: ReceiverOptions = {}): Promise<WebhookReceiver> {
  const queue = new MemoryQueue();
  const [counts, lines]: [string[], string[]] = [[], []];
  const log = pino({ level: 'trace' }, { write: (line) => lines.push(line) });
  const clock = { time: new Date('2026-11-21T12:00:00Z') };
  const all = { environments: [], sources: [], gitlab: [], github: [], registries: [], ...settings };
  const webhooks = await createWebhooks(all, {
    queue: { add: options.add ?? ((jobs, delivery) => queue.add(jobs, delivery)) },
    counts: { count: (sender, outcome) => counts.push(`${sender} ${outcome}`) },
    log,
    now: () => clock.time,
    ...(options.patience !== undefined && { patience: options.patience }),
  });
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    site: async () => ({ status: 404, type: 'text/plain', body: 'no page' }),
    entrance: machine(),
    routes: [{ path: '/webhooks/', answer: webhooks }],
    onError: (error) => lines.push(`unexpected: ${String(error)}`),
  });
  return Object.assign(clock, {
    url: server.url,
    port: Number(new URL(server.url).port),
    queue,
    counts,
    log: () => lines.join(''),
    post: async (path: string, body: string | Uint8Array, headers: Readonly<Record<string, string>>): Promise<Reply> => {
      const sent = typeof body === 'string' ? body : Buffer.from(body);
      const reply = await fetch(`${server.url}${path}`, {
        method: 'POST',
        body: sent,
        headers: { 'content-type': 'application/json', ...headers },
      });
      return { status: reply.status, text: await reply.text() };
    },
    [Symbol.asyncDispose]: () => server.close(),
  });
}
