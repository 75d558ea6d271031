import type { DesiredObject, FieldPath } from '../../manifests/desired-object.ts';
import { jsonOf } from '../../manifests/kubernetes-value.ts';
import { valueAt } from '../../plan/field-path.ts';
import { withoutMiddle } from '../../plan/help.ts';
import { type Described, quantitiesIn } from './schema.ts';

/** What a decoder could not read stops it: nothing behind is looked at. So what it means is found, and mended, and the rest asked for again. */
export interface Mend {
  readonly path: FieldPath;
  /** Something of the right type; absent: the field is left out. */
  readonly value?: unknown;
  /** What the server says of anything in here may come of the mending; default: of the field itself. */
  readonly scope?: FieldPath;
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const quantity = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?$/;

const isQuantity = (value: unknown): boolean => quantity.test(typeof value === 'string' ? value : jsonOf(value));

/** The fields that a decoder's message means: all of them that are wrong in this way, although it names the first. */
export function meant(message: string, { value }: DesiredObject, described: Described | undefined): Mend[] {
  const typed = /cannot unmarshal (\w+)(?: .*)? into Go (?:struct field \w+\.([\w.]+)|value) of type ([\w.[\]*]+)$/.exec(
    withoutMiddle(message),
  );
  if (typed !== null) return ofType(value, (typed[2] ?? '').split('.').filter(Boolean), typed[1] ?? '', typed[3] ?? '');
  if (/quantit/.test(message)) {
    const wrong = described === undefined ? [] : quantitiesIn(value, described).filter((path) => !isQuantity(valueAt(value, path)));
    return wrong.map((path) => ({ path, value: '1', ...(isHeld(path) ? { scope: path.slice(0, -2) } : {}) }));
  }
  if (/illegal base64 data/.test(message))
    return bytes.flatMap((name) => entriesAt(value, name).filter(({ path }) => !isBase64(valueAt(value, path))));
  const time = /parsing time "\\?"?([^"\\]*)/.exec(message)?.[1];
  return time === undefined
    ? []
    : leaves(value)
        .filter((path) => valueAt(value, path) === time)
        .map((path) => ({ path }));
}

/** A request is held against its limit. */
const isHeld = (path: FieldPath): boolean => path.at(-2) === 'requests' || path.at(-2) === 'limits';

const bytes = ['data', 'binaryData'];

function entriesAt(value: Readonly<Record<string, unknown>>, name: string): Mend[] {
  const at = value[name];
  return typeof at === 'object' && at !== null ? Object.keys(at).map((key) => ({ path: [name, key], value: '' })) : [];
}

const isBase64 = (value: unknown): boolean =>
  typeof value === 'string' && /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value.replace(/[\r\n]/g, ''));

function ofType(value: unknown, names: readonly string[], found: string, wanted: string): Mend[] {
  const exact = reach(value, names, []);
  const all = exact.flatMap((path) => [path, ...within(valueAt(value, path), path)]);
  return all.filter((path) => kindOf(valueAt(value, path)) === found).map((path) => mended(path, valueAt(value, path), wanted));
}

/** All that a path without places in lists may mean. */
function reach(at: unknown, names: readonly string[], path: FieldPath): FieldPath[] {
  const [name, ...rest] = names;
  if (name === undefined) return [path];
  if (Array.isArray(at)) return at.flatMap((item: unknown, index) => reach(item, names, [...path, index]));
  if (typeof at !== 'object' || at === null || !(name in at)) return [];
  return reach((at as Record<string, unknown>)[name], rest, [...path, name]);
}

/** The entries of a map or list, which the decoder names by the whole. */
const within = (at: unknown, path: FieldPath): FieldPath[] =>
  typeof at === 'object' && at !== null ? Object.keys(at).map((key) => [...path, Array.isArray(at) ? Number(key) : key]) : [];

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return value === null ? 'null' : typeof value;
}

function mended(path: FieldPath, value: unknown, wanted: string): Mend {
  if (wanted === 'string' && typeof value !== 'object') return { path, value: typeof value === 'string' ? value : jsonOf(value) };
  if (/^u?int|^float/.test(wanted)) return { path, value: typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : 1 };
  if (wanted === 'bool') return { path, value: value === 'true' };
  return { path };
}

function leaves(value: unknown, path: FieldPath = []): FieldPath[] {
  if (typeof value !== 'object' || value === null) return [path];
  return path.length > 40
    ? []
    : Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, Array.isArray(value) ? Number(key) : key]));
}

/** A copy with other values at those paths. */
export function withMended(value: unknown, mends: readonly Mend[]): unknown {
  const copy = structuredClone(value);
  for (const { path, value: other } of mends) {
    const parent = valueIn(copy, path.slice(0, -1));
    const key = path.at(-1);
    if (typeof parent !== 'object' || parent === null || key === undefined) continue;
    if (other !== undefined) (parent as Record<string, unknown>)[key] = other;
    else if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete (parent as Record<string, unknown>)[key];
  }
  return copy;
}

const valueIn = (value: unknown, path: FieldPath): unknown =>
  path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], value);

/** Whether a path lies where something was mended: what the server says there may be of our making. */
export function touches(path: FieldPath, mends: readonly Mend[]): boolean {
  return mends.some((mend) => {
    const scope = mend.scope ?? mend.path;
    return scope.every((key, index) => key === path[index]);
  });
}
