import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import { appSchema, schemaText } from '../../src/config/schema.ts';

const root = resolve(import.meta.dirname, '../..');

interface Keyed {
  readonly path: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** Every key of the schema with its path; names that the user chooses are NAME. */
function keysOf(schema: unknown, path: string): Keyed[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {}, additionalProperties, items, allOf = [], then: yes, else: no } = schema as Record<string, object>;
  return [
    ...Object.entries(properties as Record<string, Record<string, unknown>>).flatMap(([name, value]) => [
      { path: `${path}${name}`, schema: value },
      ...keysOf(value, `${path}${name}.`),
    ]),
    ...keysOf(additionalProperties, `${path}NAME.`),
    ...keysOf(items, `${path.slice(0, -1)}[].`),
    ...[...(allOf as object[]), yes, no].flatMap((form) => keysOf(form, path)),
  ];
}

/** Without those that only say that a key may be there. */
const keys = keysOf(appSchema, '').filter(({ schema }) => Object.keys(schema).length > 0);
const unique = [...new Map(keys.map((key) => [key.path, key])).values()];

test('app.schema.json is what the schema in the code says (npm run schema writes it)', () => {
  expect(readFileSync(resolve(root, 'app.schema.json'), 'utf8')).toBe(schemaText());
});

test('it is a JSON Schema', () => {
  const ajv = new Ajv();
  expect(ajv.validateSchema(appSchema)).toBe(true);
  expect(ajv.validateSchema({ ...appSchema, properties: { server: { type: 'a mapping' } } })).toBe(false);
});

test('every key has a description, and an example, a default, a list of values or keys below it', () => {
  expect(unique.length).toBeGreaterThan(60);
  const bare = keys.filter(({ schema }) => schema['description'] === undefined);
  expect(bare.map(({ path }) => path)).toEqual([]);
  const unclear = keys.filter(({ schema }) =>
    ['examples', 'default', 'enum', 'const', 'properties', 'items'].every((word) => !(word in schema)),
  );
  expect(unclear.map(({ path }) => path)).toEqual([]);
});

test('no mapping takes keys that nobody knows', () => {
  const open = (schema: unknown): string[] =>
    Object.entries(typeof schema === 'object' && schema !== null ? schema : {}).flatMap(([name, value]: [string, unknown]) => [
      ...(typeof value === 'object' &&
      value !== null &&
      'properties' in value &&
      'required' in value &&
      !('additionalProperties' in value) &&
      !('allOf' in value) &&
      name !== 'if'
        ? [name]
        : []),
      ...open(value),
    ]);
  expect(open(appSchema)).toEqual([]);
});

test('a key with a default need not be there', () => {
  const properties = appSchema['properties'] as Readonly<Record<string, { readonly required?: readonly string[] }>>;
  expect(appSchema['required']).toEqual(['forges', 'environments']);
  expect(properties['server']?.required).toBeUndefined();
});

test('docs/configuration.md shows every key', () => {
  const page = readFileSync(resolve(root, 'docs/configuration.md'), 'utf8');
  // What an environment may have otherwise is explained once, where all environments have it.
  const missing = unique.filter(({ path }) => !page.includes(`\`${path.replace(/^environments\[\]\.(?=validation\.)/, '')}\``));
  expect(missing.map(({ path }) => path)).toEqual([]);
});
