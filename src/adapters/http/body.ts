import { Readable } from 'node:stream';
import { OutsideError } from '../../domain/errors.ts';
import { type Hop, type Opened, shown } from './exchange.ts';
import { fault } from './retry.ts';

/** The whole body, at most `maxBytes`. A longer one is not read to the end: OutsideError. */
export async function readBody(hop: Hop, { headers, body }: Opened, maxBytes: number): Promise<Buffer> {
  const declared = hop.method === 'HEAD' ? 0 : Number(headers['content-length'] ?? 0);
  const parts: Buffer[] = [];
  let size = 0;
  try {
    if (declared > maxBytes) throw tooLong(hop, maxBytes);
    for await (const part of body as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > maxBytes) throw tooLong(hop, maxBytes);
      parts.push(part);
    }
  } finally {
    body.destroy();
  }
  return Buffer.concat(parts);
}

/** The body as a stream that ends with an OutsideError where it breaks off or grows beyond `maxBytes`. */
export function boundBody(hop: Hop, { body }: Opened, maxBytes: number): Readable {
  const bounded = Readable.from(pieces(hop, body, maxBytes), { objectMode: false });
  bounded.once('close', () => body.destroy()); // a stream nobody began to read would keep its place at the host
  return bounded;
}

async function* pieces(hop: Hop, body: Readable, maxBytes: number): AsyncGenerator<Buffer> {
  let size = 0;
  try {
    for await (const part of body as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > maxBytes) throw tooLong(hop, maxBytes);
      yield part;
    }
  } catch (cause) {
    if (cause instanceof OutsideError) throw cause;
    throw new OutsideError(new URL(hop.url).host, `${shown(hop)}: ${fault(cause).text}`, { cause });
  }
}

function tooLong(hop: Hop, maxBytes: number): OutsideError {
  return new OutsideError(new URL(hop.url).host, `${shown(hop)}: the reply is longer than ${maxBytes} bytes`);
}
