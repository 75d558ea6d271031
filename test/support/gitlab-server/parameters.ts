import type { TObject, TSchema } from 'typebox';

/** What GitLab answers instead of doing it: `{"message": …}` or `{"error": …}` with a status. */
export class Refused extends Error {
  readonly status: number;
  readonly body: unknown;
  constructor(status: number, body: unknown) {
    super(JSON.stringify(body));
    this.status = status;
    this.body = body;
  }
}

export const message = (status: number, text: unknown): Refused => new Refused(status, { message: text });
export const notFound = (what: string): Refused => message(404, `404 ${what} Not Found`);

export type Parameters = Readonly<Record<string, unknown>>;

export interface Checked {
  /** As their types say: `"7"` of a query is 7. What is not described is left out. */
  readonly values: Parameters;
  /** Why GitLab refuses them, in its words. */
  readonly refused: readonly string[];
  /** GitLab ignores these: who sends them believes something that is not so. */
  readonly unknown: readonly string[];
}

/** The part of a JSON schema that parameters are described with. */
interface Kind {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly minLength?: number;
  readonly items?: TSchema;
  readonly properties?: Readonly<Record<string, TSchema>>;
}

/** Checks as Grape does, which GitLab's API is written in: what is missing comes first, all of it in one message, then what is invalid. */
export function check(described: TObject, given: Parameters, within = ''): Checked {
  const names = Object.keys(described.properties);
  const label = (name: string) => (within === '' ? name : `${within}[${name}]`);
  const missing = ((described.required as TObject['required'] | undefined) ?? [])
    .filter((name) => given[name] === undefined)
    .map((name) => `${label(name)} is missing`);
  const present = names.filter((name) => given[name] !== undefined && given[name] !== null);
  const wrong = present.flatMap((name) => problems(label(name), described.properties[name] as Kind, given[name]));
  return {
    values: Object.fromEntries(present.map((name) => [name, converted(described.properties[name] as Kind, given[name])])),
    refused: [...missing, ...wrong],
    unknown: [
      ...Object.keys(given)
        .filter((name) => !names.includes(name))
        .map(label),
      ...unknownWithin(described, given),
    ],
  };
}

function problems(label: string, kind: Kind, value: unknown): readonly string[] {
  if (kind.enum !== undefined) return kind.enum.includes(value) ? [] : [`${label} does not have a valid value`];
  if (!fits(kind, value)) return [`${label} is invalid`];
  if (value === '' && kind.minLength !== undefined) return [`${label} is empty`];
  return elements(kind, value).flatMap(({ each, item, at }) => {
    const inner = `${label}[${at}]`;
    return each.properties === undefined
      ? problems(inner, each, item)
      : check(each as unknown as TObject, item as Parameters, inner).refused;
  });
}

/** Of an array. */
function elements({ items }: Kind, value: unknown): readonly { readonly each: Kind; readonly item: unknown; readonly at: number }[] {
  return items !== undefined && Array.isArray(value) ? value.map((item: unknown, at) => ({ each: items as Kind, item, at })) : [];
}

function unknownWithin(described: TObject, given: Parameters): readonly string[] {
  return Object.entries(described.properties).flatMap(([name, kind]) =>
    elements(kind as Kind, given[name]).flatMap(({ each, item, at }) =>
      each.properties === undefined ? [] : check(each as unknown as TObject, item as Parameters, `${name}[${at}]`).unknown,
    ),
  );
}

function fits({ type, format }: Kind, value: unknown): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null;
  const shown = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
  if (type === 'integer') return /^-?\d+$/.test(shown);
  if (type === 'number') return shown !== '' && !Number.isNaN(Number(shown));
  if (type === 'boolean') return /^(true|false|1|0)$/.test(shown);
  return typeof value === 'string' && (format !== 'date-time' || isTime(value));
}

const isTime = (value: string): boolean => /^\d{4}-\d\d-\d\d/.test(value) && !Number.isNaN(Date.parse(value));

function converted({ type }: Kind, value: unknown): unknown {
  if (type === 'integer' || type === 'number') return Number(value);
  if (type === 'boolean') return value === true || value === 'true' || value === '1';
  return value;
}

export const text = (of: Parameters, name: string): string => (typeof of[name] === 'string' ? of[name] : '');
export const optional = (of: Parameters, name: string): string | undefined => (typeof of[name] === 'string' ? of[name] : undefined);
