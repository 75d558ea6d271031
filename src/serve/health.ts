import type { ServerResponse } from 'node:http';
import type { Route } from '../http/server.ts';

/** What the platform asks: is the process alive (`/healthz`), may it be sent work (`/readyz`), how is it (`/metrics`). */
export function healthRoutes(
  ready: () => Promise<string | undefined>,
  metrics: { readonly contentType: string; text(): Promise<string> },
): readonly Route[] {
  return [
    { path: '/healthz', answer: async (_, response) => send(response, 200, 'text/plain; charset=utf-8', 'ok\n') },
    {
      path: '/readyz',
      answer: async (_, response) => {
        const problem = await ready();
        send(
          response,
          problem === undefined ? 200 : 503,
          'application/json',
          `${JSON.stringify({ ready: problem === undefined, ...(problem !== undefined && { problem }) })}\n`,
        );
      },
    },
    { path: '/metrics', answer: async (_, response) => send(response, 200, metrics.contentType, await metrics.text()) },
  ];
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  const length = Buffer.byteLength(body);
  response.writeHead(status, {
    'content-type': type,
    'content-length': length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
