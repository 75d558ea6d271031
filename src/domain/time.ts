import { UsageError } from './errors.ts';

const second = 1000;
const units = { w: 7 * 24 * 3600 * second, d: 24 * 3600 * second, h: 3600 * second, m: 60 * second, s: second };

/** `90m`, `24h`, `3d`, `1w`, `1d12h` in milliseconds; the larger unit first, each at most once. Throws UsageError for any other text. */
export function parseDuration(text: string): number {
  const match = /^(?:(?<w>\d{1,4})w)?(?:(?<d>\d{1,4})d)?(?:(?<h>\d{1,4})h)?(?:(?<m>\d{1,6})m)?(?:(?<s>\d{1,6})s)?$/.exec(text);
  if (text === '' || match === null) throw new UsageError(`"${text}" is no duration; write one such as 90m, 24h, 3d, 1w or 1d12h`);
  return Object.entries(units).reduce((sum, [unit, length]) => sum + Number(match.groups?.[unit] ?? 0) * length, 0);
}

/** `90m` is `1h30m` again; to the second, and `0s` at the least. */
export function durationText(ms: number): string {
  let left = Math.max(0, Math.round(ms / second)) * second;
  const parts = Object.entries(units).flatMap(([unit, length]) => {
    const whole = Math.floor(left / length);
    left -= whole * length;
    return whole === 0 ? [] : [`${whole}${unit}`];
  });
  return parts.join('') || '0s';
}

/** RFC 3339 in UTC, to the second: `2026-11-23T08:00:00Z`. */
export const instant = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;
