import type { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { OutsideError } from '../domain/errors.ts';
import type { Warning } from '../domain/reference.ts';
import { ArchiveEntries, type Purpose } from './archive-entries.ts';
import { type ArchiveLimits, archiveChunks, defaultLimits } from './archive-stream.ts';
import { type AttributeRule, alteration, alterationWarnings, type Hidden, hiddenWarnings, parseAttributes } from './attributes.ts';
import { decodeText } from './text.ts';

export interface ArchiveFile {
  /** From the repository's root, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Why the bytes differ from the commit's, so that this file must not be edited. */
  readonly altered?: string;
}

/** A folder of the repository, whether or not anything in it is read. */
export interface ArchiveFolder {
  readonly folder: string;
}

/** Of those that name what was left out; the rest are counted. */
const mostWarnings = 100;

/**
 * The YAML files of a repository's archive (tar or tar.gz, all entries in one top-level folder, which is stripped), one after the other as they
 * arrive, and a warning for each that cannot be had. Links are not followed; nothing is written anywhere. Throws OutsideError with `scope` when the
 * archive is cut short, damaged, or larger than the limits: half a repository must not be taken for a whole one.
 */
export async function* readArchive(
  archive: Readable,
  scope: string,
  limits: ArchiveLimits = defaultLimits,
): AsyncGenerator<ArchiveFile | Warning> {
  for await (const item of readEntries(archive, scope, limits, 'edit')) if (!('folder' in item)) yield item;
}

/** The same for whoever needs every manifest, JSON too: with the folders that there are, and a warning for every link. */
export const readManifests = (archive: Readable, scope: string, limits: ArchiveLimits = defaultLimits): AsyncGenerator<ArchiveItem> =>
  readEntries(archive, scope, limits, 'deploy');

export type ArchiveItem = ArchiveFile | ArchiveFolder | Warning | Hidden;

async function* readEntries(archive: Readable, scope: string, limits: ArchiveLimits, purpose: Purpose): AsyncGenerator<ArchiveItem> {
  const tar = extract();
  const feeding = feed(archiveChunks(archive, scope, limits), tar);
  // It may fail long before the entries that did arrive are worked off and it is waited for.
  const fed = feeding.catch(() => undefined);
  let warnings = 0;
  try {
    for await (const item of filesOf(tar, scope, limits, purpose)) {
      if (!('message' in item) || warnings++ < mostWarnings) yield item;
    }
    await feeding;
    if (warnings > mostWarnings)
      yield { file: '.', message: `${warnings - mostWarnings} more warnings about files of the archive are left out` };
  } catch (error) {
    if (error instanceof OutsideError) throw error;
    throw new OutsideError(scope, 'reading the archive of the repository: it is damaged or was cut short; the next run asks again', {
      cause: error,
    });
  } finally {
    tar.destroy();
    archive.destroy();
    await fed;
  }
}

type Tar = ReturnType<typeof extract>;

async function* filesOf(tar: Tar, scope: string, limits: ArchiveLimits, purpose: Purpose): AsyncGenerator<ArchiveItem> {
  const entries = new ArchiveEntries(scope, limits, purpose);
  const rules: AttributeRule[] = [];
  const given: string[] = [];
  for await (const entry of tar) {
    const decision = entries.decide(entry.header);
    if (decision === undefined || !('read' in decision)) {
      entry.resume();
      if (decision) yield 'warning' in decision ? decision.warning : decision;
      continue;
    }
    const path = decision.read;
    const bytes = await bytesOf(entry);
    if (isAttributes(path)) {
      const found = parseAttributes(path, decodeText(bytes) ?? '');
      for (const rule of found) rules.push(rule);
      yield* hiddenWarnings(path, found);
      if (purpose === 'deploy') continue; // a checkout of the commit has the same text
      yield* alterationWarnings(path, found);
      refuseLate(given, found, scope);
    } else {
      const altered = alteration(path, rules);
      if (altered === undefined) given.push(path);
      yield { path, bytes, ...(altered !== undefined && { altered }) };
    }
  }
}

const isAttributes = (path: string): boolean => path.slice(path.lastIndexOf('/') + 1) === '.gitattributes';

async function bytesOf(entry: AsyncIterable<unknown>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of entry) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/** git sorts a `.gitattributes` before nearly all names; what came before it all the same was given without knowing. */
function refuseLate(given: readonly string[], rules: readonly AttributeRule[], scope: string): void {
  const late = given.find((path) => alteration(path, rules) !== undefined);
  if (late === undefined) return;
  throw new OutsideError(
    scope,
    `reading the archive of the repository: .gitattributes alters ${late}, which cannot be read safely: take that attribute away`,
  );
}

async function feed(chunks: AsyncIterable<Uint8Array>, tar: Tar): Promise<void> {
  try {
    for await (const chunk of chunks) {
      if (tar.destroying) return;
      if (!tar.write(chunk)) await roomIn(tar);
    }
    tar.end(null);
  } catch (error) {
    tar.destroy(error instanceof Error ? error : new Error(String(error), { cause: error }));
    throw error;
  }
}

function roomIn(tar: Tar): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      tar.off('drain', done);
      tar.off('close', done);
      resolve();
    };
    tar.on('drain', done);
    tar.on('close', done);
  });
}
