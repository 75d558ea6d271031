import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { pipeline as piped } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type Extract, extract, type Header } from 'tar-stream';
import { explain, OutsideError } from '../domain/errors.ts';
import { valuesIn } from './text.ts';

export interface BundleLimits {
  readonly entries: number;
  /** Unpacked. */
  readonly entryBytes: number;
  /** Unpacked, whatever is in it. */
  readonly totalBytes: number;
  /** Lines and commas of all files that are read. */
  readonly values: number;
}

export const bundleLimits: BundleLimits = { entries: 2000, entryBytes: 4 * 1024 * 1024, totalBytes: 64 * 1024 * 1024, values: 200_000 };

export interface UnpackedBundle {
  /** Whole sentences: what was refused, by name. */
  readonly problems: readonly string[];
  /** Of the whole download, 64 hex digits; absent when it was not read to its end: what is missing here may be in the bundle. */
  readonly sha256?: string;
}

/** Reading stops here; the message is for people. */
class Refusal extends Error {}

/**
 * Reads a tar, gzipped or not, without writing anything to disk, and hands over its YAML and JSON files one by one. Links, devices, absolute
 * paths, `..` and what is beyond the limits are refused by name. Throws OutsideError only where the stream itself does.
 */
export async function unpackBundle(
  download: Readable,
  limits: BundleLimits,
  take: (path: string, bytes: Uint8Array) => void,
): Promise<UnpackedBundle> {
  const hash = createHash('sha256');
  const problems: string[] = [];
  const unpack = extract();
  const reading = piped(Readable.from(hashed(download, hash), { objectMode: false }), unzipped, bounded(limits), unpack);
  const [entries, pipe] = await Promise.allSettled([readEntries(unpack, limits, { take, refuse: (why) => problems.push(why) }), reading]);
  const failures = [entries, pipe].flatMap((each): unknown[] => (each.status === 'rejected' ? [each.reason] : []));
  const [failure] = failures;
  if (failure === undefined) return { problems, sha256: hash.digest('hex') };
  const outside = failures.find((each) => each instanceof OutsideError);
  if (outside !== undefined) throw outside;
  const refusal = failures.find((each) => each instanceof Refusal);
  return { problems: [refusal?.message ?? `The bundle is no tar that can be read to its end: ${explain(failure)}.`, ...problems] };
}

async function* hashed(source: AsyncIterable<Buffer>, hash: ReturnType<typeof createHash>): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    hash.update(chunk);
    yield chunk;
  }
}

/** Gunzips what begins with gzip's magic number. https://www.rfc-editor.org/rfc/rfc1952#page-6 */
async function* unzipped(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const rest = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < 2) {
    const next = await rest.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  const whole = joined(head, rest);
  if (head[0] !== 0x1f || head[1] !== 0x8b) yield* whole;
  // An error on the way destroys the last stream with it, and so reaches whoever reads that one.
  else yield* pipeline(Readable.from(whole, { objectMode: false }), createGunzip(), () => undefined);
}

async function* joined(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

const bounded = ({ totalBytes }: BundleLimits) =>
  async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let total = 0;
    for await (const chunk of source) {
      total += chunk.length;
      if (total > totalBytes) throw new Refusal(`The bundle unpacks to more than ${totalBytes} bytes; the rest was not read.`);
      yield chunk;
    }
  };

interface Reading {
  readonly take: (path: string, bytes: Uint8Array) => void;
  readonly refuse: (why: string) => void;
}

async function readEntries(entries: Extract, limits: BundleLimits, { take, refuse }: Reading): Promise<void> {
  let [count, values] = [0, 0];
  for await (const entry of entries) {
    count += 1;
    if (count > limits.entries) throw new Refusal(`The bundle has more than ${limits.entries} entries; the rest was not read.`);
    const refused = refusal(entry.header, limits);
    if (refused !== undefined) refuse(refused);
    if (refused !== undefined || entry.header.type !== 'file' || !isRead(entry.header.name)) {
      entry.resume();
      continue;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    values += valuesIn(bytes.toString('latin1'));
    if (values > limits.values)
      throw new Refusal(`The bundle's files have more than ${limits.values} lines and commas; the rest was not read.`);
    take(entry.header.name.replace(/^(?:\.\/)+/, ''), bytes);
  }
}

/** Beside each file macOS packs one that begins with `._`, which holds what only macOS knows of it. */
const isRead = (name: string): boolean => /\.(?:ya?ml|json)$/i.test(name) && !/(?:^|\/)\._[^/]*$/.test(name);

function refusal({ name, type, size }: Header, { entryBytes }: BundleLimits): string | undefined {
  const shown = `The bundle's entry \`${name.slice(0, 200)}\` was refused:`;
  if (type !== 'file' && type !== 'directory') return `${shown} it is a ${type}, and only files are read.`;
  if (/^(?:[/\\]|[a-z]:)/i.test(name)) return `${shown} its path is absolute.`;
  if (name.split(/[/\\]/).includes('..')) return `${shown} its path leaves the bundle.`;
  return size > entryBytes ? `${shown} it is larger than ${entryBytes} bytes.` : undefined;
}
