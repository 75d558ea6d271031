import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** What is sent back. */
export interface Message {
  readonly status: number;
  readonly type: string;
  /** A stream is sent as it comes, uncompressed, until the reader or the server goes. */
  readonly body: string | Readable;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** The same for everybody: a browser may keep it, and asks whether it is still the same. */
  readonly isCommon?: boolean;
}

/** Nothing but our own stylesheet, script and pictures is loaded, nothing frames us, and forms and scripts speak to us alone. */
const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

export const plain = (status: number, text: string): Message => ({ status, type: 'text/plain; charset=utf-8', body: `${text}\n` });

/** To a page of ours, by its path, or somewhere else, by its URL. */
export const onTo = (location: string, headers: Message['headers'] = {}): Message => ({
  ...plain(303, ''),
  headers: { ...headers, location },
});

/** `always` goes with every answer. */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  message: Message,
  always: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { status, type, body, headers, isCommon = false } = message;
  const kept = { ...securityHeaders, ...always, 'cache-control': isCommon ? 'no-cache' : 'no-store' };
  if (body instanceof Readable) {
    response.writeHead(status, { ...kept, 'content-type': type, 'x-accel-buffering': 'no', ...lists(headers) });
    return stream(request, response, body);
  }
  const etag = isCommon && status === 200 ? { etag: etagOf(body) } : {};
  if ('etag' in etag && isKnown(request, etag.etag)) {
    response.writeHead(304, { ...kept, ...etag }).end();
    return;
  }
  const { content, encoding } = await compressed(request, type, body);
  response.writeHead(status, {
    ...kept,
    ...etag,
    'content-type': type,
    'content-length': content.length,
    vary: 'accept-encoding',
    ...(encoding !== undefined && { 'content-encoding': encoding }),
    ...lists(headers),
  });
  response.end(request.method === 'HEAD' ? undefined : content);
}

const lists = (headers: Message['headers'] = {}): Record<string, string | string[]> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]));

async function stream(request: IncomingMessage, response: ServerResponse, body: Readable): Promise<void> {
  if (request.method === 'HEAD') {
    body.destroy();
    response.end();
    return;
  }
  response.flushHeaders();
  try {
    await pipeline(body, response);
  } catch (error) {
    const isEarly = Error.isError(error) && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
    if (!isEarly) throw error; // else the reader has gone, or the server goes
  }
}

/** Weak, as the bytes depend on the encoding. https://www.rfc-editor.org/rfc/rfc9110#section-8.8.1 */
const etagOf = (body: string): string => `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;

const isKnown = ({ headers }: IncomingMessage, etag: string): boolean =>
  (headers['if-none-match'] ?? '').split(',').some((one) => one.trim() === etag);

/** Bytes: below, the headers weigh more. */
const worthIt = 1024;

/** Of brotli: pages are made for each reader, and three times as fast as at its best they are hardly larger. */
const quality = 4;

const [brotli, zip] = [promisify(brotliCompress), promisify(gzip)];

async function compressed(request: IncomingMessage, type: string, body: string): Promise<{ content: Buffer; encoding?: string }> {
  const content = Buffer.from(body);
  const encoding = content.length > worthIt && /^text\/|json|svg/.test(type) ? encodingFor(request) : undefined;
  if (encoding === 'br') return { content: await brotli(content, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }), encoding };
  if (encoding === 'gzip') return { content: await zip(content), encoding };
  return { content };
}

/** The first of ours that the reader takes. https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3 */
function encodingFor({ headers }: IncomingMessage): 'br' | 'gzip' | undefined {
  const accepted = String(headers['accept-encoding'] ?? '')
    .split(',')
    .map((one) =>
      one
        .toLowerCase()
        .split(';')
        .map((part) => part.trim()),
    )
    .filter(([, weight = 'q=1']) => !/^q=0(?:\.0*)?$/.test(weight))
    .map(([name]) => name);
  return (['br', 'gzip'] as const).find((encoding) => accepted.includes(encoding));
}
