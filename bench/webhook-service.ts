import { generateKeyPairSync } from 'node:crypto';
import { pino } from 'pino';
import { startServer } from '../src/http/server.ts';
import { createWebhooks } from '../src/http/webhooks/webhooks.ts';
import { MemoryQueue } from '../test/support/memory-queue.ts';
import { secret } from './webhooks.ts';

/** What the service has to say when it is asked. */
export interface Received {
  readonly deliveries: number;
  /** Bytes. */
  readonly memory: number;
  /** Seconds, since the last time it was asked. */
  readonly cpu: number;
}

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const queue = new MemoryQueue();
const webhooks = await createWebhooks(
  {
    environments: [{ discover: { forge: 'gitlab', path: 'platform' } }, { discover: { forge: 'github', path: 'acme' } }],
    sources: [],
    gitlab: [{ name: 'gitlab', secrets: [secret] }],
    github: [
      {
        name: 'github',
        url: 'https://github.com',
        api: 'https://api.github.com',
        credentials: { appId: 1, privateKey },
        secrets: [secret],
      },
    ],
    registries: [{ host: 'registry.example.com', secrets: [secret] }],
  },
  { queue, counts: { count: () => undefined }, log: pino({ level: 'info' }, pino.destination('/dev/null')), now: () => new Date() },
);
const server = await startServer({
  host: '127.0.0.1',
  port: 0,
  site: () => Promise.resolve({ status: 404, type: 'text/plain', body: '' }),
  routes: [{ path: '/webhooks/', answer: webhooks }],
  onError: (error) => {
    throw error;
  },
});
let before = process.cpuUsage();
process.on('message', () => {
  const { user, system } = process.cpuUsage(before);
  before = process.cpuUsage();
  process.send?.({ deliveries: queue.deliveries.length, memory: process.memoryUsage().rss, cpu: (user + system) / 1e6 } satisfies Received);
});
process.on('disconnect', () => void server.close());
process.send?.(server.url);
