/** Where in the document something stands: names and list positions from the root. */
export type Key = readonly (string | number)[];

/** A key as one string, to be looked up by; a JSON pointer, as ajv writes it. */
export const pointer = (key: Key): string => key.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** The pointer of the mapping or list around. */
export const parentOf = (of: string): string => of.slice(0, Math.max(0, of.lastIndexOf('/')));

/** What the parts of a pointer say; list positions stay text. */
export const partsOf = (of: string): string[] =>
  of
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

const longest = 60;

/** Text that came from the file, in quotes, on one line and not endless. */
export const quoted = (text: string): string => JSON.stringify(text.length > longest ? `${text.slice(0, longest)}…` : text);

/** A pointer as people write it: `environments[0].updates.types`, `registries["registry.example.com"].password`. */
export function keyPath(of: string): string {
  return partsOf(of).reduce((path, part) => {
    if (/^\d{1,9}$/.test(part)) return `${path}[${part}]`;
    if (!/^[A-Za-z_][\w-]{0,59}$/.test(part)) return `${path}[${quoted(part)}]`;
    return path === '' ? part : `${path}.${part}`;
  }, '');
}

export const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands under the pointer, if anything does. */
export function valueAt(document: unknown, of: string): unknown {
  return partsOf(of).reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null && Object.hasOwn(value, part) ? Reflect.get(value, part) : undefined),
    document,
  );
}

/** The document with every text replaced by what `change` gives for it; what an alias repeats becomes a copy of its own. */
export function mapTexts(value: unknown, change: (text: string, at: string) => unknown, at = ''): unknown {
  if (typeof value === 'string') return change(value, at);
  if (Array.isArray(value)) return value.map((item, index) => mapTexts(item, change, `${at}${pointer([index])}`));
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapTexts(item, change, `${at}${pointer([name])}`)]));
}
