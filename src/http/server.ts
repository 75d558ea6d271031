import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { UsageError } from '../domain/errors.ts';
import { type Message, plain, send } from './message.ts';
import { answerPage, type PagesOptions } from './pages.ts';

export interface ServerOptions extends PagesOptions {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** What is meant for programs, under any host name. */
  readonly routes?: readonly Route[];
  /** Told of what went wrong while answering; the reader is only told that something did. */
  readonly onError: (error: unknown, path: string) => void;
}

/** Answers every method and whatever the request says of itself. */
export interface Route {
  /** A path, or with `/` at the end all those below. */
  readonly path: string;
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

export interface HttpServer {
  /** `http://127.0.0.1:3000`, without a trailing slash. */
  readonly url: string;
  /** Answers what was asked for, and nothing more; ends streams. */
  close(): Promise<void>;
}

/** Milliseconds between two looks for requests that have taken too long. */
const checkEvery = 5000;

const limits = { maxHeaderSize: 8192, requestTimeout: 30_000, headersTimeout: 10_000, connectionsCheckingInterval: checkEvery };

/** Throws UsageError for an address that cannot be listened on. */
export async function startServer(options: ServerOptions): Promise<HttpServer> {
  const { host, port } = options;
  const streams = new Set<Readable>();
  const server = createServer(limits, (request, response) => {
    void answer(request, response, options, streams);
  });
  server.maxHeadersCount = 100;
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await listen(server, host, port);
  const { port: actual } = server.address() as AddressInfo;
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`, close: () => close(server, sockets, streams) };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE';
      const why = taken ? 'another program listens there; end it, or choose another port' : 'it cannot be listened on';
      reject(new UsageError(`server.port ${port} of ${host}: ${why}`, taken ? {} : { cause }));
    });
    server.listen(port, host, resolve);
  });
}

/** Milliseconds for answers under way. What a browser only opened in advance has asked for nothing, and would hold us up. */
const lastAnswers = 1000;

function close(server: Server, sockets: ReadonlySet<Socket>, streams: ReadonlySet<Readable>): Promise<void> {
  return new Promise((resolve) => {
    const enough = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, lastAnswers);
    server.close(() => {
      clearTimeout(enough);
      resolve();
    });
    for (const stream of streams) stream.destroy();
    server.closeIdleConnections();
  });
}

/** Programs are told as they are told of everything else. */
const failed = (path: string): Message =>
  path.startsWith('/api/')
    ? { status: 500, type: 'application/json', body: '{"error":"this could not be answered; the log says why"}\n' }
    : plain(500, 'This page could not be made; the log says why.');

async function answer(request: IncomingMessage, response: ServerResponse, options: ServerOptions, streams: Set<Readable>): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const route = options.routes?.find((one) => (one.path.endsWith('/') ? path.startsWith(one.path) : path === one.path));
  const { headers } = options.entrance;
  try {
    if (route !== undefined) return await route.answer(request, response);
    const message = await answerPage(request, path, options);
    const { body } = message;
    if (body instanceof Readable) streams.add(body.once('close', () => streams.delete(body)));
    await send(request, response, message, headers);
  } catch (error) {
    options.onError(error, path);
    if (response.headersSent) response.destroy();
    else await send(request, response, failed(path), headers);
  }
}
