import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UsageError } from '../domain/errors.ts';
import type { Answer, Site, Viewer } from '../domain/site.ts';
import { readForm } from './form.ts';

export interface ServerOptions {
  /** Where others can reach it (not `127.0.0.1`, `::1` or `localhost`) the site is not shown, as there is no login yet, but for what is `open`. */
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** A proxy hands on to us what others ask for: the site is not shown either, as theirs and this machine's requests look the same. */
  readonly isPublished?: boolean;
  readonly site: Site;
  /** Who asks. */
  readonly viewer: (request: IncomingMessage) => Promise<Viewer>;
  /** Whether a page tells nobody anything, so that everybody may read it: pages that are no part of the site need some of them, too. */
  readonly open?: (path: string) => boolean;
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
  /** Answers what was asked for, and nothing more. */
  close(): Promise<void>;
}

/** Nothing but our stylesheet, icon and script is loaded, nothing else runs, nothing frames us, and forms go to us alone. */
const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-cache',
};

/** Milliseconds between two looks for requests that have taken too long. */
const checkEvery = 5000;

const limits = { maxHeaderSize: 8192, requestTimeout: 30_000, headersTimeout: 10_000, connectionsCheckingInterval: checkEvery };

/** Throws UsageError for an address that cannot be listened on. */
export async function startServer(options: ServerOptions): Promise<HttpServer> {
  const { host, port } = options;
  const server = createServer(limits, (request, response) => {
    void answer(request, response, options);
  });
  server.maxHeadersCount = 100;
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await listen(server, host, port);
  const { port: actual } = server.address() as AddressInfo;
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`, close: () => close(server, sockets) };
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

function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    const enough = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, lastAnswers);
    server.close(() => {
      clearTimeout(enough);
      resolve();
    });
    server.closeIdleConnections();
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, options: ServerOptions): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const route = options.routes?.find((one) => (one.path.endsWith('/') ? path.startsWith(one.path) : path === one.path));
  try {
    await (route === undefined ? answerWithPage(request, response, path, options) : route.answer(request, response));
  } catch (error) {
    options.onError(error, path);
    if (response.headersSent) response.destroy();
    else await send(request, response, plain(500, 'This page could not be made; the log says why.'));
  }
}

async function answerWithPage(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  { host, isPublished = false, site, open = () => false, viewer }: ServerOptions,
): Promise<void> {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (isRead) request.resume(); // nothing that is sent along is read
  const query = new URLSearchParams((request.url ?? '').split('?')[1] ?? '');
  const read = async (): Promise<Message> =>
    shown(await site({ method: 'GET', path, query, form: new URLSearchParams(), viewer: await viewer(request) }));
  if (isRead && open(path)) {
    await send(request, response, await read());
  } else if (!isLoopback(host) || isPublished || isHandedOn(request)) {
    await send(
      request,
      response,
      plain(403, 'The pages have no login yet: they are shown on the machine itself alone (server.host: 127.0.0.1, no public server.url).'),
    );
  } else if (!isOwnName(request.headers.host)) {
    await send(request, response, plain(421, 'This server answers only to the name of this machine: localhost or 127.0.0.1.'));
  } else if (isRead) {
    await send(request, response, await read());
  } else {
    await send(request, response, await acted(request, { path, query, site, viewer }));
  }
}

interface Press extends Pick<ServerOptions, 'site' | 'viewer'> {
  readonly path: string;
  readonly query: URLSearchParams;
}

async function acted(request: IncomingMessage, { path, query, site, viewer: viewerOf }: Press): Promise<Message> {
  if (request.method !== 'POST') {
    request.resume();
    return { ...plain(405, 'These pages are only read: use GET.'), headers: { allow: 'GET, HEAD' } };
  }
  const form = isFromOurPage(request) ? await readForm(request) : undefined;
  const viewer = await viewerOf(request);
  if (form === undefined || !isSame(form.get('token') ?? '', viewer.token)) {
    request.resume();
    return plain(403, 'Only a button on one of these pages does that.');
  }
  const answer = shown(await site({ method: 'POST', path, query, form, viewer }));
  return answer.status === 405 ? { ...answer, headers: { allow: 'GET, HEAD' } } : answer;
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const shown = ({ location, ...answer }: Answer): Message => (location === undefined ? answer : { ...answer, headers: { location } });

/**
 * Browsers say where a request comes from and no page can make them say otherwise; who does not say it is no browser, and has a command line.
 * https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
function isFromOurPage({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  const isOurOrigin = headers.origin === `http://${headers.host}`;
  return site === undefined ? isOurOrigin : site === 'same-origin' && (headers.origin === undefined || isOurOrigin);
}

/** By a proxy that says so. */
export const isHandedOn = ({ headers }: IncomingMessage): boolean =>
  ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some((header) => headers[header] !== undefined);

/** A page of somebody else's whose name is made to point here must not read ours (DNS rebinding). */
export function isOwnName(host: string | undefined): boolean {
  const name = (host ?? '').replace(/:\d+$/, '');
  return ['localhost', '127.0.0.1', '[::1]'].includes(name.toLowerCase());
}

const isLoopback = (host: string): boolean => ['127.0.0.1', '::1', 'localhost'].includes(host);

const plain = (status: number, text: string) => ({ status, type: 'text/plain; charset=utf-8', body: `${text}\n` });

interface Message {
  readonly status: number;
  readonly type: string;
  readonly body: string | Readable;
  readonly headers?: Readonly<Record<string, string>>;
}

async function send(request: IncomingMessage, response: ServerResponse, { status, type, body, headers }: Message): Promise<void> {
  if (body instanceof Readable) {
    response.writeHead(status, { ...securityHeaders, 'content-type': type, ...headers });
    if (request.method !== 'HEAD') return pipeline(body, response).catch(unlessLeft);
    body.destroy();
    response.end();
    return;
  }
  const length = Buffer.byteLength(body);
  response.writeHead(status, { ...securityHeaders, 'content-type': type, 'content-length': length, ...headers });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** A reader who goes away in the middle is nobody's mistake. */
function unlessLeft(error: unknown): void {
  if (!(Error.isError(error) && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE')) throw error;
}
