import { createHttpClient, type HttpClient, type HttpClientOptions } from '../../src/adapters/http/client.ts';
import { OutsideError } from '../../src/domain/errors.ts';
import { type Handler, json, type ScriptedServer, startServer } from './http-server.ts';

export interface HttpBox {
  /** The newest client. */
  client: HttpClient;
  /** Milliseconds that the newest client wanted to wait. */
  waits: number[];
  readonly connect: (options?: HttpClientOptions) => HttpClient;
  readonly serve: (handler: Handler) => Promise<ScriptedServer>;
}

/** Servers and clients that live as long as one test. To be called once per file. */
export function httpBox(): HttpBox {
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
  });
  const box: HttpBox = {
    client: createHttpClient(),
    waits: [],
    connect: (options = {}) => {
      const waits: number[] = [];
      const wait = (ms: number): Promise<void> => {
        waits.push(ms);
        return Promise.resolve();
      };
      box.waits = waits;
      box.client = createHttpClient({ wait, ...options });
      opened.push(box.client);
      return box.client;
    },
    serve: async (handler) => {
      const server = await startServer(handler);
      opened.push(server);
      return server;
    },
  };
  return box;
}

/** Answers the nth request with the nth handler, the last one for ever. */
export function inTurn(...handlers: readonly Handler[]): Handler {
  let turn = 0;
  return (request, response) => {
    const handler = handlers[Math.min(turn, handlers.length - 1)];
    turn += 1;
    return handler?.(request, response);
  };
}

export const status =
  (code: number, headers: Record<string, string> = {}): Handler =>
  (_request, response) => {
    response.writeHead(code, headers).end('x');
  };

export const fine: Handler = (_request, response) => json(response, { fine: true });

/** The OutsideError that it ends with. */
export async function failure(promise: Promise<unknown>): Promise<OutsideError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(OutsideError);
  return error as OutsideError;
}
