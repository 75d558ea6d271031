import { type Static, type TObject, type TProperties, type TSchema, Type } from 'typebox';

/** What an editor shows beside a key. */
interface About {
  readonly description: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
}

/** Text that is not empty. */
export const text = (description: string, about: Omit<About, 'description'> = {}) => Type.String({ minLength: 1, description, ...about });

/** Text that must never be shown; editors and documentation tools know `writeOnly`. */
export const secret = (description: string, example: string) =>
  Type.String({ minLength: 1, description, examples: [example], writeOnly: true });

/** One secret, or two of which each will do: while one takes the other's place. */
export const oneOrTwoSecrets = (description: string, example: string) =>
  Type.Unsafe<string | string[]>({
    type: ['string', 'array'],
    minLength: 1,
    items: { type: 'string', minLength: 1 },
    minItems: 1,
    maxItems: 2,
    uniqueItems: true,
    description,
    examples: [example, [example, `${example.slice(0, -1)}_OLD}`]],
    writeOnly: true,
  });

export const choice = <const T extends string>(values: readonly T[], about: About) =>
  Type.Unsafe<T>({ type: 'string', enum: values, ...about });

export const wholeNumber = (range: { readonly minimum: number; readonly maximum?: number }, about: About) =>
  Type.Integer({ ...range, ...about });

/** A list without repetitions. */
export const list = <T extends TSchema>(of: T, about: About & { readonly minItems?: number }) =>
  Type.Array(of, { uniqueItems: true, ...about });

/** A mapping with these keys and no others. */
export const section = <T extends TProperties>(keys: T, about: Partial<About> = {}) =>
  Type.Object(keys, { additionalProperties: false, ...about });

/** A mapping whose keys are names that the user chooses. */
export const byName = <T extends TSchema>(of: T, about: About & { readonly minProperties?: number }) =>
  Type.Unsafe<Record<string, Static<T>>>({ type: 'object', additionalProperties: of, ...about });

/**
 * A mapping whose `type` says which other keys it has. Written with if/then, not anyOf: a mistake is then reported against the
 * one form that was meant, and defaults are filled in.
 */
export function byType<const T extends Readonly<Record<string, TObject>>>(forms: T, about: About) {
  const types = Object.keys(forms);
  const anyKey = Object.fromEntries(Object.values(forms).flatMap((form) => Object.keys(form.properties).map((key) => [key, {}])));
  return Type.Unsafe<Static<T[keyof T]>>({
    type: 'object',
    ...about,
    required: ['type'],
    properties: { type: { type: 'string', enum: types, description: 'What it is.' } },
    allOf: [
      ...types.map((type) => ({
        if: { type: 'object', required: ['type'], properties: { type: { const: type } } },
        // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word
        then: forms[type],
      })),
      // Without it the form is not known, but a misspelt `type` can be seen.
      { if: { type: 'object', required: ['type'] }, else: { type: 'object', properties: anyKey, additionalProperties: false } },
    ],
  });
}

/** A mapping that has one form with the key, and another without it. */
export const withOrWithout = <W extends TSchema, O extends TSchema>(key: string, having: W, without: O, description: string) =>
  Type.Unsafe<Static<W> | Static<O>>({
    type: 'object',
    description,
    if: { type: 'object', required: [key] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word
    then: having,
    else: without,
  });
