import type { Readable } from 'node:stream';
import { explain, OutsideError } from '../domain/errors.ts';
import type { Update } from '../domain/update.ts';
import { type Bundle, readBundle } from '../manifests/bundle.ts';
import { diffObjects, type ObjectDiff } from '../manifests/object-diff.ts';
import type { SourceNote } from '../manifests/objects.ts';

/** Two versions of a bundle, compared. */
export interface BundleDiff {
  /** Absent when one of the two could not be read; what only a bundle read to its end can tell is left out of it. */
  readonly diff?: ObjectDiff;
  /** Whole sentences: what could not be read. */
  readonly problems: readonly string[];
  /** Where each says it comes from. */
  readonly from?: SourceNote;
  readonly to?: SourceNote;
}

type Download = (url: string) => Promise<Readable | undefined>;

/** Each bundle is downloaded and compared once, whatever number of environments move to it; only the differences are kept. */
export function createBundleDiffs(download: Download): (update: Update) => Promise<BundleDiff> {
  const made = new Map<string, Promise<BundleDiff>>();
  return (update) => {
    const urls = urlsOf(update);
    const key = urls.join('\n');
    const running = made.get(key) ?? compare(download, urls, update.to.sha256);
    made.set(key, running);
    return running;
  };
}

function urlsOf({ reference, to }: Update): readonly [string, string] {
  const at = (version: string) => (reference.package.url ?? '').replaceAll('{version}', version);
  return [at(reference.version), to.url ?? at(to.version)];
}

async function compare(download: Download, [fromUrl, toUrl]: readonly [string, string], pinned: string | undefined): Promise<BundleDiff> {
  const [from, to] = [await read(download, fromUrl), await read(download, toUrl)];
  const problems = [...problemsOf(from, fromUrl), ...problemsOf(to, toUrl)];
  if (typeof to !== 'string' && to.sha256 !== undefined && pinned !== undefined && to.sha256 !== pinned) {
    problems.push(
      `The download of ${toUrl} has the checksum ${to.sha256}, the repository says ${pinned}: do not merge before that is understood.`,
    );
  }
  return {
    problems,
    ...(typeof from !== 'string' && typeof to !== 'string' && { diff: certain(from, to) }),
    ...(typeof from !== 'string' && from.source !== undefined && { from: from.source }),
    ...(typeof to !== 'string' && to.source !== undefined && { to: to.source }),
  };
}

/** An object that was not read is neither new nor gone. */
function certain(from: Bundle, to: Bundle): ObjectDiff {
  const { added, removed, changed, images } = diffObjects(from.objects, to.objects);
  return {
    added: from.complete ? added : [],
    removed: to.complete ? removed : [],
    changed,
    images: from.complete && to.complete ? images : [],
  };
}

/** The bundle, or why it cannot be read. */
async function read(download: Download, url: string): Promise<Bundle | string> {
  try {
    const stream = await download(url);
    return stream === undefined ? `There is no bundle at ${url} any more.` : await readBundle(stream);
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return `The bundle could not be read: ${explain(error)}.`;
  }
}

const problemsOf = (bundle: Bundle | string, url: string): string[] =>
  typeof bundle === 'string' ? [bundle] : bundle.problems.map((problem) => `${url.slice(url.lastIndexOf('/') + 1)}: ${problem}`);
