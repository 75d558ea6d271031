const units = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** `3 days ago (2026-11-17)`; the day alone for a time to come, and the empty string where the time is not known. */
export function age(time: string | undefined, now: Date): string {
  const at = time === undefined ? Number.NaN : Date.parse(time);
  if (Number.isNaN(at)) return '';
  const day = new Date(at).toISOString().slice(0, 10);
  const seconds = (now.getTime() - at) / 1000;
  if (seconds < 0) return day;
  const [unit, size] = units.find(([, length]) => seconds >= 2 * length) ?? ['minute', 60];
  const count = Math.floor(seconds / size);
  return count === 0 ? `just now (${day})` : `${count} ${unit}${count === 1 ? '' : 's'} ago (${day})`;
}
