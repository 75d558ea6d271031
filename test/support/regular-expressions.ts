import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parse, type Token } from 'acorn';
import pLimit from 'p-limit';
import { check } from 'recheck';

/** A regular expression of the sources. */
export interface Expression {
  /** `updates/edit.ts:12`, below src. */
  readonly place: string;
  readonly source: string;
  readonly flags: string;
}

/** One whose time grows faster than the text, and what the text that shows it is made of. */
export interface Weak extends Expression {
  readonly growth: string;
  readonly pumps: readonly { readonly prefix: string; readonly pump: string; readonly bias: number }[];
  readonly suffix: string;
}

/** What was found in the sources. */
export interface Judged {
  readonly all: readonly Expression[];
  readonly weak: readonly Weak[];
  /** Places of `new RegExp(` that nothing evaluates before there is a text. */
  readonly atRunTime: readonly string[];
}

const root = resolve(import.meta.dirname, '../../src');
/** They act when they are imported. */
const programs = ['main.ts', 'config/write-schema.ts'];

const files = (): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));

/** Every literal, by the tokens of a real parser. */
function literals(): Expression[] {
  return files().flatMap((file) => {
    const found: Expression[] = [];
    const onToken = ({ type, loc, ...rest }: Token): void => {
      if (type.label !== 'regexp') return;
      const { pattern: source, flags } = (rest as unknown as { readonly value: { readonly pattern: string; readonly flags: string } })
        .value;
      found.push({ place: `${file}:${loc?.start.line}`, source, flags });
    };
    const text = stripTypeScriptTypes(readFileSync(join(root, file), 'utf8'));
    parse(text, { ecmaVersion: 'latest', sourceType: 'module', locations: true, onToken });
    return found;
  });
}

/** Places of `new RegExp(` in the sources. */
const constructions = (): string[] =>
  files().flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => (line.includes('new RegExp(') ? [`${file}:${index + 1}`] : [])),
  );

/** Those that modules put together when they are imported. */
async function constructed(): Promise<Expression[]> {
  const found: Expression[] = [];
  const Original = globalThis.RegExp;
  globalThis.RegExp = new Proxy(Original, {
    construct(target, [source, flags]: [string, string | undefined]) {
      const [, place] = new Error('where').stack?.match(/src\/([\w./-]+\.ts:\d+):\d+/) ?? [];
      const made = new target(source, flags);
      if (place !== undefined) found.push({ place, source: made.source, flags: made.flags });
      return made;
    },
  });
  for (const file of files()) if (!programs.includes(file)) await import(join(root, file));
  globalThis.RegExp = Original;
  return found;
}

/** By steps and not by time, so that the verdict is the same on a busy machine. */
const limits = { timeout: 60_000, incubationTimeout: null, attackTimeout: null, maxIteration: 10 };

/** Throws for one that the checker cannot judge. It does not know the flag `d`, which changes no time, nor `(?-i:…)`, which has the time of its group. */
async function judge({ place, source, flags }: Expression): Promise<Weak | undefined> {
  const verdict = await check(source.replaceAll('(?-i:', '(?:'), flags.replace('d', ''), limits);
  if (verdict.status === 'safe') return undefined;
  if (verdict.status === 'unknown') throw new Error(`${place}: /${source}/${flags} could not be judged: ${verdict.error.kind}`);
  const { pumps, suffix } = verdict.attack;
  return { place, source, flags, growth: verdict.complexity.summary, pumps, suffix };
}

/** A text for it, `length` characters or a few more. */
export function attackOn({ pumps, suffix }: Weak, length: number): string {
  const once = pumps.reduce((sum, { pump }) => sum + pump.length, 0);
  return pumps.map(({ prefix, pump, bias }) => prefix + pump.repeat(Math.ceil(length / once) + bias)).join('') + suffix;
}

/** To be called in a process of its own, by its name: it changes `RegExp`, and the checker’s process lives on. @public */
export async function judgeSources(): Promise<Judged> {
  const made = await constructed();
  const places = new Set(made.map(({ place }) => place));
  const all = new Map([...literals(), ...made].map((one) => [`/${one.source}/${one.flags}`, one]));
  const few = pLimit(availableParallelism()); // the checker's patience counts from when it is asked
  const judged = await Promise.all([...all.values()].map((one) => few(() => judge(one))));
  return {
    all: [...all.values()],
    weak: judged.filter((one) => one !== undefined),
    atRunTime: constructions().filter((place) => !places.has(place)),
  };
}
