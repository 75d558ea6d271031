import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UsageError } from '../domain/errors.ts';

export interface Reply {
  readonly status: number;
  /** Names in lower case. An `etag` here is compared with what the client already has. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface LoopbackOptions {
  /** 0, the default, takes any free one. */
  readonly port?: number;
  /** Milliseconds before each answer, as a far registry would need. */
  readonly delay?: number;
}

/** An HTTP server that only this machine can reach. */
export interface Loopback {
  readonly port: number;
  /** `http://127.0.0.1:PORT`, without a trailing slash. */
  readonly url: string;
  /** `GET /path` (without the query) → how often it was asked for. */
  readonly requests: Map<string, number>;
  close(): Promise<void>;
}

/** Throws UsageError when the port is taken. */
export async function serveLoopback(answer: (url: URL, base: string) => Reply, options: LoopbackOptions = {}): Promise<Loopback> {
  const requests = new Map<string, number>();
  let base = 'http://127.0.0.1';
  const server = createServer((request, response) => {
    const key = `${request.method} ${request.url?.split('?')[0]}`;
    requests.set(key, (requests.get(key) ?? 0) + 1);
    const reply = readOnly(request) ? replyTo(request.url ?? '/') : { status: 405, headers: { allow: 'GET, HEAD' } };
    if (options.delay === undefined || options.delay === 0) send(request, response, reply);
    else setTimeout(() => send(request, response, reply), options.delay);
  });
  const replyTo = (path: string): Reply => {
    try {
      return answer(new URL(base + path), base);
    } catch {
      return { status: 400 };
    }
  };
  const port = await listen(server, options.port ?? 0);
  base = `http://127.0.0.1:${port}`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { port, url: base, requests, close };
}

const readOnly = (request: IncomingMessage): boolean => request.method === 'GET' || request.method === 'HEAD';

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(cause.code === 'EADDRINUSE' ? new UsageError(`port ${port} of 127.0.0.1 is taken by another program`, { cause }) : cause),
    );
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function send(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  const { etag } = reply.headers ?? {};
  const known = (request.headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (etag !== undefined && known.includes(etag)) {
    response.writeHead(304, { etag }).end();
    return;
  }
  const body = Buffer.from(reply.body ?? '');
  response.writeHead(reply.status, { ...reply.headers, 'content-length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}
