import { compareVersions } from '../domain/version-order.ts';
import { versioningOf } from '../domain/versioning.ts';
import { versioningFor } from './look-up.ts';
import { seenVersions } from './memory.ts';
import { resolveRules } from './package-rules.ts';
import { rememberedEnvironment } from './read-environment.ts';
import { higherReleases } from './read-releases.ts';
import type { ScanPorts, ScanSettings } from './scan.ts';
import type { EnvironmentSettings } from './settings.ts';

/** A package of an app, as it stands in an environment, and what its registry has above that. */
export interface HigherVersions {
  readonly package: string;
  readonly current: string;
  /** Highest first. */
  readonly newer: readonly string[];
}

const most = 50;

/** Of each package of the app, as the last scans saw environment and registries; asks the store alone. */
export async function higherVersions(
  store: ScanPorts['store'],
  { packages }: Pick<ScanSettings, 'packages'>,
  { repository, updates }: EnvironmentSettings,
  app: string,
): Promise<readonly HigherVersions[]> {
  const content = await rememberedEnvironment(store, repository);
  const own = (content?.references ?? []).filter((one) => one.app === app && one.skip === undefined && one.version !== '');
  const distinct = new Map(own.map((one) => [JSON.stringify([one.package, one.version]), one]));
  return Promise.all(
    [...distinct.values()].map(async ({ package: of, version }) => {
      const rules = resolveRules(packages, updates, of.name);
      return { package: of.name, current: version, newer: above(version, await seenVersions(store, of), versioningFor(of, rules)) };
    }),
  );
}

function above(current: string, seen: readonly string[], versioning: string | undefined): readonly string[] {
  const scheme = versioningOf(versioning);
  const [standing] = scheme.readAll([current]);
  if (standing?.kind !== 'version') return [];
  const higher = higherReleases(
    seen.map((version) => ({ version })),
    standing,
    scheme,
  );
  return higher
    .toSorted((a, b) => compareVersions(b.version, a.version))
    .slice(0, most)
    .map(({ release }) => release.version);
}
