import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv, type ValidateFunction } from 'ajv';

/** A JSON schema as the description writes it, after `normalize`. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly minimum?: number;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: Schema;
  readonly 'x-multi-segment'?: boolean;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content & { readonly required?: boolean };
  readonly responses: Readonly<Record<string, Content & { readonly $ref?: string }>>;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly 'x-webhooks': Readonly<Record<string, Readonly<Record<'post', Operation>>>>;
}

const id = 'github';

/** OpenAPI 3.0 says `nullable: true` where JSON Schema says `type: [..., null]`; references are made absolute. */
function normalize(of: unknown): unknown {
  if (Array.isArray(of)) return of.map(normalize);
  if (typeof of !== 'object' || of === null) return of;
  const { nullable, ...rest } = Object.fromEntries(Object.entries(of).map(([key, value]) => [key, normalize(value)])) as Record<
    string,
    unknown
  >;
  if (typeof rest['$ref'] === 'string' && rest['$ref'].startsWith('#/')) rest['$ref'] = `${id}${rest['$ref']}`;
  if (nullable !== true) return nullable === undefined ? rest : { ...rest, ...(typeof nullable === 'boolean' ? {} : { nullable }) };
  if (typeof rest['type'] !== 'string') return { anyOf: [{ type: 'null' }, rest] };
  const values = rest['enum'];
  return { ...rest, type: [rest['type'], 'null'], ...(Array.isArray(values) && !values.includes(null) ? { enum: [...values, null] } : {}) };
}

/** One method of GitHub's REST API, as its official description has it. */
export class DescribedOperation {
  readonly name: string;
  readonly method: string;
  readonly template: readonly string[];
  readonly #operation: Operation;
  readonly #book: Book;

  constructor(book: Book, name: string) {
    const [method = '', path = ''] = name.split(' ');
    const operation = book.description.paths[path]?.[method.toLowerCase()];
    if (operation === undefined) throw new Error(`GitHub describes no ${name}`);
    this.name = name;
    this.method = method;
    this.template = path.split('/');
    this.#operation = operation;
    this.#book = book;
  }

  /** Decoded values of the path's parameters; undefined when it is another path. The last one may go over several parts. */
  match(path: string): Readonly<Record<string, string>> | undefined {
    const given = path.split('/');
    const last = this.#parameters.find((one) => one['x-multi-segment'] === true);
    const size = this.template.length;
    if (given.length < size || (given.length > size && last === undefined)) return undefined;
    const parts = last === undefined ? given : [...given.slice(0, size - 1), given.slice(size - 1).join('/')];
    if (!this.template.every((part, at) => part.startsWith('{') || part === parts[at])) return undefined;
    return Object.fromEntries(
      this.template.flatMap((part, at) => (part.startsWith('{') ? [[part.slice(1, -1), decodeURIComponent(parts[at] ?? '')]] : [])),
    );
  }

  get #parameters(): readonly Parameter[] {
    return (this.#operation.parameters ?? []).map((one) => (one.$ref === undefined ? one : this.#book.resolve<Parameter>(one.$ref)));
  }

  /** What is wrong with a request: parameters and keys that are not described count too. */
  requestProblems(query: URLSearchParams, body: unknown): readonly string[] {
    const known = new Map(this.#parameters.filter((one) => one.in === 'query').map((one) => [one.name, one.schema]));
    const ofQuery = [...query].flatMap(([name, value]) => {
      const schema = known.get(name);
      return schema === undefined
        ? [`query ${name} is not described`]
        : this.#book.problems(schema, coerced(schema, value), `query ${name}`);
    });
    const schema = this.#operation.requestBody?.content?.['application/json']?.schema;
    if (schema === undefined) return body === undefined ? ofQuery : [...ofQuery, 'a body is not described'];
    if (body === undefined) return this.#operation.requestBody?.required === true ? [...ofQuery, 'the body is missing'] : ofQuery;
    const keys = this.#book.keys(schema);
    const odd = typeof body === 'object' && body !== null && keys.size > 0 ? Object.keys(body).filter((key) => !keys.has(key)) : [];
    return [...ofQuery, ...odd.map((key) => `body.${key} is not described`), ...this.#book.problems(schema, body, 'body')];
  }

  /** The reply with everything that the description requires and the stand-in does not model, and what is wrong with it then. */
  reply(status: number, body: unknown): { readonly body: unknown; readonly problems: readonly string[] } {
    const found = this.#operation.responses[String(status)];
    if (found === undefined) return { body, problems: status >= 400 ? [] : [`status ${status} is not described`] };
    const described = found.$ref === undefined ? found : this.#book.resolve<Content>(found.$ref);
    const schema = described.content?.['application/json']?.schema;
    if (schema === undefined) return { body, problems: body === undefined || status >= 400 ? [] : ['a body is not described'] };
    const filled = this.#book.fill(schema, body);
    return { body: filled, problems: this.#book.problems(schema, filled, 'reply') };
  }
}

function coerced(schema: Schema, value: string): unknown {
  if (schema.type === 'integer') return /^-?\d+$/.test(value) ? Number(value) : value;
  if (schema.type === 'boolean') return value === 'true' || (value === 'false' ? false : value);
  return value;
}

/** The whole description. */
class Book {
  readonly description: Description;
  readonly #ajv = new Ajv({ strict: false, validateFormats: false, allErrors: false, logger: false });
  readonly #validators = new Map<Schema, ValidateFunction>();

  constructor() {
    const file = createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json');
    this.description = normalize(JSON.parse(readFileSync(file, 'utf8'))) as Description;
    this.#ajv.addSchema({ $id: id, components: { schemas: this.description.components['schemas'] } });
  }

  resolve<T>(reference: string): T {
    const [, , kind = '', name = ''] = reference.split('/');
    return this.description.components[kind]?.[name] as T;
  }

  #schema(of: Schema): Schema {
    return of.$ref === undefined ? of : this.#schema(this.resolve<Schema>(of.$ref));
  }

  problems(schema: Schema, value: unknown, what: string): readonly string[] {
    const validate = this.#validators.get(schema) ?? this.#ajv.compile(schema);
    this.#validators.set(schema, validate);
    return validate(value) ? [] : (validate.errors ?? []).map((error) => `${what}${error.instancePath} ${error.message ?? ''}`);
  }

  /** Keys of an object, over all its forms. */
  keys(of: Schema): ReadonlySet<string> {
    const { properties = {}, allOf = [], anyOf = [], oneOf = [] } = this.#schema(of);
    return new Set([...Object.keys(properties), ...[...allOf, ...anyOf, ...oneOf].flatMap((form) => [...this.keys(form)])]);
  }

  fill(of: Schema, value: unknown): unknown {
    const schema = this.#schema(of);
    const forms = schema.anyOf ?? schema.oneOf;
    if (value === undefined) return this.#sample(schema);
    if (value === null) return value;
    if (Array.isArray(value)) return schema.items === undefined ? value : value.map((item) => this.fill(schema.items as Schema, item));
    if (typeof value !== 'object') return value;
    if (forms !== undefined) return this.fill(forms.find((form) => this.keys(form).size > 0) ?? {}, value);
    if (schema.allOf !== undefined) return schema.allOf.reduce((filled: unknown, part) => this.fill(part, filled), value);
    return this.#fillObject(schema, value as Record<string, unknown>);
  }

  #fillObject({ properties = {}, required = [] }: Schema, given: Readonly<Record<string, unknown>>): unknown {
    const missing = required.filter((key) => given[key] === undefined).map((key) => [key, this.#sample(properties[key] ?? {})]);
    const present = Object.entries(given).map(([key, value]) => [
      key,
      properties[key] === undefined ? value : this.fill(properties[key], value),
    ]);
    return Object.fromEntries([...missing, ...present]) as unknown;
  }

  /** The least that fits, and never anything that could be taken for real. */
  #sample(of: Schema): unknown {
    const schema = this.#schema(of);
    const form = (schema.anyOf ?? schema.oneOf ?? schema.allOf)?.[0];
    if (form !== undefined && schema.type === undefined) return schema.allOf === undefined ? this.#sample(form) : this.fill(schema, {});
    const types = [schema.type ?? 'object'].flat();
    if (types.includes('null')) return null;
    if (schema.enum !== undefined) return schema.enum[0];
    return this.#sampleOf(types[0] ?? 'object', schema);
  }

  #sampleOf(type: string, schema: Schema): unknown {
    switch (type) {
      case 'string':
        return schema.format === 'date-time'
          ? '1970-01-01T00:00:00Z'
          : schema.format === 'uri'
            ? 'https://not.modelled.invalid/'
            : 'not modelled';
      case 'integer':
      case 'number':
        return schema.minimum ?? 0;
      case 'boolean':
        return false;
      case 'array':
        return [];
      default:
        return this.#fillObject(schema, {});
    }
  }
}

let book: Book | undefined;
const operations = new Map<string, DescribedOperation>();

/** `GET /repos/{owner}/{repo}`, from npm package @octokit/openapi. Read once: it is huge. */
export function describedOperation(name: string): DescribedOperation {
  book ??= new Book();
  const found = operations.get(name) ?? new DescribedOperation(book, name);
  operations.set(name, found);
  return found;
}

/** The payload of a webhook (`registry-package-published`), with everything that GitHub says is in it. Throws when what is given does not fit. */
export function describedWebhook(name: string, given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  book ??= new Book();
  const schema = book.description['x-webhooks'][name]?.post.requestBody?.content?.['application/json']?.schema;
  if (schema === undefined) throw new Error(`GitHub describes no webhook ${name}`);
  const payload = book.fill(schema, given);
  const problems = book.problems(schema, payload, name);
  if (problems.length > 0) throw new Error(problems.join('; '));
  return payload as Readonly<Record<string, unknown>>;
}
