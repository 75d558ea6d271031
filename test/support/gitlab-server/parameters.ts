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

type Kind = 'string' | 'integer' | 'boolean' | 'datetime' | 'array' | readonly string[];

export interface Rule {
  readonly kind: Kind;
  readonly required?: boolean;
  /** `''` is refused. */
  readonly filled?: boolean;
}

export type Parameters = Readonly<Record<string, unknown>>;

/**
 * Checks as Grape does, which GitLab's API is written in: what is missing comes first, all of it in one message, then what is invalid.
 * Unknown parameters are ignored.
 */
export function check(given: Parameters, rules: Readonly<Record<string, Rule>>): Parameters {
  const names = Object.keys(rules);
  const missing = names.filter((name) => rules[name]?.required === true && given[name] === undefined).map((name) => `${name} is missing`);
  const wrong = names.flatMap((name) => {
    const [rule, value] = [rules[name], given[name]];
    return rule === undefined || value === undefined || value === null ? [] : problem(name, rule, value);
  });
  const problems = [...missing, ...wrong];
  if (problems.length > 0) throw new Refused(400, { error: problems.join(', ') });
  return Object.fromEntries(names.flatMap((name) => (given[name] === undefined ? [] : [[name, convert(rules[name], given[name])]])));
}

function problem(name: string, { kind, filled }: Rule, value: unknown): string[] {
  if (filled === true && value === '') return [`${name} is empty`];
  if (typeof kind !== 'string') return kind.includes(String(value)) ? [] : [`${name} does not have a valid value`];
  const text = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
  const fits = {
    string: typeof value === 'string',
    integer: /^-?\d+$/.test(text),
    boolean: /^(true|false|1|0)$/.test(text),
    datetime: /^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text)),
    array: Array.isArray(value),
  }[kind];
  return fits ? [] : [`${name} is invalid`];
}

function convert(rule: Rule | undefined, value: unknown): unknown {
  if (rule?.kind === 'integer') return Number(value);
  if (rule?.kind === 'boolean') return value === true || value === 'true' || value === '1';
  return value;
}

export const paging = { page: { kind: 'integer' }, per_page: { kind: 'integer' } } as const satisfies Record<string, Rule>;

export const text = (of: Parameters, name: string): string => (typeof of[name] === 'string' ? of[name] : '');
export const optional = (of: Parameters, name: string): string | undefined => (typeof of[name] === 'string' ? of[name] : undefined);
