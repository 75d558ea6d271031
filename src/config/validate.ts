import { Ajv, type DefinedError } from 'ajv';
import { parentOf, partsOf, valueAt } from './key.ts';
import type { Mistake } from './problem.ts';
import { publishedSchema } from './published.ts';
import { keysOf, mistakeOf, nearest } from './wording.ts';

// What is used once or twice is not worth the time that optimizing it takes; and that the schema is one, a test has seen.
const saved = { code: { optimize: false }, validateSchema: false } as const;
const check = new Ajv({ allErrors: true, useDefaults: true, verbose: true, strictTypes: false, ...saved }).compile(publishedSchema);

/** How the checked document may be spoken of and changed. */
export interface Values {
  /** Pointers of texts that came from `${…}`: these may stand for a number or a yes or no. */
  readonly replaced: ReadonlySet<string>;
  /** False where the value may be a secret. */
  readonly showable: (pointer: string) => boolean;
}

/** Compares the document with the schema, fills in defaults (in place), and gives every mistake. */
export function validate(document: unknown, values: Values): Mistake[] {
  check(document);
  let errors = (check.errors ?? []) as DefinedError[];
  if (errors.filter((error) => converted(document, error, values.replaced)).length > 0) {
    check(document);
    errors = (check.errors ?? []) as DefinedError[];
  }
  const unknownKeys = errors.filter((error) => error.keyword === 'additionalProperties');
  return errors
    .filter((error) => error.keyword !== 'if' && !(error.keyword === 'required' && isExplained(error, unknownKeys)))
    .map((error) => mistakeOf(error, values.showable));
}

/** Makes the number or the boolean of a replaced text that the schema asks for; false when it is none. */
function converted(document: unknown, error: DefinedError, replaced: ReadonlySet<string>): boolean {
  if (error.keyword !== 'type' || !replaced.has(error.instancePath)) return false;
  const value = read(String(error.data), error.params.type);
  const holder = valueAt(document, parentOf(error.instancePath));
  const name = partsOf(error.instancePath).at(-1);
  return value !== undefined && name !== undefined && typeof holder === 'object' && holder !== null && Reflect.set(holder, name, value);
}

function read(text: string, type: unknown): number | boolean | undefined {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  return (type === 'integer' || type === 'number') && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** A key that is missing because it is misspelt needs no message of its own. */
function isExplained(missing: DefinedError & { keyword: 'required' }, unknownKeys: readonly DefinedError[]): boolean {
  const known = Object.keys(missing.parentSchema?.['properties'] ?? {});
  return unknownKeys.some((error) => {
    if (error.keyword !== 'additionalProperties' || error.instancePath !== missing.instancePath) return false;
    const meant = nearest(error.params.additionalProperty, keysOf(error.instancePath));
    return meant === missing.params.missingProperty || (meant !== undefined && !known.includes(meant));
  });
}
