import type { Static } from 'typebox';
import { access } from './schema/access.ts';
import { section } from './schema/build.ts';
import { environments } from './schema/environments.ts';
import { forges } from './schema/forges.ts';
import { packages } from './schema/packages.ts';
import { validation } from './schema/policy.ts';
import { clusters, registries } from './schema/registries.ts';
import { journal, notifications, schedule, server, store } from './schema/service.ts';

const root = section({
  server,
  schedule,
  store,
  forges,
  registries,
  clusters,
  environments,
  packages,
  validation,
  access,
  notifications,
  journal,
});

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;
type Filled = Static<typeof root>;

/** app.yml, valid, with every default filled in and every path absolute. */
export type Config = Frozen<Omit<Filled, 'server'> & { server: Filled['server'] & { url: string } }>;
export type ForgeConfig = Config['forges'][string];
export type RegistryConfig = Config['registries'][string];
export type EnvironmentConfig = Config['environments'][number];
export type NamedEnvironment = Extract<EnvironmentConfig, { readonly name: string }>;
export type DiscoveredEnvironments = Extract<EnvironmentConfig, { readonly discover: string }>;
export type UpdatesConfig = EnvironmentConfig['updates'];
export type PackageConfig = Config['packages'][number];

/** A key that has a default is always there in `Config`, and need not be there in the file. */
function optionalWhereDefault(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('required' in value) || !('properties' in value)) return value;
  const properties = value.properties as Readonly<Record<string, { readonly default?: unknown } | undefined>>;
  const required = (value.required as readonly string[]).filter((key) => properties[key]?.default === undefined);
  const { required: _, ...rest } = value;
  return required.length === 0 ? rest : { ...rest, required };
}

/** The JSON Schema (draft 7) of app.yml: what the file is checked against, and what `app.schema.json` holds. */
export const appSchema: Readonly<Record<string, unknown>> = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Lockkeeper: app.yml',
  ...(JSON.parse(JSON.stringify(root, optionalWhereDefault)) as Record<string, unknown>),
};

/** The text of `app.schema.json`. */
export const schemaText = (): string => `${JSON.stringify(appSchema, undefined, 2)}\n`;
