import type { UpdateType } from './update.ts';
import type { Numbered } from './version.ts';
import { sameFormat } from './version-core.ts';
import type { PreRelease } from './version-tail.ts';

/** Two strings of digits as numbers of any length. */
function compareDigits(one: string, other: string): number {
  const [a, b] = [significant(one), significant(other)];
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

const significant = (digits: string): string => (digits.startsWith('0') ? digits.replace(/^0+/, '') : digits);

/** A number that is missing is below every number. */
function compareNumbers(one: readonly string[], other: readonly string[]): number {
  for (const [i, digits] of one.entries()) {
    const against = other[i];
    const order = against === undefined ? 1 : compareDigits(digits, against);
    if (order !== 0) return order;
  }
  return one.length - other.length;
}

const isNumber = (identifier: string): boolean => /^\d+$/.test(identifier);

/** Semver.org, item 11.4: numbers by value and below words, words by the alphabet, more identifiers above fewer. */
function compareIdentifiers(one: readonly string[], other: readonly string[]): number {
  for (const [i, a] of one.entries()) {
    const b = other[i];
    if (b === undefined) return 1;
    const order =
      isNumber(a) && isNumber(b) ? compareDigits(a, b) : Number(isNumber(b)) - Number(isNumber(a)) || (a < b ? -1 : a > b ? 1 : 0);
    if (order !== 0) return order;
  }
  return one.length - other.length;
}

function comparePreReleases(one: PreRelease | undefined, other: PreRelease | undefined): number {
  if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined);
  return compareIdentifiers(one.identifiers, other.identifiers);
}

/** Below zero when `one` is the lower one. A total order, which means something only among those comparable with the same third. */
export function compareVersions(one: Numbered, other: Numbered): number {
  return (
    compareNumbers(one.parts, other.parts) ||
    comparePreReleases(one.pre, other.pre) ||
    compareNumbers(one.build, other.build) ||
    compareNumbers(one.numbers, other.numbers)
  );
}

export const sameRelease = (one: Numbered, other: Numbered): boolean => compareNumbers(one.parts, other.parts) === 0;

/** Whether the candidate is of the same make as the current one, so that higher means newer. */
export function comparable(current: Numbered, candidate: Numbered): boolean {
  return (
    candidate.prefix === current.prefix &&
    candidate.parts.length === current.parts.length &&
    sameFormat(current.format, candidate.format) &&
    variantOf(candidate, current.pre !== undefined) === current.variant &&
    sameBuild(current, candidate) &&
    sameChannel(current, candidate)
  );
}

/** What some write behind a final version is nothing that its release candidates could have had. */
function variantOf(candidate: Numbered, forPreRelease: boolean): string {
  const final = forPreRelease && candidate.pre === undefined;
  return final ? candidate.variant.replace(/^[-.](?:final|ga|release)(?![0-9A-Za-z])/i, '') : candidate.variant;
}

/** A build number may be dropped with the next release (`1.2.3-4` to `1.2.4`); for the same numbers, or to gain one, it would be read as a pre-release by some. */
function sameBuild(current: Numbered, candidate: Numbered): boolean {
  if (candidate.buildShape === current.buildShape) return true;
  return candidate.buildShape === '' && compareNumbers(candidate.parts, current.parts) > 0;
}

function sameChannel(current: Numbered, candidate: Numbered): boolean {
  return current.pre === undefined || candidate.pre === undefined || current.pre.channel === candidate.pre.channel;
}

/** By position: the first number is major, the second minor, all else patch. */
export function typeOfUpdate(from: Numbered, to: Numbered): Exclude<UpdateType, 'digest'> {
  const differs = (i: number): boolean => compareNumbers(from.parts.slice(i, i + 1), to.parts.slice(i, i + 1)) !== 0;
  return differs(0) ? 'major' : differs(1) ? 'minor' : 'patch';
}

/** What the variant was built on and what it would be built on, where that is older: `alpine3.19`, `alpine3.18`. */
export function lowerPlatform(from: Numbered, to: Numbered): { readonly from: string; readonly to: string } | undefined {
  for (const [i, { name, numbers }] of from.platforms.entries()) {
    const target = to.platforms[i];
    if (target !== undefined && compareNumbers(target.numbers, numbers) < 0) {
      return { from: `${name}${numbers.join('.')}`, to: `${target.name}${target.numbers.join('.')}` };
    }
  }
  return undefined;
}
