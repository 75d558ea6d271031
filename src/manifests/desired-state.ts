import { setImmediate } from 'node:timers/promises';
import type { ManifestSource } from '../domain/environment.ts';
import { explain, OutsideError } from '../domain/errors.ts';
import type { Finding, Place } from '../domain/finding.ts';
import type { Warning } from '../domain/reference.ts';
import { isManifest } from './archive-entries.ts';
import { mayHide } from './attributes.ts';
import type { BundleFiles, Bundles } from './bundles.ts';
import { type DesiredState, unreachable } from './desired-object.ts';
import { type FileObjects, joined, readObjects } from './documents.ts';
import { environmentFile } from './environment-file.ts';
import { type EnvironmentFiles, type RepositoryFiles, readEnvironmentFiles } from './environment-files.ts';
import { writtenGrants } from './grants.ts';
import { shownUrl } from './shown-url.ts';

/**
 * What an environment wants: the objects of the folders, files and bundles that environment.yml names; without environment.yml those of every
 * file. Throws OutsideError when the files themselves cannot be read; a bundle that cannot is a finding.
 */
export async function readDesiredState(source: RepositoryFiles, bundles: Bundles): Promise<DesiredState> {
  const read = await readEnvironmentFiles(source);
  const { environment } = read;
  const parts = await (read.lines === undefined ? wholeRepository(read) : namedSources(read, read.lines, bundles));
  const { objects, findings, complete } = joined(parts);
  const told = [...read.findings, ...findings, ...writtenGrants(objects)];
  return {
    environment,
    objects,
    findings: objects.length + told.length === 0 ? [nothingAtAll(read)] : told,
    complete: complete && read.complete,
    bundles: bundleLines(read),
  };
}

const bundleLines = ({ environment, lines }: EnvironmentFiles): ReadonlyMap<string, number> =>
  new Map(environment.manifests.flatMap((one, index) => ('url' in one ? [[shownUrl(one.url), lines?.[index] ?? 1]] : [])));

const problem = (place: Place, rule: string, message: string, help?: string): Finding => ({
  ...place,
  severity: 'error',
  rule,
  message,
  ...(help !== undefined && { help }),
});

/** Wanted in a new environment, and a slip elsewhere: the wrong folder, a submodule that was not fetched. It must not look like a pass. */
function nothingAtAll({ lines }: EnvironmentFiles): Finding {
  const message = lines === undefined ? 'is not there, and no file here holds a Kubernetes object' : 'leads to no manifest';
  const help = 'nothing was looked at: name the folder of an environment, or fetch all of it';
  return { ...problem({ file: environmentFile, line: 1 }, 'environment', message, help), severity: 'warning' };
}

const lost = (finding: Finding): FileObjects => ({ objects: [], findings: [finding], complete: false });

/** Ours, the forges' and other tools' files in the root of a repository; what is asked for under `access/` is not applied as it stands. */
export const isOwn = (path: string): boolean => path === environmentFile || path.startsWith('.') || path.startsWith('access/');

async function wholeRepository({ files, unread }: EnvironmentFiles): Promise<FileObjects[]> {
  const templates = [...files.keys()]
    .filter((path) => /(?:^|\/)chart\.ya?ml$/i.test(path))
    .map((path) => `${path.slice(0, path.lastIndexOf('/') + 1)}templates/`);
  const counts = (path: string): boolean => !isOwn(path) && !templates.some((folder) => path.startsWith(folder));
  // A link leads to what is read where it lies, or out of the repository; JSON is rarely a manifest.
  const missing = unread.filter(({ file }) => counts(file) && /\.ya?ml$/i.test(file)).map(unreadable);
  return [...missing, ...(await filesOf(files, [...files.keys()].filter(counts), 'ignored')), ...hidden(unread, ['.'])];
}

async function filesOf(
  files: ReadonlyMap<string, Uint8Array>,
  paths: readonly string[],
  strangers: 'refused' | 'ignored',
): Promise<FileObjects[]> {
  const parts: FileObjects[] = [];
  for (const path of paths) {
    parts.push(readObjects(files.get(path) ?? new Uint8Array(), { file: path }, strangers));
    await setImmediate(); // parsing is a long step: others that wait for a reply get their turn
  }
  return parts;
}

const unreadable = ({ file, line, message }: Warning): FileObjects => lost(problem({ file, line: line ?? 1 }, 'yaml', message));

const isAttributes = (file: string): boolean => /(?:^|\/)\.gitattributes$/.test(file);

/** What .gitattributes keeps out of archives: where it may be what counts, the state is not the whole one. */
const hidden = (unread: EnvironmentFiles['unread'], counted: readonly string[]): FileObjects[] =>
  unread.flatMap((warning): FileObjects[] => {
    if (!isAttributes(warning.file)) return [];
    const { file, line = 1, message } = warning;
    const found = problem({ file, line }, 'environment', message, 'take export-ignore away, or name what it is for from the root: /docs/');
    if ('pattern' in warning && counted.some((path) => mayHide(warning, path))) return [lost(found)];
    return [{ objects: [], findings: [{ file, line, severity: 'warning', rule: 'environment', message }], complete: true }];
  });

async function namedSources(read: EnvironmentFiles, lines: readonly number[], bundles: Bundles): Promise<FileObjects[]> {
  const seen = new Set<string>();
  const { manifests } = read.environment;
  // All are asked for at once, and taken in their order; one that fails is reported where its turn comes.
  const fetched = manifests.map((source) => ('url' in source ? settled(bundles.read(source.url, source.sha256)) : undefined));
  const parts: FileObjects[] = [];
  for (const [index, source] of manifests.entries()) {
    const place = { file: environmentFile, line: lines[index] ?? 1 };
    const own = 'path' in source ? await folderObjects(read, source.path, place, seen) : await bundleObjects(source, place, fetched[index]);
    parts.push(...own);
  }
  if (manifests.length === 0 && read.complete) {
    const message = 'names no manifests: nothing is wanted in this environment';
    parts.push(lost({ ...problem({ file: environmentFile, line: 1 }, 'environment', message), severity: 'warning' }));
  }
  const uncounted = read.unread.filter(({ file }) => file === '.'); // more warnings than are told: any may be about what counts
  const paths = manifests.flatMap((source) => ('path' in source ? [source.path] : []));
  return [...parts, ...uncounted.map(unreadable), ...hidden(read.unread, paths)];
}

async function folderObjects(
  { files, folders, unread }: EnvironmentFiles,
  path: string,
  place: Place,
  seen: Set<string>,
): Promise<FileObjects[]> {
  const inside = (file: string): boolean => file === path || (path === '.' ? !isOwn(file) : file.startsWith(`${path}/`));
  const missing = unread.filter(({ file }) => file !== '.' && !isAttributes(file) && (inside(file) || path.startsWith(`${file}/`)));
  const all = [...files.keys()].filter(inside);
  const paths = all.filter((file) => !seen.has(file));
  for (const file of paths) seen.add(file);
  const found = [...missing.map(unreadable), ...(await filesOf(files, paths, 'refused'))];
  if (path === '.' || folders.has(path) || all.length + missing.length > 0) return found;
  const message = `manifests names ${path}, which is not in the repository`;
  const ending = isManifest(path) ? '' : '; the name of a file of manifests ends in .yaml, .yml or .json';
  return [lost(problem(place, 'environment', message, `correct the path, or take the entry out${ending}`))];
}

type Settled = Promise<{ readonly bundle: BundleFiles | undefined } | { readonly error: unknown }>;

const settled = (reading: Promise<BundleFiles | undefined>): Settled =>
  reading.then(
    (bundle) => ({ bundle }),
    (error: unknown) => ({ error }),
  );

type BundleSource = Extract<ManifestSource, { readonly url: string }>;

async function bundleObjects(source: BundleSource, place: Place, fetching: Settled | undefined): Promise<FileObjects[]> {
  const url = shownUrl(source.url);
  const refuse = (message: string, help?: string): FileObjects[] => [lost(problem(place, 'bundle', message, help))];
  const outcome = await fetching;
  if (outcome !== undefined && 'error' in outcome) {
    if (!(outcome.error instanceof OutsideError)) throw outcome.error;
    return [lost(problem(place, unreachable, `the bundle ${url} could not be fetched: ${explain(outcome.error)}`))];
  }
  const read = outcome?.bundle;
  if (read === undefined) return refuse(`there is no bundle at ${url}`, 'correct the URL, or publish that version again');
  if (source.sha256 !== undefined && read.sha256 !== undefined && read.sha256 !== source.sha256)
    return refuse(
      `the bundle ${url} has the checksum ${read.sha256}, and sha256 pins ${source.sha256}: nothing of it is used`,
      'find out why it was published again under the same name before you pin the new checksum',
    );
  const refused = read.problems.flatMap((message) => refuse(`${url}: ${message}`));
  if (read.sha256 === undefined) return refused;
  const parts = [...refused, ...(await objectsIn(read.files, url))];
  const empty = parts.every(({ objects, findings }) => objects.length + findings.length === 0);
  return empty ? refuse(`the bundle ${url} holds no manifest`, 'publish it with its .yaml, .yml or .json files') : parts;
}

async function objectsIn(files: BundleFiles['files'], url: string): Promise<FileObjects[]> {
  const parts: FileObjects[] = [];
  for (const { path, bytes } of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    parts.push(readObjects(bytes, { file: `${url}!/${path}`, bundle: url }, 'refused'));
    await setImmediate();
  }
  return parts;
}
