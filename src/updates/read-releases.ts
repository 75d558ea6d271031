import type { Release } from '../domain/release.ts';
import type { Numbered, Version } from '../domain/version.ts';
import { comparable, compareVersions } from '../domain/version-order.ts';
import type { Versioning } from '../domain/versioning.ts';

/** A release whose tag holds a version. */
export interface Candidate {
  readonly version: Numbered;
  readonly release: Release;
}

/**
 * Many environments run the same version: of a list of 20,000 tags each asks for the same few. What was read of the others is not kept,
 * it would take far more memory than the list itself.
 */
const known = new WeakMap<readonly Release[], Map<string, readonly Candidate[]>>();

/** The releases of a list whose tags are higher versions of the current one's make, highest first. What a hostile registry put between them (`null`, numbers) is left out. */
export function higherReleases(releases: readonly Release[], current: Numbered, versioning: Versioning): readonly Candidate[] {
  const byCurrent = known.get(releases) ?? new Map<string, readonly Candidate[]>();
  const key = `${versioning.name}\n${current.text}`;
  const before = byCurrent.get(key);
  if (before !== undefined) return before;
  const sound = (releases as readonly unknown[]).filter(isRelease);
  const higher: Candidate[] = [];
  let at = 0;
  for (const version of versioning.readAll(sound.map(({ version }) => version))) {
    const release = sound[at];
    at += 1;
    if (release !== undefined && isHigher(current, version)) higher.push({ version, release });
  }
  higher.sort((a, b) => compareVersions(b.version, a.version) || preference(current, a, b));
  known.set(releases, byCurrent.set(key, higher));
  return higher;
}

const isHigher = (current: Numbered, version: Version): version is Numbered =>
  version.kind === 'version' && comparable(current, version) && compareVersions(version, current) > 0;

/** Among equals: written like the current one, published last, and then anything that is the same every time. */
function preference(current: Numbered, a: Candidate, b: Candidate): number {
  const written = ({ version }: Candidate): number => Number(version.v === current.v);
  return (
    written(b) - written(a) ||
    publishedTime(b.release) - publishedTime(a.release) ||
    order(a.version.text, b.version.text) ||
    order(JSON.stringify(a.release), JSON.stringify(b.release))
  );
}

const publishedTime = ({ publishedAt }: Release): number => Date.parse(publishedAt ?? '') || 0;
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function isRelease(value: unknown): value is Release {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Release>).version === 'string';
}
