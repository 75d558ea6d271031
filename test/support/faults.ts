import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';

/** A request as a stand-in received it. */
export interface LoggedRequest {
  readonly method: string;
  /** Decoded, without the prefix of the API: `/projects/platform/environments/staging/repository/branches`. */
  readonly path: string;
  readonly query: string;
  status: number;
}

export interface Failure {
  /** Default 500. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: an HTML page. */
  readonly body?: string;
  /** Break the connection instead of answering. */
  readonly reset?: boolean;
  /** The reply ends in its middle: short of the length that it promised, or without its last chunk. */
  readonly cut?: 'length' | 'chunks';
  /** The reply begins and has no end: nothing more comes, or always more. */
  readonly endless?: 'silence' | 'bytes';
  /** Do what was asked all the same, and only then answer so. */
  readonly after?: boolean;
  /** How many requests; default 1. */
  readonly times?: number;
}

/** What goes wrong, and for which requests: of one server, or of several that are told from one list. */
export class Faults {
  readonly #planned: { readonly matches: (request: LoggedRequest) => boolean; readonly how: Failure; left: number }[] = [];

  /** Every request, in order. */
  readonly seen: LoggedRequest[] = [];

  /** `matches` is asked once for every request until it has matched often enough. */
  plan(matches: (request: LoggedRequest) => boolean, how: Failure): void {
    this.#planned.push({ matches, how, left: how.times ?? 1 });
  }

  /** Nothing fails any more. */
  recover(): void {
    this.#planned.length = 0;
  }

  /** What this request gets instead of its answer. */
  take(request: LoggedRequest): Failure | undefined {
    this.seen.push(request);
    const found = this.#planned.find((one) => one.left > 0 && one.matches(request));
    if (found !== undefined) found.left -= 1;
    return found?.how;
  }
}

interface Reply {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** Lets `answer` write the response, or spoils it: before anything was done, or what was written. */
export async function disturbed(how: Failure | undefined, response: ServerResponse, answer: () => unknown): Promise<void> {
  if (how === undefined) {
    await answer();
  } else if (how.after === true) {
    const written = held(response);
    void answer();
    spoil(response, how, await written);
  } else {
    const headers = { 'content-type': 'application/json' };
    spoil(response, how, { status: 200, headers, body: Buffer.from('{"message": "half of this is no reply"}') });
  }
}

/** Catches what is written instead of sending it. */
function held(response: ServerResponse): Promise<Reply> {
  const parts: Buffer[] = [];
  let head: Pick<Reply, 'status' | 'headers'> = { status: 200, headers: {} };
  const { promise, resolve } = Promise.withResolvers<Reply>();
  const keep = (part: unknown): void => void (part !== undefined && parts.push(Buffer.from(part as Buffer)));
  const catching = {
    writeHead: (status: number, headers: OutgoingHttpHeaders = {}) => {
      head = { status, headers };
      return response;
    },
    write: (part: unknown) => {
      keep(part);
      return true;
    },
    end: (part?: unknown) => {
      keep(part);
      for (const name of Object.keys(catching)) Reflect.deleteProperty(response, name);
      resolve({ ...head, body: Buffer.concat(parts) });
      return response;
    },
  };
  Object.assign(response, catching);
  return promise;
}

function spoil(response: ServerResponse, how: Failure, reply: Reply): void {
  if (how.cut !== undefined) cut(response, how.cut, reply);
  else if (how.endless !== undefined) neverEnd(response, how.endless, reply);
  else if (how.reset === true) response.destroy();
  else refuse(response, how);
}

function refuse(response: ServerResponse, how: Failure): void {
  const html = '<!DOCTYPE html><html><head><title>502</title></head><body>Whoops, this is taking too much time.</body></html>';
  response
    .writeHead(how.status ?? 500, { 'content-type': how.body === undefined ? 'text/html' : 'application/json', ...how.headers })
    .end(how.body ?? html);
}

const firstHalf = (body: Buffer): Buffer => body.subarray(0, Math.ceil(body.length / 2));

/** A reply without a body has no middle. */
const hasMiddle = ({ req }: ServerResponse, { body }: Reply): boolean => req.method !== 'HEAD' && body.length > 1;

function cut(response: ServerResponse, how: 'length' | 'chunks', reply: Reply): void {
  const { status, headers, body } = reply;
  if (!hasMiddle(response, reply)) {
    response.destroy();
    return;
  }
  response.writeHead(status, how === 'length' ? { ...headers, 'content-length': body.length } : unmeasured(headers));
  response.write(firstHalf(body), () => response.destroy());
}

/** Not even its beginning comes where that would be all of it. */
function neverEnd(response: ServerResponse, how: 'silence' | 'bytes', reply: Reply): void {
  const { headers, body } = reply;
  if (!hasMiddle(response, reply)) return;
  response.writeHead(200, unmeasured(headers));
  response.flushHeaders();
  response.write(firstHalf(body));
  if (how === 'silence') return;
  pipeline(Readable.from(forever(), { objectMode: false }), response, () => {}); // until nobody listens any more
}

function* forever(): Generator<Buffer> {
  const spaces = Buffer.alloc(1 << 16, ' ');
  while (true) yield spaces;
}

const unmeasured = (headers: OutgoingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'content-length'));
