import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { OutsideError } from '../domain/errors.ts';

export interface ArchiveLimits {
  /** Bytes of one file that is kept. */
  readonly file: number;
  /** Bytes of all files that are kept. */
  readonly kept: number;
  /** Bytes of the archive, inflated. */
  readonly total: number;
  readonly entries: number;
}

export const defaultLimits: ArchiveLimits = { file: 4 * 1024 * 1024, kept: 64 * 1024 * 1024, total: 2 * 1024 ** 3, entries: 500_000 };

/** A tar ends in two blocks of zeros; one that does not was cut short. */
const endOfTar = 1024;

/** The tar in an archive, gzipped or not, as it arrives. Throws OutsideError when it is larger than the limit or cut short. */
export async function* archiveChunks(archive: Readable, scope: string, limits: ArchiveLimits): AsyncGenerator<Uint8Array> {
  let [total, zeros] = [0, 0];
  for await (const chunk of await inflated(archive)) {
    total += chunk.length;
    if (total > limits.total) {
      throw new OutsideError(
        scope,
        `reading the archive of the repository: it holds more than ${limits.total} bytes; keep large files elsewhere`,
      );
    }
    const last = chunk.findLastIndex((byte) => byte !== 0);
    zeros = last < 0 ? zeros + chunk.length : chunk.length - 1 - last;
    yield chunk;
  }
  if (zeros < endOfTar) throw new OutsideError(scope, 'reading the archive of the repository: it was cut short; the next run asks again');
}

async function inflated(archive: Readable): Promise<AsyncIterable<Uint8Array>> {
  const source: AsyncIterator<Uint8Array> = archive[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  for (let size = 0; size < 2; ) {
    const next = await source.next();
    if (next.done === true) break;
    head.push(next.value);
    size += next.value.length;
  }
  const start = Buffer.concat(head);
  const whole = Readable.from(joined(start, source), { objectMode: false });
  return start[0] === 0x1f && start[1] === 0x8b ? pipeline(whole, createGunzip(), () => undefined) : whole;
}

async function* joined(start: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (start.length > 0) yield start;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}
