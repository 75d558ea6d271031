import { packageKey } from './reference.ts';
import type { Datasource } from './release.ts';

/**
 * For one run: a package that a hundred environments reference is asked for once, and so is each of its versions.
 * A failed lookup is shared too: the registry is not asked again in this run.
 */
export function shareLookups(datasource: Datasource): Datasource {
  const [lists, details] = [
    remember<Awaited<ReturnType<Datasource['releases']>>>(),
    remember<Awaited<ReturnType<Datasource['details']>>>(),
  ];
  return {
    releases: (of) => lists(packageKey(of), () => datasource.releases(of)),
    details: (of, version, digest) =>
      details(JSON.stringify([packageKey(of), version, digest]), () => datasource.details(of, version, digest)),
  };
}

function remember<T>(): (key: string, ask: () => Promise<T>) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (key, ask) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const asked = ask();
    known.set(key, asked);
    return asked;
  };
}
