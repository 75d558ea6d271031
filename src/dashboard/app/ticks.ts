import type { Range } from './timeline.ts';

export interface Tick {
  /** Milliseconds. */
  readonly at: number;
  readonly text: string;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const clock = (date: Date): string => date.toISOString().slice(11, 16);
const dayText = (date: Date): string => `${date.getUTCDate()} ${months[date.getUTCMonth()] ?? ''}`;
const monthText = (date: Date): string => (date.getUTCMonth() === 0 ? String(date.getUTCFullYear()) : (months[date.getUTCMonth()] ?? ''));

/** From fine to coarse: which multiples of the step count, and what stands at them. */
const scales: readonly { readonly step: number; readonly counts?: (date: Date) => boolean; readonly text: (date: Date) => string }[] = [
  ...[1, 2, 5, 15, 30].map((minutes) => ({ step: minutes * minute, text: clock })),
  ...[1, 3, 6].map((hours) => ({ step: hours * hour, text: (date: Date) => (date.getUTCHours() === 0 ? dayText(date) : clock(date)) })),
  { step: day, text: dayText },
  { step: day, counts: (date) => date.getUTCDay() === 1, text: dayText },
  { step: day, counts: (date) => date.getUTCDate() === 1, text: monthText },
  { step: day, counts: (date) => date.getUTCDate() === 1 && date.getUTCMonth() % 3 === 0, text: monthText },
  { step: day, counts: (date) => date.getUTCDate() === 1 && date.getUTCMonth() === 0, text: monthText },
];

/** On an axis, with its text beside it. */
const most = 13;
/** Days of which some count, as Mondays do: no history is a hundred years long. */
const mostLookedAt = 36_500;

/** The finest round times of a range (UTC) that are not too many. */
export function ticksIn({ from, until }: Range): readonly Tick[] {
  const long = until.getTime() - from.getTime();
  const fitting = scales.filter(({ step, counts }) => long / step <= (counts === undefined ? most : mostLookedAt));
  for (const { step, counts = () => true, text } of fitting) {
    const first = Math.ceil(from.getTime() / step) * step;
    const all = Array.from(
      { length: Math.max(0, Math.floor((until.getTime() - first) / step) + 1) },
      (_, index) => new Date(first + index * step),
    );
    const ticks = all.filter(counts);
    if (ticks.length <= most) return ticks.map((date) => ({ at: date.getTime(), text: text(date) }));
  }
  return [];
}
