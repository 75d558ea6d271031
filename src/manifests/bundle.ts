import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { pipeline as piped } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type Extract, extract, type Header } from 'tar-stream';
import { explain, OutsideError } from '../domain/errors.ts';
import { type ManifestObject, objectsIn, type SourceNote, sourceNoteIn } from './objects.ts';
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

/** What a bundle holds, read without writing anything to disk. */
export interface Bundle {
  readonly objects: readonly ManifestObject[];
  /** Whole sentences: what was refused or could not be read, by name; at most 20. */
  readonly problems: readonly string[];
  /** False when reading stopped early: what is missing here may be in the bundle. */
  readonly complete: boolean;
  /** Of the whole download, 64 hex digits; absent when it was not read to its end. */
  readonly sha256?: string;
  /** Where the bundle says it comes from. */
  readonly source?: SourceNote;
}

const maxProblems = 20;

/** Reading stops here; the message is for people. */
class Refusal extends Error {}

/** What has been read so far. */
class Contents {
  readonly objects: ManifestObject[] = [];
  readonly problems: string[] = [];
  #source: SourceNote | undefined;

  add(file: string, text: string): void {
    const own = sourceNoteIn(file, text);
    if (own !== undefined) this.#source = own;
    const { objects, problems, notes } = objectsIn(file, text);
    for (const object of objects) this.objects.push(object);
    for (const problem of problems) if (this.problems.length < maxProblems) this.problems.push(problem);
    this.#source ??= notes[0];
  }

  bundle(sha256: string | undefined): Bundle {
    return {
      objects: this.objects,
      problems: this.problems.slice(0, maxProblems),
      complete: sha256 !== undefined,
      ...(sha256 === undefined ? {} : { sha256 }),
      ...(this.#source === undefined ? {} : { source: this.#source }),
    };
  }
}

/**
 * Reads a tar, gzipped or not. Links, devices, absolute paths, `..` and what is beyond the limits are refused by name; the objects of the
 * rest are given. Throws OutsideError only where the stream itself does.
 */
export async function readBundle(download: Readable, limits: BundleLimits = bundleLimits): Promise<Bundle> {
  const hash = createHash('sha256');
  const contents = new Contents();
  const unpack = extract();
  const reading = piped(Readable.from(hashed(download, hash), { objectMode: false }), unzipped, bounded(limits), unpack);
  const [entries, pipe] = await Promise.allSettled([readEntries(unpack, limits, contents), reading]);
  const failures = [entries, pipe].flatMap((each): unknown[] => (each.status === 'rejected' ? [each.reason] : []));
  const [failure] = failures;
  if (failure === undefined) return contents.bundle(hash.digest('hex'));
  const outside = failures.find((each) => each instanceof OutsideError);
  if (outside !== undefined) throw outside;
  const refusal = failures.find((each) => each instanceof Refusal);
  contents.problems.unshift(refusal?.message ?? `The bundle is no tar that can be read to its end: ${explain(failure)}.`);
  return contents.bundle(undefined);
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

async function readEntries(entries: Extract, limits: BundleLimits, contents: Contents): Promise<void> {
  let [count, values] = [0, 0];
  for await (const entry of entries) {
    count += 1;
    if (count > limits.entries) throw new Refusal(`The bundle has more than ${limits.entries} entries; the rest was not read.`);
    const refused = refusal(entry.header, limits);
    if (refused !== undefined) contents.problems.push(refused);
    if (refused !== undefined || entry.header.type !== 'file' || !/\.(?:ya?ml|json)$/i.test(entry.header.name)) {
      entry.resume();
      continue;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    values += valuesIn(text);
    if (values > limits.values)
      throw new Refusal(`The bundle's files have more than ${limits.values} lines and commas; the rest was not read.`);
    contents.add(entry.header.name.replace(/^(?:\.\/)+/, ''), text);
  }
}

function refusal({ name, type, size }: Header, { entryBytes }: BundleLimits): string | undefined {
  const shown = `The bundle's entry \`${name.slice(0, 200)}\` was refused:`;
  if (type !== 'file' && type !== 'directory') return `${shown} it is a ${type}, and only files are read.`;
  if (/^(?:[/\\]|[a-z]:)/i.test(name)) return `${shown} its path is absolute.`;
  if (name.split(/[/\\]/).includes('..')) return `${shown} its path leaves the bundle.`;
  return size > entryBytes ? `${shown} it is larger than ${entryBytes} bytes.` : undefined;
}
