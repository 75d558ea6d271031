import { closeSync, openSync, readSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { UsageError } from '../domain/errors.ts';
import { redactor } from '../domain/redact.ts';
import { parseDocument } from './document.ts';
import { mapTexts, partsOf } from './key.ts';
import { checkMeaning } from './meaning.ts';
import { ConfigError, type Mistake, placed } from './problem.ts';
import type { Config } from './schema.ts';
import { type Sources, showable, substitute } from './secrets.ts';
import { validate } from './validate.ts';

/** app.yml, ready for use: nobody checks or defaults anything after this. */
export interface Loaded {
  /** Frozen, deeply. */
  readonly config: Config;
  /** Values that must never be printed: for `redactor`. */
  readonly secrets: readonly string[];
  /** Where a key stands, by its JSON pointer: `app.yml:41`. */
  readonly placeOf: (pointer: string) => string;
  /** Absolute path. */
  readonly file: string;
}

/** Larger ones are no configuration. */
const mostBytes = 1024 * 1024;

/**
 * Reads and checks app.yml. `env` is where `${NAME}` is looked up; paths in the file are relative to its folder.
 * Throws ConfigError with every mistake at once; no message holds a secret.
 */
export function loadConfig(file: string, env: Sources['env']): Loaded {
  const folder = dirname(resolve(file));
  const readFile = (path: string): string => readText(resolve(folder, path));
  const loaded = readConfig(file, textOf(file), { env, readFile });
  return { ...loaded, config: frozen(absolute(loaded.config, folder)), file: resolve(file) };
}

/** The pure part of loadConfig: text in, configuration out; paths stay as written. */
export function readConfig(file: string, text: string, sources: Sources): Omit<Loaded, 'file'> {
  const document = parseDocument(file, text);
  const { value, replaced, unknown, mistakes: missing, secrets } = substitute(document.value, sources);
  const mayShow = showable(replaced);
  const wrong = [...validate(value, { replaced, showable: mayShow }), ...checkMeaning(value, mayShow)];
  const mistakes = [...document.mistakes, ...missing, ...oncePerKey(wrong).filter(({ at, about }) => about === 'key' || !unknown.has(at))];
  if (mistakes.length === 0)
    return { config: withPublicUrl(value as Config), secrets, placeOf: (at) => `${basename(file)}:${document.placeOf(at).line}` };
  const redact = redactor(secrets);
  const problems = mistakes.map(({ at, message }) => placed(file, { at, message: redact(message) }, document.placeOf(at)));
  throw new ConfigError(problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)));
}

/** The schema's word comes first, and what it has already complained about needs no second word. */
function oncePerKey(mistakes: readonly Mistake[]): Mistake[] {
  const seen = new Set<string>();
  return mistakes.filter(({ at, about }) => {
    const again = seen.has(at) && about !== 'key';
    seen.add(at);
    return !again;
  });
}

function withPublicUrl(config: Config): Config {
  const { server } = config;
  return { ...config, server: { ...server, url: server.url ?? `http://localhost:${server.port}` } };
}

/** Texts that are paths, made absolute. */
function absolute(config: Config, folder: string): Config {
  const paths = mapTexts(config, (text, at) => {
    const parts = partsOf(at);
    const [section, , key] = parts;
    if (at === '/store/url') return text.startsWith('file:') ? `file:${resolve(folder, text.slice('file:'.length))}` : text;
    const isPath =
      (section === 'forges' && (key === 'path' || key === 'ca')) ||
      (section === 'registries' && key === 'ca') ||
      (section === 'clusters' && key === 'kubeconfig') ||
      (parts.at(-2) === 'validation' && (parts.at(-1) === 'definitions' || parts.at(-1) === 'binaries'));
    return isPath ? resolve(folder, text) : text;
  });
  return paths as Config;
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}

function textOf(file: string): string {
  try {
    return readText(file);
  } catch (error) {
    const message = Error.isError(error) ? error.message : String(error);
    throw new ConfigError([{ file, key: '', message: `${message} (--config FILE names another file)` }]);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'is a folder, not a file',
  EACCES: 'may not be read by this user',
};

/** The file's text without a byte order mark. Throws UsageError that says why it cannot be read, without the path. */
function readText(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readBytes(path));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const code = Error.isError(error) && 'code' in error ? String(error.code) : '';
    throw new UsageError(
      code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'is not UTF-8 text' : (reasons[code] ?? `cannot be read (${code})`),
    );
  }
}

/** Not more than the limit, whatever it is: a pipe and a device have no size. */
function readBytes(path: string): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(mostBytes + 1);
    let length = 0;
    for (let more = 1; more > 0 && length < buffer.length; length += more)
      more = readSync(descriptor, buffer, length, buffer.length - length, null);
    if (length > mostBytes) throw new UsageError('is larger than 1 MiB');
    return buffer.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}
