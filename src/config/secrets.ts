import { mapTexts, partsOf } from './key.ts';
import type { Mistake } from './problem.ts';

/** Where `${NAME}` and `${file:PATH}` are read. */
export interface Sources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gives the file's text, or throws an error that says why not. */
  readonly readFile: (path: string) => string;
}

/** A document whose references to the outside are replaced by what they stand for. */
export interface Substituted {
  readonly value: unknown;
  /** Pointers of texts in which something was replaced, or could not be. Such a text is never shown. */
  readonly replaced: ReadonlySet<string>;
  /** Pointers of texts in which something could not be replaced; what they would say is not known. */
  readonly unknown: ReadonlySet<string>;
  readonly mistakes: readonly Mistake[];
  /** What must never be printed. */
  readonly secrets: readonly string[];
}

/** `$${` (a literal `${`), or `${…}`; the brace at the end is missing where it was forgotten. */
const reference = /\$\$\{|\$\{([^{}]*)(\}?)/g;

const secretKeys = new Set(['token', 'password', 'privateKey', 'webhookSecret', 'clientSecret', 'secret', 'heartbeat']);
const secretNames = /token|secret|passw|credential|private|key$/i;

/** True where the schema says that the text is nobody's business. */
const isSecret = (at: string): boolean => secretKeys.has(partsOf(at.replace(/\/\d+$/, '')).at(-1) ?? '') || at === '/store/url';

/** Replaces every reference, and collects every one that cannot be. A replacement is data: it is not read as YAML, nor looked into again. */
export function substitute(document: unknown, sources: Sources): Substituted {
  const mistakes = new Map<string, Mistake>();
  const replaced = new Set<string>();
  const unknown = new Set<string>();
  const secrets = new Set<string>();
  const value = mapTexts(document, (text, at) => {
    const result = text.replaceAll(reference, (whole, name: string | undefined, brace: string) => {
      if (name === undefined) return '${';
      replaced.add(at);
      const read = brace === '' ? { problem: '"${" without "}" (a literal "${" is written "$${")' } : resolve(name, sources);
      if ('problem' in read) {
        mistakes.set(`${at} ${read.problem}`, { at, message: read.problem });
        unknown.add(at);
        return whole;
      }
      if (read.secret || isSecret(at)) for (const form of linesToo(read.text)) secrets.add(form);
      return read.text;
    });
    if (isSecret(at) && !unknown.has(at)) for (const form of secretForms(at, result)) secrets.add(form);
    return result;
  });
  return { value, replaced, unknown, mistakes: [...mistakes.values()], secrets: [...secrets] };
}

/** What of a secret text must not be printed. */
function secretForms(at: string, text: string): string[] {
  return at === '/store/url' ? (/^\w+:\/\/[^:@/]*:([^@/]+)@/.exec(text)?.slice(1) ?? []) : linesToo(text);
}

/** A text of several lines (a key in PEM) is secret line by line, too: texts are cut and logged so. */
function linesToo(text: string): string[] {
  const lines = text.split(/\r?\n/).filter((line) => line.length >= 16 && !line.startsWith('-----'));
  return [text, ...(text.includes('\n') ? lines : [])];
}

type Read = { readonly text: string; readonly secret: boolean } | { readonly problem: string };

function resolve(name: string, { env, readFile }: Sources): Read {
  if (name.startsWith('file:')) return fromFile(name.slice('file:'.length), readFile);
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    return { problem: 'expected ${NAME} or ${file:PATH} (a literal "${" is written "$${")' };
  }
  const text = Object.hasOwn(env, name) ? env[name] : undefined;
  if (text === undefined) return { problem: `the environment variable ${name} is not set` };
  if (text === '') return { problem: `the environment variable ${name} is empty` };
  return { text, secret: secretNames.test(name) };
}

function fromFile(path: string, readFile: Sources['readFile']): Read {
  if (path === '') return { problem: 'expected a path after "file:"' };
  try {
    const text = readFile(path).replace(/\r?\n$/, '');
    return text === '' ? { problem: `the file ${path} is empty` } : { text, secret: true };
  } catch (error) {
    return { problem: `the file ${path} cannot be read: ${Error.isError(error) ? error.message : String(error)}` };
  }
}

/** What may be said of a value in a message. */
export const showable =
  (replaced: ReadonlySet<string>) =>
  (at: string): boolean =>
    !replaced.has(at) && !isSecret(at);
