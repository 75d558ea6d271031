import type { DatasourceName, Package } from '../domain/reference.ts';
import { packageKey } from '../domain/reference.ts';
import type { Datasource, ReleaseDetails, ReleaseList } from '../domain/release.ts';
import type { Store } from '../domain/store.ts';
import { rememberReleases } from './memory.ts';

/** What the registries say during one scan: every question is asked once, whoever asks, and a failure is everybody's. */
export interface RegistryView {
  releases(of: Package): Promise<ReleaseList>;
  /** Asks the registry. */
  details(of: Package, version: string, digest?: string): Promise<ReleaseDetails | undefined>;
  /** What was last heard of this version's digest, from whichever run; asks the registry only when nothing was ever heard. A tag may have moved since. */
  lastKnownDigest(of: Package, version: string): Promise<string | undefined>;
}

export function viewRegistries(datasources: Readonly<Record<DatasourceName, Datasource>>, store: Store, now: Date): RegistryView {
  const asked = new Map<string, Promise<unknown>>();
  const once = <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const running = asked.get(key) ?? ask();
    asked.set(key, running);
    return running as Promise<T>;
  };
  const releases = (of: Package) =>
    once(`releases ${packageKey(of)}`, async () => {
      const list = await datasources[of.datasource].releases(of);
      await rememberReleases(store, of, list.releases, now);
      return list;
    });
  const details = (of: Package, version: string, digest?: string) =>
    once(`details ${packageKey(of)} ${version}@${digest ?? ''}`, async () => {
      const found = await datasources[of.datasource].details(of, version, digest);
      if (digest === undefined && found?.digest !== undefined) await store.put('digest', `${packageKey(of)} ${version}`, found.digest);
      return found;
    });
  const lastKnownDigest = async (of: Package, version: string) =>
    (await store.get<string>('digest', `${packageKey(of)} ${version}`)) ?? (await details(of, version))?.digest;
  return { releases, details, lastKnownDigest };
}
