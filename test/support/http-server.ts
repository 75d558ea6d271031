import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface ScriptedServer extends AsyncDisposable {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** With the scheme, without a trailing slash. */
  readonly url: string;
  /** `GET /path?query` of every request, in order. */
  readonly seen: string[];
  close(): Promise<void>;
}

/** A server on loopback that answers as told. */
export async function startServer(handler: Handler, tls?: { readonly key: string; readonly cert: string }): Promise<ScriptedServer> {
  const seen: string[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    seen.push(`${request.method} ${request.url}`);
    void handler(request, response);
  };
  const server: Server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((ready) => {
    server.listen(0, '127.0.0.1', ready);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (): Promise<void> =>
    new Promise((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  return { host, url: `${tls === undefined ? 'http' : 'https'}://${host}`, seen, close, [Symbol.asyncDispose]: close };
}

/** Answers with JSON. */
export function json(response: ServerResponse, body: unknown, headers: Record<string, string> = {}, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Answers by `GET /path?query`, else 404. */
export function routes(table: Readonly<Record<string, Handler>>): Handler {
  return (request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    const handler = table[`${request.method} ${request.url}`] ?? table[`${request.method} ${path}`];
    if (handler !== undefined) return handler(request, response);
    json(response, { errors: [{ code: 'NOT_FOUND' }] }, {}, 404);
    return undefined;
  };
}
