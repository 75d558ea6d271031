import { type Context, createContext, Script } from 'node:vm';
import semver from 'semver';
import { UsageError } from './errors.ts';
import { nestedQuantifier } from './regex-safety.ts';
import { type Numbered, parseVersion, readable, type Version } from './version.ts';
import { isCalendar } from './version-core.ts';

/** How tags are read: `loose` (the ten rules), `semver`, `calver` or `regex:…`. */
export interface Versioning {
  /** As written in app.yml. */
  readonly name: string;
  /** What a tag that could not be read is not: `a version`, `a semver version`. */
  readonly noun: string;
  /** One version per text, in the same order, each made when it is asked for: most are looked at once. Throws UsageError when a pattern takes too long. */
  readAll(texts: readonly string[]): Iterable<Version>;
}

/** Throws UsageError for an unknown name and for a pattern that is no regular expression, lacks its groups or could run for ages. */
export function versioningOf(text = 'loose'): Versioning {
  if (text === 'loose') return { name: text, noun: 'a version', readAll: (texts) => texts.values().map(parseVersion) };
  if (text === 'semver') return { name: text, noun: 'a semver version', readAll: (texts) => texts.values().map(readSemver) };
  if (text === 'calver') return { name: text, noun: 'a calendar version', readAll: (texts) => texts.values().map(readCalendar) };
  if (text.startsWith('regex:')) return regexVersioning(text);
  throw new UsageError(`versioning "${text}" is not known; write semver, loose, calver or regex:PATTERN`);
}

const unread = (text: string): Version => ({ kind: 'channel', text });

/** The ten rules on what semver.org allows, a `v` in front too; there a bare number behind the version (`1.2.3-1`) is a pre-release. */
function readSemver(text: string): Version {
  const version = parseVersion(text);
  if (version.kind !== 'version' || version.prefix !== '') return version.kind === 'commit' ? version : unread(text);
  if (semver.valid(text) === null) return unread(text);
  if (!version.buildShape.startsWith('-')) return version;
  return { ...version, pre: { channel: '', identifiers: version.build }, buildShape: '', build: [] };
}

function readCalendar(text: string): Version {
  const version = parseVersion(text);
  return version.kind === 'version' && !isCalendar(version.format) ? unread(text) : version;
}

const ordered = ['major', 'minor', 'patch', 'build', 'revision'] as const;

/** For a whole list; one of 20,000 tags needs a hundredth of it. */
const patternTimeout = 1000;
/** Only a script can be interrupted inside a regular expression. */
const readGroups = new Script('texts.map((text) => pattern.exec(text)?.groups)');
/** Made once, by the first that needs it: that takes longer than most lists. */
let context: Context | undefined;

type Groups = Readonly<Record<string, string | undefined>>;

/** Named groups as in Renovate's regex versioning: major, minor, patch, build, revision order the version, prerelease marks one, compatibility must stay. */
function regexVersioning(name: string): Versioning {
  const pattern = compile(name, name.slice('regex:'.length));
  const named = ordered.filter((group) => pattern.source.includes(`(?<${group}>`));
  if (!named.some((group) => group === 'major' || group === 'minor' || group === 'patch')) {
    throw new UsageError(`versioning "${name}" has no named group (?<major>…), (?<minor>…) or (?<patch>…) to order versions by`);
  }
  return {
    name,
    noun: `matched by "${name}"`,
    readAll(texts) {
      const groups = runPattern(name, pattern, texts);
      return texts.values().map((text, i) => versionFromGroups(text, groups[i], named));
    },
  };
}

function compile(name: string, source: string): RegExp {
  const nested = nestedQuantifier(source);
  if (nested !== undefined) {
    throw new UsageError(
      `versioning "${name}" repeats what repeats or branches itself, at "${nested}", which can take for ever; write it without`,
    );
  }
  try {
    return new RegExp(source);
  } catch (cause) {
    throw new UsageError(`versioning "${name}" is not a regular expression`, { cause });
  }
}

function runPattern(name: string, pattern: RegExp, texts: readonly string[]): readonly (Groups | undefined)[] {
  const short = texts.map((text) => (readable.test(text) ? text : ''));
  context ??= createContext({});
  Object.assign(context, { texts: short, pattern });
  try {
    return readGroups.runInContext(context, { timeout: patternTimeout }) as (Groups | undefined)[];
  } catch (cause) {
    const message = `versioning "${name}" took longer than ${patternTimeout} ms on ${texts.length} tags; write a pattern with fewer repetitions`;
    throw new UsageError(message, { cause });
  }
}

function versionFromGroups(text: string, groups: Groups | undefined, named: readonly string[]): Version {
  if (groups === undefined || !readable.test(text)) return unread(text);
  const parts = named.map((group) => groups[group] ?? '0');
  if (parts.some((part) => !/^\d+$/.test(part))) return unread(text);
  const identifiers = groups['prerelease']?.match(/\d+|[A-Za-z]+/g) ?? [];
  const version: Numbered = {
    kind: 'version',
    text,
    prefix: '',
    v: '',
    format: 'regex',
    parts,
    written: parts,
    buildShape: '',
    build: [],
    variant: groups['compatibility'] ?? '',
    numbers: [],
    platforms: [],
  };
  return identifiers.length === 0 ? version : { ...version, pre: { channel: '', identifiers } };
}
