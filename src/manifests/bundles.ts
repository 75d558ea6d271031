import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import pLimit from 'p-limit';
import { isManifest } from './archive-entries.ts';
import { sourceNoteIn } from './objects.ts';
import { type BundleLimits, bundleLimits, unpackBundle } from './unpack-bundle.ts';

/** The bytes at a URL; undefined when there is nothing. Throws OutsideError when that cannot be told now. */
export type Download = (url: string) => Promise<Readable | undefined>;

export interface BundleFile {
  /** In the bundle. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What a bundle holds, as bytes. */
export interface BundleFiles {
  readonly files: readonly BundleFile[];
  /** Whole sentences: what was refused, by name. */
  readonly problems: readonly string[];
  /** Of the download, 64 hex digits; absent when it was not read to its end. */
  readonly sha256?: string;
}

/** Bundles as one plan or validation sees them: each is fetched once, whoever asks how often. */
export interface Bundles {
  /** undefined when there is none at the URL. `sha256` is what it is pinned to. Throws OutsideError. */
  read(url: string, sha256?: string): Promise<BundleFiles | undefined>;
}

/** Pinned bundles that were fetched before, by checksum: the least recently used one goes when there are too many. */
export class BundleMemory {
  readonly #kept = new Map<string, BundleFiles>();
  readonly #room: number;
  #bytes = 0;

  /** `room` in bytes. */
  constructor(room = 32 * 1024 * 1024) {
    this.#room = room;
  }

  get(sha256: string): BundleFiles | undefined {
    const found = this.#kept.get(sha256);
    if (found === undefined) return undefined;
    this.#kept.delete(sha256);
    this.#kept.set(sha256, found);
    return found;
  }

  put(bundle: BundleFiles): void {
    if (bundle.sha256 === undefined || this.#kept.has(bundle.sha256)) return;
    this.#kept.set(bundle.sha256, bundle);
    this.#bytes += sizeOf(bundle);
    for (const [oldest, { files }] of this.#kept) {
      if (this.#bytes <= this.#room) break;
      this.#kept.delete(oldest);
      this.#bytes -= sizeOf({ files });
    }
  }
}

const sizeOf = ({ files }: Pick<BundleFiles, 'files'>): number => files.reduce((sum, { bytes }) => sum + bytes.length, 0);

const atOnce = 6;
/** Of all bundles of a run: what is beyond is not read. */
const mostBytes = 192 * 1024 * 1024;

/** For one run. What is pinned is taken from the memory, which outlives the run. */
export function createBundles(download: Download, memory: BundleMemory, limits: BundleLimits = bundleLimits): Bundles {
  const turns = pLimit(atOnce);
  const asked = new Map<string, Promise<BundleFiles | undefined>>();
  let bytes = 0;
  const fetch = async (url: string): Promise<BundleFiles | undefined> => {
    if (bytes > mostBytes) return { files: [], problems: [`It was not read: the bundles before it have more than ${mostBytes} bytes.`] };
    const bundle = await fetched(download, url, limits);
    bytes += bundle === undefined ? 0 : sizeOf(bundle);
    return bundle;
  };
  return {
    read(url, sha256) {
      const known = sha256 === undefined ? undefined : memory.get(sha256);
      if (known !== undefined) return Promise.resolve(known);
      const reading = asked.get(url) ?? turns(() => fetch(url));
      asked.set(url, reading);
      return reading.then((bundle) => {
        if (bundle !== undefined && sha256 === bundle.sha256) memory.put(bundle);
        return bundle;
      });
    },
  };
}

async function fetched(download: Download, url: string, limits: BundleLimits): Promise<BundleFiles | undefined> {
  const stream = await download(url);
  if (stream === undefined) return undefined;
  const path = new URL(url).pathname;
  if (isManifest(path)) return plainFile(path.slice(path.lastIndexOf('/') + 1), await buffer(stream), limits);
  const files: BundleFile[] = [];
  const unpacked = await unpackBundle(stream, limits, (name, bytes) => {
    // What a bundle says of itself is no manifest.
    if (sourceNoteIn(name, Buffer.from(bytes).toString('utf8')) === undefined) files.push({ path: name, bytes });
  });
  return { files, ...unpacked };
}

/** A URL may also name one file of manifests, as many projects publish theirs. */
function plainFile(path: string, bytes: Buffer, { entryBytes }: BundleLimits): BundleFiles {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (bytes.length <= entryBytes) return { files: [{ path, bytes }], problems: [], sha256 };
  return { files: [], problems: [`The file \`${path}\` was refused: it is larger than ${entryBytes} bytes.`], sha256 };
}
