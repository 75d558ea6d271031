import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import type { HttpClient } from '../../http/client.ts';
import { chooseArchive, type EnvtestArchive } from './envtest-index.ts';
import type { Obtaining, Step } from './obtaining.ts';

/** Bytes; the archives of 2026 have about 70 MB, and unpacked 250 MB. */
const limits = { index: 4 * 1024 * 1024, packed: 512 * 1024 * 1024, unpacked: 2 * 1024 ** 3, entries: 1000 };

/** Milliseconds of the whole download. */
const patience = 30 * 60_000;

const programs = ['etcd', 'kube-apiserver'];

/**
 * Downloads the official archive, checks it, and puts etcd and kube-apiserver into the folder; gives their version of Kubernetes. Throws an Error
 * that says why it cannot be had or is not to be trusted.
 */
export async function downloadArchive(
  wanted: string,
  folder: string,
  { http, indexUrl, platform, watch, signal }: Obtaining,
): Promise<string> {
  const text = await read(http, indexUrl);
  const archive = within(indexUrl, () => chooseArchive({ url: indexUrl, text }, wanted, platform));
  const file = join(folder, 'envtest.tar.gz');
  await download(http, archive, file, (megabytes) => watch(`downloading ${archive.url} (megabytes)`, megabytes), signal);
  await unpack(file, folder, archive.url, signal);
  await rm(file);
  return archive.version;
}

async function read(http: Pick<HttpClient, 'request'>, url: string): Promise<string> {
  const { status, body } = await http.request({ url, maxBytes: limits.index });
  if (status !== 200) throw new Error(`GET ${url} was answered ${status}`);
  return body.toString();
}

async function download(
  http: Pick<HttpClient, 'stream'>,
  { url, sha512 }: EnvtestArchive,
  file: string,
  begin: (megabytes: number) => Step,
  signal: AbortSignal,
): Promise<void> {
  const { status, headers, body } = await http.stream({ url, maxBytes: limits.packed, timeoutMs: patience });
  if (status !== 200) {
    body.destroy();
    throw new Error(`GET ${url} was answered ${status}`);
  }
  const step = begin(Math.ceil(Number(headers['content-length'] ?? 0) / megabyte));
  const hash = createHash('sha512');
  await pipeline(body, counted(hash, step), createWriteStream(file), { signal });
  const found = hash.digest('hex');
  if (found !== sha512) throw new Error(`${url} is not what the index lists: its SHA-512 is ${found}, and ${sha512} was expected`);
}

const megabyte = 1_000_000;

const counted = (hash: ReturnType<typeof createHash>, step: Step) =>
  async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let [size, told] = [0, 0];
    for await (const chunk of source) {
      hash.update(chunk);
      size += chunk.length;
      const whole = Math.floor(size / megabyte);
      if (whole > told) step.advance(whole - told);
      told = whole;
      yield chunk;
    }
  };

/** Nothing is written under a name from the archive. */
async function unpack(file: string, folder: string, url: string, signal: AbortSignal): Promise<void> {
  const entries = extract();
  const reading = pipeline(createReadStream(file), createGunzip(), bounded, entries, { signal });
  const written = new Set<string>();
  const writing = (async () => {
    let count = 0;
    for await (const entry of entries) {
      count += 1;
      const name = programIn(entry.header, count);
      if (name === undefined) entry.resume();
      else if (written.has(name)) throw new Error(`it has ${name} twice`);
      else await pipeline(Readable.from(entry), createWriteStream(join(folder, name), { mode: 0o755, flags: 'wx' }));
      if (name !== undefined) written.add(name);
    }
  })();
  const failures = (await Promise.allSettled([writing, reading])).flatMap((one): unknown[] =>
    one.status === 'rejected' ? [one.reason] : [],
  );
  if (failures.length > 0)
    throw new Error(`unpacking ${url}: ${Error.isError(failures[0]) ? failures[0].message : String(failures[0])}`, { cause: failures[0] });
  const missing = programs.filter((name) => !written.has(name));
  if (missing.length > 0) throw new Error(`${url} holds no ${missing.join(' and no ')}`);
}

/** The program that an entry is; undefined for what is not needed. Throws an Error for what no such archive has. */
function programIn({ name, type }: Header, count: number): string | undefined {
  if (count > limits.entries) throw new Error(`it has more than ${limits.entries} entries`);
  const parts = name.split(/[/\\]/);
  if (parts.includes('..') || parts[0] === '' || /^[a-z]:/i.test(name))
    throw new Error(`its entry ${JSON.stringify(name.slice(0, 200))} leads out of it`);
  if (type === 'directory') return undefined;
  if (type !== 'file') throw new Error(`its entry ${JSON.stringify(name.slice(0, 200))} is a ${type}, and only files belong there`);
  return programs.find((program) => program === parts.at(-1));
}

async function* bounded(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > limits.unpacked) throw new Error(`it unpacks to more than ${limits.unpacked} bytes`);
    yield chunk;
  }
}

/** An error about what is at that address says so. */
function within<T>(url: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Error(`${url}: ${Error.isError(error) ? error.message : String(error)}`, { cause: error });
  }
}
