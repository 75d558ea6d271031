import { UsageError } from '../../domain/errors.ts';

export type Fields = Readonly<Record<string, unknown>>;

export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

/** undefined where nothing is said. */
export function fieldOf(of: Fields, key: string): string | undefined {
  const value = of[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export const flagOf = (of: Fields, key: string): boolean => of[key] === true;

export const listOf = (of: Fields, key: string): readonly Fields[] => {
  const value = of[key];
  return Array.isArray(value) ? value.map(fieldsOf) : [];
};

/** The entry of a list by its name: `contexts: [{ name, context }]`. */
export function namedIn(file: string, config: Fields, list: string, key: string, name: string): Fields {
  const all = listOf(config, list);
  const found = all.find((entry) => entry['name'] === name);
  if (found !== undefined) return fieldsOf(found[key]);
  const names = all.map((entry) => String(entry['name'])).join(', ');
  throw new UsageError(`${file} has no ${key} "${name}" under ${list}${names === '' ? '' : `; it has ${names}`}`);
}
