import type { ApiServer, ServedKind } from '../../domain/cluster.ts';
import { nearest } from '../../domain/nearest.ts';
import { type DefinedKind, kindsOf } from '../../manifests/definitions.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { groupOf } from '../../manifests/identity.ts';
import { removedApi } from '../removed-apis.ts';
import type { Said } from './found.ts';

export type Lookup = { readonly kind: ServedKind & { readonly schema?: unknown } } | { readonly missing: Said };

/** Of a map of kinds. */
export const keyOf = ({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): string => `${apiVersion} ${kind}`;

/**
 * Which kinds a set may use: those that the server has of itself, and those that the set defines. What else stands in the server does not count.
 * `unusable`: definitions, by name, that nothing can be judged by, and why.
 */
export class Kinds {
  readonly #own: ReadonlyMap<string, ServedKind>;
  readonly #defined: ReadonlyMap<string, DefinedKind>;
  readonly #unusable: ReadonlyMap<string, string>;
  readonly #missing: 'warning' | 'error';

  constructor(
    own: ReadonlyMap<string, ServedKind>,
    definitions: readonly DesiredObject[],
    missing: 'warning' | 'error',
    unusable: ReadonlyMap<string, string> = new Map(),
  ) {
    this.#own = own;
    this.#defined = new Map(definitions.flatMap(kindsOf).map((kind) => [keyOf(kind), kind]));
    this.#unusable = unusable;
    this.#missing = missing;
  }

  /** Whether the object belongs to a namespace that it names. */
  inNamespace(object: DesiredObject): boolean {
    const lookup = this.find(object);
    return object.namespace !== '' && 'kind' in lookup && lookup.kind.namespaced;
  }

  find(object: DesiredObject): Lookup {
    const defined = this.#defined.get(keyOf(object));
    const unusable = this.#unusable.get(defined?.definition.name ?? '');
    if (unusable !== undefined) return { missing: this.#notChecked(`Not checked: ${unusable}`) };
    const own = this.#own.get(keyOf(object));
    if (own !== undefined) return { kind: own };
    if (defined === undefined) return { missing: this.#unknown(object) };
    const { name } = defined.definition;
    if (defined.served) return { kind: defined };
    return { missing: { severity: 'error', rule: 'api-server', message: `The definition ${name} does not serve ${object.apiVersion}.` } };
  }

  #notChecked(message: string, help?: string): Said {
    return { severity: this.#missing, rule: 'missing-definition', message, ...(help === undefined ? {} : { help }) };
  }

  #unknown({ apiVersion, kind }: DesiredObject): Said {
    const removed = removedApi(apiVersion, kind);
    if (removed !== undefined) {
      const { since, replacement, note } = removed;
      const instead = replacement === undefined ? note : `Write apiVersion: ${replacement}${note === undefined ? '' : `; ${note}`}`;
      return {
        severity: 'error',
        rule: 'removed-api',
        message: `Kubernetes has no ${kind} in ${apiVersion} since 1.${since}.`,
        help: `${instead}.`,
      };
    }
    const own = sameGroup(this.#own, apiVersion);
    const defined = sameGroup(this.#defined, apiVersion);
    if (own.length === 0 && mayBeDefined(apiVersion) && !defined.some((one) => one.kind === kind)) {
      const meant = nearest(kind, new Set(defined.map((one) => one.kind)));
      const add = 'Add the CustomResourceDefinition to the environment, or to the folder of validation.definitions in app.yml.';
      const help = meant === undefined ? add : `Did you mean ${meant}? ${add}`;
      return this.#notChecked(`Not checked: no definition of ${kind} in ${apiVersion} was found.`, help);
    }
    const names = [...own, ...defined];
    const message = `The API server has no ${kind} in ${apiVersion}.`;
    return { severity: 'error', rule: 'api-server', message, help: instead(apiVersion, kind, names, [...this.#own.values()]) };
  }
}

/** The group of a definition is a domain with a dot at the least. https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/ */
const mayBeDefined = (apiVersion: string): boolean => /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(groupOf(apiVersion));

const sameGroup = (kinds: ReadonlyMap<string, ServedKind>, apiVersion: string): ServedKind[] =>
  [...kinds.values()].filter((one) => groupOf(one.apiVersion) === groupOf(apiVersion));

function instead(apiVersion: string, kind: string, names: readonly ServedKind[], own: readonly ServedKind[]): string {
  const served = (kinds: readonly ServedKind[]): string[] => kinds.filter((one) => one.kind === kind).map((one) => one.apiVersion);
  const [elsewhere = []] = [served(names), served(own)].filter(({ length }) => length > 0);
  if (elsewhere.length > 0) return `It is served in ${elsewhere.join(', ')}.`;
  const meant = nearest(kind, new Set(names.map((one) => one.kind)));
  return meant === undefined ? `Check kind and apiVersion: ${apiVersion} has no such kind.` : `Did you mean ${meant}?`;
}

/** Definitions in the server that other validations made carry this. */
export const ours = 'lockkeeper.dev/validation';

/** The kinds of a server, without those that a definition of ours, or any on a throw-away server, made. By `apiVersion kind`. */
export async function ownKinds(server: ApiServer, signal: AbortSignal): Promise<ReadonlyMap<string, ServedKind>> {
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions${server.throwAway ? '' : `?labelSelector=${ours}`}`;
  const [kinds, { body }] = await Promise.all([server.kinds(signal), server.ask({ method: 'GET', path }, signal)]);
  const definitions = (JSON.parse(body) as { readonly items?: readonly { readonly metadata: { readonly name: string } }[] }).items ?? [];
  const made = new Set(definitions.map(({ metadata }) => metadata.name));
  return new Map(
    kinds.filter(({ apiVersion, plural }) => !made.has(`${plural}.${groupOf(apiVersion)}`)).map((kind) => [keyOf(kind), kind]),
  );
}
