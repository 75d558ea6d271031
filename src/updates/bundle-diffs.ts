import type { Readable } from 'node:stream';
import { explain, isPassing, OutsideError } from '../domain/errors.ts';
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
  /** One of them may be over by the next run. */
  readonly unread: boolean;
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
  if (!('problem' in to) && to.sha256 !== undefined && pinned !== undefined && to.sha256 !== pinned) {
    problems.push(
      `The download of ${toUrl} has the checksum ${to.sha256}, the repository says ${pinned}: do not merge before that is understood.`,
    );
  }
  return {
    problems,
    unread: [from, to].some((one) => 'problem' in one && one.passing),
    ...(!('problem' in from) && !('problem' in to) && { diff: certain(from, to) }),
    ...(!('problem' in from) && from.source !== undefined && { from: from.source }),
    ...(!('problem' in to) && to.source !== undefined && { to: to.source }),
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

interface Unread {
  readonly problem: string;
  readonly passing: boolean;
}

/** The bundle, or why it cannot be read. */
async function read(download: Download, url: string): Promise<Bundle | Unread> {
  try {
    const stream = await download(url);
    if (stream !== undefined) return await readBundle(stream);
    return { problem: `There is no bundle at ${url} any more.`, passing: false };
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return { problem: `The bundle could not be read: ${explain(error)}.`, passing: isPassing(error) };
  }
}

const problemsOf = (bundle: Bundle | Unread, url: string): string[] =>
  'problem' in bundle ? [bundle.problem] : bundle.problems.map((problem) => `${url.slice(url.lastIndexOf('/') + 1)}: ${problem}`);
