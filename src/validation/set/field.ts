import type { FieldPath } from '../../manifests/desired-object.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A value of an object with its path in it. What is not there, or of another type than asked for, is empty: objects come here before a server has seen them. */
export class Field {
  readonly value: unknown;
  /** What it stands in, and where there: few are asked for their path. */
  readonly #holder: Field | undefined;
  readonly #key: string | number;

  constructor(value: unknown, holder?: Field, key: string | number = '') {
    this.value = value;
    this.#holder = holder;
    this.#key = key;
  }

  get path(): FieldPath {
    return this.#holder === undefined ? [] : [...this.#holder.path, this.#key];
  }

  at(...keys: FieldPath): Field {
    return keys.reduce<Field>((field, key) => new Field(field.#child(key), field, key), this);
  }

  #child(key: string | number): unknown {
    if (Array.isArray(this.value)) return typeof key === 'number' ? this.value[key] : undefined;
    return isFields(this.value) && Object.hasOwn(this.value, key) ? this.value[key] : undefined;
  }

  get items(): readonly Field[] {
    return Array.isArray(this.value) ? this.value.map((item: unknown, index) => new Field(item, this, index)) : [];
  }

  get entries(): readonly (readonly [string, Field])[] {
    if (!isFields(this.value)) return [];
    return Object.entries(this.value).map(([key, value]) => [key, new Field(value, this, key)] as const);
  }

  get isThere(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  get text(): string {
    return typeof this.value === 'string' ? this.value : '';
  }

  get wholeNumber(): number | undefined {
    return typeof this.value === 'number' && Number.isSafeInteger(this.value) ? this.value : undefined;
  }

  /** A mapping's entries whose values are texts. */
  get texts(): ReadonlyMap<string, string> {
    return new Map(this.entries.flatMap(([key, { value }]) => (typeof value === 'string' ? [[key, value]] : [])));
  }
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
