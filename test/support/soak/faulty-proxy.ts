import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from './dice.ts';

/** What happens to a request on its way; `after`: when it has had its effect, and nobody hears of it. */
const faults = ['429', '5xx', '5xx after', 'reset', 'reset after', 'slow'] as const;
export type FaultKind = (typeof faults)[number];

export interface FaultyProxy {
  readonly url: string;
  /** `127.0.0.1:port` */
  readonly host: string;
  /** How often. */
  readonly injected: Readonly<Record<FaultKind, number>>;
  /** To where it leads: `http://127.0.0.1:port`. */
  lead(target: string): void;
  /** Share of requests that a fault happens to. */
  disturb(share: number): void;
  close(): Promise<void>;
}

const slowest = 2500;

/** Leads to a server on loopback as a bad network and an overloaded server would. */
export async function startFaultyProxy(dice: Dice): Promise<FaultyProxy> {
  const injected = Object.fromEntries(faults.map((kind) => [kind, 0])) as Record<FaultKind, number>;
  let [target, share] = ['', 0];
  const server = createServer((incoming, response) => void pass(incoming, response).catch(() => response.destroy()));
  const pass = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await read(incoming);
    const kind = dice.happens(share) ? dice.oneOf(faults) : undefined;
    if (kind !== undefined) injected[kind] += 1;
    if (kind === 'slow') await sleep(dice.below(slowest));
    if (kind === 'reset') return void response.destroy();
    if (kind === '429') return void response.writeHead(429, { 'retry-after': String(1 + dice.below(2)) }).end('{"ok":false}');
    if (kind === '5xx')
      return void response.writeHead(dice.oneOf([500, 502, 503, 504]) ?? 500, { 'content-type': 'text/html' }).end('<h1>Whoops</h1>');
    const reply = await forward(target, incoming, body);
    if (kind === 'reset after') return void response.destroy();
    if (kind === '5xx after') return void response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>');
    response.writeHead(reply.status, reply.headers).end(reply.body);
  };
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}`,
    injected,
    lead(to) {
      target = to;
    },
    disturb(next) {
      share = next;
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function read(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function forward(target: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { 'transfer-encoding': _, ...sent } = headers;
    const outgoing = request(target + (url ?? '/'), { method, headers: { ...sent, 'content-length': body.length } }, (response) => {
      read(response).then((text) => {
        const { 'transfer-encoding': __, connection: ___, ...received } = response.headers;
        resolve({ status: response.statusCode ?? 500, headers: received, body: text });
      }, reject);
    });
    outgoing.on('error', reject).end(body);
  });
}
