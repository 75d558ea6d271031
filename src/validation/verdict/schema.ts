import type { ApiServer } from '../../domain/cluster.ts';
import { OutsideError } from '../../domain/errors.ts';
import type { FieldPath } from '../../manifests/desired-object.ts';
import { jsonOf } from '../../manifests/kubernetes-value.ts';

/** The parts of a schema that are looked at, as OpenAPI 3 and CustomResourceDefinitions write them. */
export interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly type?: string;
  readonly default?: unknown;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-group-version-kind'?: readonly { readonly group: string; readonly version: string; readonly kind: string }[];
}

/** A schema, and where its references lead. */
export interface Described {
  readonly schema: Schema;
  /** By reference: `#/components/schemas/…`. */
  readonly named: Readonly<Record<string, Schema>>;
}

const prefix = '#/components/schemas/';
const quantity = `${prefix}io.k8s.apimachinery.pkg.api.resource.Quantity`;

const referenceOf = (schema: Schema): string | undefined => schema.$ref ?? schema.allOf?.[0]?.$ref;

function resolved(schema: Schema | undefined, named: Described['named']): Schema | undefined {
  const reference = schema === undefined ? undefined : referenceOf(schema);
  return reference === undefined ? schema : named[reference];
}

function child(schema: Schema | undefined, key: string | number, named: Described['named']): Schema | undefined {
  const whole = resolved(schema, named);
  if (typeof key === 'number') return whole?.items;
  const additional = whole?.additionalProperties;
  return whole?.properties?.[key] ?? (typeof additional === 'object' ? additional : undefined);
}

/** Names of the fields that may stand at a path. */
export function namesAt({ schema, named }: Described, path: FieldPath): readonly string[] {
  const at = path.reduce<Schema | undefined>((of, key) => child(of, key, named), schema);
  return Object.keys(resolved(at, named)?.properties ?? {});
}

/** Paths of everything that is a quantity by the schema. */
export function quantitiesIn(value: unknown, { schema, named }: Described): FieldPath[] {
  const found: FieldPath[] = [];
  walk(value, schema, named, (_at, of, path) => {
    if (referenceOf(of) === quantity) found.push([...path]);
  });
  return found;
}

/**
 * Whether server-side apply may refuse what a POST takes: items of a list that are told apart by keys or by themselves, of which two are the
 * same or one lacks its key. https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
 */
export function mayNotApply(value: unknown, { schema, named }: Described): boolean {
  let doubtful = false;
  walk(value, schema, named, (at, of) => {
    if (!Array.isArray(at)) return;
    const keys = of['x-kubernetes-list-map-keys'];
    if (keys !== undefined) doubtful ||= clash(at, (item) => identity(item, keys, resolved(of.items, named)));
    else if (of['x-kubernetes-list-type'] === 'set') doubtful ||= clash(at, (item) => jsonOf(item));
  });
  return doubtful;
}

function clash(items: readonly unknown[], identify: (item: unknown) => string | undefined): boolean {
  const seen = new Set<string | undefined>(items.map(identify));
  return seen.has(undefined) || seen.size < items.length;
}

/** undefined where an item lacks a key that has no default. */
function identity(item: unknown, keys: readonly string[], schema: Schema | undefined): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const values = keys.map((key) => (item as Record<string, unknown>)[key] ?? (schema?.properties?.[key]?.default || undefined));
  return values.every((value) => value === undefined) ? undefined : jsonOf(values);
}

/** Aliases may make a value larger than anything a server would take. */
const mostNodes = 200_000;

/** The path is the same list each time: who keeps it copies it. */
function walk(value: unknown, schema: Schema, named: Described['named'], use: (at: unknown, of: Schema, path: FieldPath) => void): void {
  let left = mostNodes;
  const path: (string | number)[] = [];
  const visit = (at: unknown, of: Schema | undefined): void => {
    left -= 1;
    if (of === undefined || left < 0) return;
    use(at, of, path);
    if (typeof at !== 'object' || at === null) return;
    for (const [key, item] of Object.entries(at)) {
      const name = Array.isArray(at) ? Number(key) : key;
      path.push(name);
      visit(item, child(of, name, named));
      path.pop();
    }
  };
  visit(value, schema);
}

type Named = Described['named'];

/** What a server says of its own kinds, asked once per group and version. */
export class Schemas {
  readonly #server: ApiServer;
  readonly #versions = new Map<string, Promise<Named>>();

  constructor(server: ApiServer) {
    this.#server = server;
  }

  /** undefined for a kind that the server does not describe. */
  async of(apiVersion: string, kind: string): Promise<Described | undefined> {
    const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const named = await this.#named(apiVersion);
    const schema = Object.values(named).find((one) =>
      one['x-kubernetes-group-version-kind']?.some((of) => of.group === group && of.version === version && of.kind === kind),
    );
    return schema && { schema, named };
  }

  #named(apiVersion: string): Promise<Named> {
    const known = this.#versions.get(apiVersion);
    if (known !== undefined) return known;
    const read = this.#read(`/openapi/v3/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}`);
    this.#versions.set(apiVersion, read);
    read.catch(() => this.#versions.delete(apiVersion)); // the next who asks tries again; this one is told
    return read;
  }

  async #read(path: string): Promise<Named> {
    const { status, body } = await this.#server.ask({ method: 'GET', path });
    if (status === 404) return {};
    if (status !== 200) throw new OutsideError(this.#server.host, `GET ${path}: answered ${status}`, { status });
    const document = JSON.parse(body) as { readonly components?: { readonly schemas?: Named } };
    return Object.fromEntries(Object.entries(document.components?.schemas ?? {}).map(([name, schema]) => [prefix + name, trimmed(schema)]));
  }
}

/** Without descriptions, which are nine tenths of it. */
function trimmed(schema: Schema): Schema {
  const { $ref, allOf, properties, additionalProperties, items, type } = schema;
  const keys = ['default', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys', 'x-kubernetes-group-version-kind'] as const;
  const reference = $ref ?? allOf?.[0]?.$ref;
  return {
    ...(reference === undefined ? {} : { $ref: reference }),
    ...(type === undefined ? {} : { type }),
    ...(items === undefined ? {} : { items: trimmed(items) }),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: trimmed(additionalProperties) } : {}),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, trimmed(one)])) }),
    ...Object.fromEntries(keys.filter((key) => schema[key] !== undefined).map((key) => [key, schema[key]])),
  };
}
