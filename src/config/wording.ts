import type { DefinedError } from 'ajv';
import { closest, distance } from 'fastest-levenshtein';
import { isMapping, partsOf, pointer, quoted } from './key.ts';
import type { Mistake } from './problem.ts';
import { publishedSchema } from './published.ts';

/** What one of ajv's errors means to the person who wrote the file. `showable` is false where the value may be a secret. */
export function mistakeOf(error: DefinedError, showable: (at: string) => boolean): Mistake {
  const at = error.instancePath;
  if (error.keyword === 'additionalProperties') return unknownKey(error);
  if (error.keyword === 'required') {
    return { at, about: 'key', message: `the key "${error.params.missingProperty}" is missing${exampleOf(error)}` };
  }
  if (error.keyword === 'type') {
    const hint = typeof error.data === 'string' && !showable(at) ? '' : hintFor(error);
    const wanted = typesOf(error).map((type) => typeNames[type] ?? type);
    return { at, message: `expected ${wanted.join(' or ')}, found ${kindOf(error.data)}${hint}` };
  }
  if (error.keyword === 'enum' || error.keyword === 'const') return notListed(at, error, showable);
  if (error.keyword === 'uniqueItems') return { at: at + pointer([error.params.i]), message: 'stands in the list twice: remove one' };
  if (error.keyword === 'minimum' || error.keyword === 'maximum' || error.keyword === 'exclusiveMinimum') {
    const found = showable(at) ? `, found ${String(error.data)}` : '';
    return { at, message: `expected a number ${rangeOf(error.parentSchema)}${found}` };
  }
  if (error.keyword === 'maxItems') return { at, message: `expected at most ${error.params.limit} entries` };
  return { at, message: error.keyword.startsWith('min') ? 'must not be empty' : (error.message ?? 'is not as expected') };
}

function unknownKey(error: DefinedError & { keyword: 'additionalProperties' }): Mistake {
  const name = error.params.additionalProperty;
  const known = Object.keys(error.parentSchema?.['properties'] ?? {});
  const meant = nearest(name, keysOf(error.instancePath));
  const suggestion = meant === undefined || meant === name ? '' : `; did you mean "${meant}"?`;
  const note = name === '<<' ? ' (YAML merge keys are not read: use an alias for the whole value)' : meant === name ? ' here' : '';
  const message = `unknown key${note}${suggestion} (expected one of ${known.join(', ')})`;
  return { at: error.instancePath + pointer([name]), about: 'key', message };
}

function notListed(at: string, error: DefinedError, showable: (at: string) => boolean): Mistake {
  const allowed: readonly unknown[] = error.keyword === 'enum' ? error.params.allowedValues : [error.params];
  const names = allowed.map(String);
  if (!showable(at) || typeof error.data !== 'string') return { at, message: `expected one of ${names.join(', ')}` };
  const meant = nearest(error.data, names);
  const suggestion = meant === undefined ? '' : `; did you mean "${meant}"?`;
  return { at, message: `expected one of ${names.join(', ')}, found ${quoted(error.data)}${suggestion}` };
}

/** The one of the names that was probably meant: written otherwise, with letters swapped, or nearly the same. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  if (names.length === 0 || name.length > 40) return undefined;
  const plain = (word: string): string => word.toLowerCase().replaceAll(/[-_ ]/g, '');
  const letters = (word: string): string => Array.from(plain(word)).sort().join('');
  const same = names.find((one) => plain(one) === plain(name)) ?? names.find((one) => letters(one) === letters(name));
  if (same !== undefined) return same;
  const meant = closest(name, [...names]);
  return distance(name, meant) <= (meant.length < 4 ? 1 : Math.max(2, Math.floor(meant.length / 3))) ? meant : undefined;
}

/** Every key that some form of the mapping at the pointer can have. */
export function keysOf(at: string): string[] {
  const inside = partsOf(at).reduce<readonly unknown[]>(
    (schemas, part) => schemas.flatMap((schema) => formsOf(schema).flatMap((form) => child(form, part))),
    [publishedSchema],
  );
  return [...new Set(inside.flatMap(formsOf).flatMap((form) => Object.keys(isMapping(form['properties']) ? form['properties'] : {})))];
}

function formsOf(schema: unknown): Readonly<Record<string, unknown>>[] {
  if (!isMapping(schema)) return [];
  const { allOf = [], then: yes, else: no } = schema as { allOf?: readonly unknown[]; then?: unknown; else?: unknown };
  return [schema, ...[...allOf, yes, no].flatMap(formsOf)];
}

function child(schema: Readonly<Record<string, unknown>>, part: string): unknown[] {
  const { properties, additionalProperties, items } = schema;
  const named = isMapping(properties) && Object.hasOwn(properties, part) ? [properties[part]] : [];
  return [...named, additionalProperties, items].filter(isMapping);
}

const typeNames: Readonly<Record<string, string>> = {
  object: 'a mapping (key: value)',
  array: 'a list',
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'true or false';
  if (typeof value === 'number') return 'a number';
  return Array.isArray(value) ? 'a list' : 'a mapping';
}

/** The one type, or each of the list, that the schema allows. */
const typesOf = (error: DefinedError & { keyword: 'type' }): readonly string[] => [error.params.type as string | string[]].flat();

function hintFor(error: DefinedError & { keyword: 'type' }): string {
  const wanted = typesOf(error);
  if (error.data === null)
    return wanted.includes('string') ? ': fill it in (text that begins with # needs quotes)' : ': fill it in or remove the key';
  if (wanted.includes('string') && typeof error.data !== 'object') return ': put it in quotes';
  if (wanted.includes('array') && typeof error.data !== 'object') return ': put it in [ ]';
  return typeof error.data === 'string' && !wanted.includes('object') ? ': write it without quotes' : '';
}

function rangeOf(schema: unknown): string {
  const { minimum, maximum, exclusiveMinimum } = (schema ?? {}) as Readonly<
    Record<'minimum' | 'maximum' | 'exclusiveMinimum', number | undefined>
  >;
  if (exclusiveMinimum !== undefined) return `above ${exclusiveMinimum}${maximum === undefined ? '' : ` and at most ${maximum}`}`;
  return maximum === undefined ? `from ${minimum} up` : `from ${minimum} to ${maximum}`;
}

/** How the missing key could read. */
function exampleOf(error: DefinedError & { keyword: 'required' }): string {
  const schema: unknown = error.parentSchema?.['properties']?.[error.params.missingProperty];
  const example: unknown = isMapping(schema) && Array.isArray(schema['examples']) ? schema['examples'][0] : undefined;
  return typeof example === 'string' ? `, for example ${error.params.missingProperty}: ${quoted(example)}` : '';
}
