import type { Reference } from '../../domain/reference.ts';
import { withRepository } from './chart.ts';
import type { SourceName } from './draft.ts';
import type { HelmRepository } from './flux.ts';

/** A reference whose repository's address may stand in another file, under that name. */
export interface OpenReference extends Reference {
  readonly source?: SourceName;
}

/** All references, each chart with the address of its HelmRepository; one that has none, or several, is told and left alone. */
export function joinHelmRepositories(references: readonly OpenReference[], repositories: readonly HelmRepository[]): Reference[] {
  const byName = Map.groupBy(repositories, ({ name }) => name);
  return references.map(({ source, ...reference }) =>
    source === undefined ? reference : joined(reference, source, byName.get(source.name) ?? []),
  );
}

function joined(reference: Reference, source: SourceName, named: readonly HelmRepository[]): Reference {
  const urls = [...new Set(candidates(source, named).map(({ url }) => url.replace(/(?<!\/)\/+$/, '')))];
  const [url] = urls;
  if (url !== undefined && urls.length === 1) return withRepository(reference, url);
  const what = `a HelmRepository named ${source.name.slice(0, 100)}`;
  const skip =
    url === undefined
      ? `${what} is in no file of this repository, so that the chart's address is not known`
      : `${what} is in this repository ${urls.length} times, with different addresses: say its namespace in sourceRef`;
  return { ...reference, spots: [], skip: reference.skip ?? skip };
}

/** Of the very namespace where there is one; else those of which nobody knows it, because a kustomization sets it. */
function candidates({ namespace }: SourceName, named: readonly HelmRepository[]): readonly HelmRepository[] {
  const exact = named.filter((one) => one.namespace === namespace);
  if (exact.length > 0) return exact;
  return namespace === undefined ? named : named.filter((one) => one.namespace === undefined);
}
