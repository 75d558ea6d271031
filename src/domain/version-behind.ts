import type { InventoryRow } from './fleet.ts';
import { type Numbered, parseVersion } from './version.ts';
import { isCalendar } from './version-core.ts';
import { comparable, compareVersions, typeOfUpdate } from './version-order.ts';

/** How far a version is behind the newest one. */
export interface Behind {
  /** `other`: something newer is out, of which no number tells how much newer. */
  readonly kind: 'unknown' | 'current' | 'other' | 'patch' | 'minor' | 'major';
  /** How many numbers, or days, lie between; 0 where that cannot be told. */
  readonly count: number;
  /** `2 minor behind` */
  readonly text: string;
}

export const unknown: Behind = { kind: 'unknown', count: 0, text: 'newest unknown' };
const current: Behind = { kind: 'current', count: 0, text: 'current' };

/** In the first number that differs: between 1.4.2 and 2.0.0 lies one major. `newest` undefined: nothing is known of it. */
export function behind(version: string, newest: string | undefined): Behind {
  if (newest === undefined) return unknown;
  if (newest === version) return current;
  const [from, to] = [parseVersion(version), parseVersion(newest)];
  if (from.kind !== 'version' || to.kind !== 'version' || !comparable(from, to)) return other('other');
  if (compareVersions(from, to) >= 0) return current;
  const kind = typeOfUpdate(from, to);
  if (isCalendar(from.format) || isCalendar(to.format)) return byDays(kind, from, to);
  const at = from.parts.findIndex((digits, i) => Number(digits) !== Number(to.parts[i]));
  const count = Number(to.parts[at]) - Number(from.parts[at]);
  return at >= 0 && Number.isSafeInteger(count) && count > 0 ? { kind, count, text: `${count} ${kind} behind` } : other(kind);
}

/** How far a reference is behind. A tag that was pointed elsewhere has the same name. */
export const rowBehind = ({ version, newest, state }: Pick<InventoryRow, 'version' | 'newest' | 'state'>): Behind =>
  (state === 'proposed' || state === 'waiting') && newest === version ? newerBuild : behind(version, newest);

const newerBuild: Behind = { kind: 'other', count: 0, text: 'newer build' };

const other = (kind: Behind['kind']): Behind => ({ kind, count: 0, text: 'newer is out' });

const ranks: readonly Behind['kind'][] = ['unknown', 'current', 'other', 'patch', 'minor', 'major'];

/** Below zero when `one` is behind less. */
export const compareBehind = (one: Behind, against: Behind): number =>
  ranks.indexOf(one.kind) - ranks.indexOf(against.kind) || one.count - against.count;

export const isBehind = ({ kind }: Behind): boolean => ranks.indexOf(kind) > ranks.indexOf('current');

const day = 24 * 3_600_000;

/** A version that is a date; one that begins with a year alone tells no more than that it is older. */
function byDays(kind: Behind['kind'], from: Numbered, to: Numbered): Behind {
  const count = Math.round((dateOf(to) - dateOf(from)) / day);
  return count > 0 ? { kind, count, text: `${count} ${count === 1 ? 'day' : 'days'} behind` } : other(kind);
}

const dateOf = ({ format, parts: [years, months, days] }: Numbered): number =>
  format.startsWith('YYYY') && format.includes('DD') ? Date.parse(`${years}-${months}-${days}`) : Number.NaN;
