import { record } from '../../manifests/objects.ts';

/** What stands where; `{}`, `[]`, `''` and undefined where something of another kind stands: the API server says so, the checklist looks no further. */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((at, key) => (isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined), value);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const recordAt = (value: unknown, ...path: readonly string[]): Readonly<Record<string, unknown>> => record(valueAt(value, ...path));

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = valueAt(value, ...path);
  return typeof found === 'string' ? found : '';
}

export function wholeAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'number' && Number.isSafeInteger(found) ? found : undefined;
}

/** Labels and annotations; what is no text is left out. */
export const textsAt = (value: unknown, ...path: readonly string[]): ReadonlyMap<string, string> =>
  new Map(Object.entries(recordAt(value, ...path)).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text] as const] : [])));

/** `a, b and c` */
export function sentence(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
