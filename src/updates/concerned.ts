import type { SourceForge } from '../domain/forge.ts';
import { imageRepository } from '../domain/image.ts';
import type { Reference } from '../domain/reference.ts';
import type { Store } from '../domain/store.ts';
import { readSource } from './changelog/source.ts';
import { type PackageRule, resolveRules } from './package-rules.ts';
import { type EnvironmentContent, rememberedEnvironment } from './read-environment.ts';
import type { EnvironmentSettings } from './settings.ts';

/** Which environments an event is about, as far as scans remember them: nobody is asked. */
export interface Concerned {
  /** Names of environments that have it. */
  readonly environments: readonly string[];
  /** Names of its packages. */
  readonly packages: readonly string[];
}

/** Those that have the package of that name; an image is the same under its short name and its long one. */
export function concernedByPackage(store: Store, environments: readonly EnvironmentSettings[], name: string): Promise<Concerned> {
  const image = fullName(name);
  return concerned(
    store,
    environments,
    () =>
      ({ package: of }) =>
        of.name === name || (of.datasource === 'oci' && fullName(of.name) === image),
  );
}

function fullName(name: string): string {
  const { host, repository } = imageRepository(name);
  return `${host}/${repository}`;
}

/** Those with an app whose source is the repository, or with a reference to the repository itself. */
export function concernedBySource(
  store: Store,
  environments: readonly EnvironmentSettings[],
  packages: readonly PackageRule[],
  forges: ReadonlyMap<string, SourceForge>,
  repository: string,
): Promise<Concerned> {
  const isIt = (text: string | undefined): boolean => {
    const place = text === undefined ? undefined : readSource(text, forges);
    return place !== undefined && `${place.forge}:${place.path}` === repository;
  };
  return concerned(store, environments, ({ apps }, { updates }) => (reference) => {
    const { package: of, app } = reference;
    const itself = of.datasource === 'oci' || of.datasource === 'nexus-raw' ? undefined : (of.url ?? of.name);
    return [resolveRules(packages, updates, of.name).source, apps[app]?.source, itself].some(isIt);
  });
}

type IsConcerned = (content: EnvironmentContent, settings: EnvironmentSettings) => (reference: Reference) => boolean;

async function concerned(store: Store, environments: readonly EnvironmentSettings[], isConcerned: IsConcerned): Promise<Concerned> {
  const names: string[] = [];
  const packages = new Set<string>();
  for (const settings of environments) {
    const content = await rememberedEnvironment(store, settings.repository);
    const found = content?.references.filter(isConcerned(content, settings)) ?? [];
    if (found.length > 0) names.push(settings.name);
    for (const reference of found) packages.add(reference.package.name);
  }
  return { environments: names, packages: [...packages] };
}
