import semver from 'semver';
import { UsageError } from './errors.ts';
import type { Numbered, Version } from './version.ts';
import { comparable, compareVersions } from './version-order.ts';

/** Larger parts (a time in nanoseconds) are above every range that semver can read. */
const largest = BigInt(Number.MAX_SAFE_INTEGER);

/** The first three numbers, without prefix, suffix and build number, as semver writes a version; `1.2` is `1.2.0`, `1.2.3.4` is `1.2.3`. */
function asSemver(version: Numbered): string {
  const numbers = [0, 1, 2].map((i) => {
    const part = BigInt(version.written[i] ?? '0');
    return part > largest ? largest : part;
  });
  const identifiers = version.pre?.identifiers.map((identifier) => identifier.replace(/^0+(?=\d)/, '')) ?? [];
  return identifiers.length === 0 ? numbers.join('.') : `${numbers.join('.')}-${identifiers.join('.')}`;
}

/** A predicate on versions. */
export type Range = (version: Numbered) => boolean;

function rangeOf(text: string): Range | undefined {
  if (text.trim() === '' || semver.validRange(text) === null) return undefined;
  const range = new semver.Range(text, { includePrerelease: true });
  return (version) => range.test(asSemver(version));
}

/** A range as npm's semver reads it. Throws UsageError for any other text. */
export function parseAllow(text: string): Range {
  const range = rangeOf(text);
  if (range === undefined) throw new UsageError(`allow "${text}" is not a range as npm's semver reads it; write one such as ">=1.0 <3"`);
  return range;
}

/** Says for a text whether an entry of `ignore` means it: the very tag, the same version, or one in its range. Throws UsageError for an empty entry. */
export function parseIgnore(entry: string, read: (text: string) => Version): (version: Version) => boolean {
  if (entry.trim() === '') throw new UsageError('ignore has an empty entry; write a version such as "1.4.0" or a range such as "2.x"');
  const range = rangeOf(entry);
  const named = read(entry);
  return (version) => {
    if (version.text === entry) return true;
    if (version.kind !== 'version') return false;
    return range?.(version) === true || (named.kind === 'version' && sameVersion(named, version));
  };
}

/** Two commits of the same version are not the same. */
function sameVersion(named: Numbered, version: Numbered): boolean {
  const exact = !`${named.prefix}${named.variant}${named.buildShape}`.includes('*');
  const bare = { ...version, variant: '', numbers: [], buildShape: '', build: [] };
  return exact && [version, bare].some((each) => comparable(named, each) && compareVersions(named, each) === 0);
}
