import type { Release } from '../domain/release.ts';
import type { Numbered } from '../domain/version.ts';
import { compareVersions } from '../domain/version-order.ts';
import type { Versioning } from '../domain/versioning.ts';

/** A release whose tag holds a version. */
export interface Candidate {
  readonly version: Numbered;
  readonly release: Release;
}

/** Many references share one list: reading and sorting 20,000 tags once per list is enough. */
const known = new WeakMap<readonly Release[], Map<string, readonly Candidate[]>>();

/** The releases of a list whose tags are versions, highest first. What a hostile registry put between them (`null`, numbers) is left out. */
export function readReleases(releases: readonly Release[], versioning: Versioning): readonly Candidate[] {
  const byVersioning = known.get(releases) ?? new Map<string, readonly Candidate[]>();
  const before = byVersioning.get(versioning.name);
  if (before !== undefined) return before;
  const sound = (releases as readonly unknown[]).filter(isRelease);
  const versions = versioning.readAll(sound.map(({ version }) => version));
  const candidates = sound
    .flatMap((release, i) => {
      const version = versions[i];
      return version?.kind === 'version' ? [{ version, release }] : [];
    })
    .sort((a, b) => compareVersions(b.version, a.version));
  known.set(releases, byVersioning.set(versioning.name, candidates));
  return candidates;
}

function isRelease(value: unknown): value is Release {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Release>).version === 'string';
}
