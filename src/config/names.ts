import { isMapping, valueAt } from './key.ts';

/** What other keys may refer to, as far as the document can be read. */
export interface Names {
  readonly forges: readonly string[];
  readonly clusters: readonly string[];
  readonly environments: readonly string[];
  /** Those of the environments' names that may be shown. */
  readonly listed: readonly string[];
  /** Some environments are found in a forge: their names are not known here. */
  readonly discovers: boolean;
}

export function namesIn(document: unknown, showable: (at: string) => boolean): Names {
  const keysAt = (pointer: string): string[] => {
    const value = valueAt(document, pointer);
    return isMapping(value) ? Object.keys(value) : [];
  };
  const listed = valueAt(document, '/environments');
  const entries = Array.isArray(listed)
    ? listed.map((value: unknown, index) => ({ name: valueAt(value, '/name'), at: `/environments/${index}/name`, value }))
    : [];
  const environments = entries.filter(({ name }) => typeof name === 'string');
  return {
    forges: keysAt('/forges'),
    clusters: keysAt('/clusters'),
    environments: environments.map(({ name }) => String(name)),
    listed: [...new Set(environments.filter(({ at }) => showable(at)).map(({ name }) => String(name)))],
    discovers: entries.some(({ value }) => isMapping(value) && 'discover' in value),
  };
}
