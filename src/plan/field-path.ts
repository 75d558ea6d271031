import type { FieldPath } from '../manifests/desired-object.ts';
import { jsonOf } from '../manifests/kubernetes-value.ts';
import { record } from '../manifests/objects.ts';

/** One step of a path as the server writes it: `name`, `.name`, `[0]`, `[some.key/x]`, `["quoted"]`, `[name="web",protocol="TCP"]`. */
const step = /\.?([^.[\]]+)|\[((?:"(?:[^"\\]|\\.)*"|[^\]"])*)\]/gy;
const keyed = /([\w.-]+)=("(?:[^"\\]|\\.)*"|[^,]+)(?:,|$)/gy;

/**
 * The path that a text of the server names, from the object's root: `spec.containers[0].image`, `metadata.labels[app.kubernetes.io/x]`,
 * `.spec.ports[port=80,protocol="TCP"]`. Items of lists that are named by their keys are looked up in `value`.
 */
export function fieldPath(text: string, value: unknown): FieldPath {
  const path: (string | number)[] = [];
  let at: unknown = value;
  for (const [, name, bracket] of text.matchAll(step)) {
    const next = name ?? inBrackets(bracket ?? '', at);
    if (next === undefined) break;
    path.push(next);
    at = Array.isArray(at) ? (at[Number(next)] as unknown) : record(at)[String(next)];
  }
  return path;
}

function inBrackets(text: string, at: unknown): string | number | undefined {
  if (/^\d+$/.test(text)) return Array.isArray(at) ? Number(text) : text;
  if (text.startsWith('"')) return unquoted(text);
  if (!Array.isArray(at)) return text;
  const wanted = [...text.matchAll(keyed)].map(([, key = '', said = '']) => [key, unquoted(said)] as const);
  const found = at.findIndex((item) => wanted.every(([key, said]) => same(record(item)[key], said)));
  return wanted.length > 0 && found >= 0 ? found : undefined;
}

/** A key that an item leaves out has its default. */
const same = (value: unknown, said: string): boolean => value === undefined || said === (typeof value === 'string' ? value : jsonOf(value));

function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text.slice(1, -1);
  }
}

export const valueAt = (value: unknown, path: FieldPath): unknown =>
  path.reduce<unknown>((at, key) => (Array.isArray(at) ? (at[Number(key)] as unknown) : record(at)[String(key)]), value);

/** `spec.containers[0].image`. */
export const written = (path: FieldPath): string =>
  path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : /[./]/.test(key) ? `[${key}]` : `${index === 0 ? '' : '.'}${key}`))
    .join('');
