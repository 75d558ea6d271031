import { UsageError } from './errors.ts';
import { localTime, offsetAt, offsetChanges } from './zone.ts';

/** A stretch of time that comes again every week. */
export interface Window {
  /** As written, to be shown. */
  readonly text: string;
  /** Days on which it begins: 0 is Sunday. */
  readonly days: readonly number[];
  /** Minutes since midnight by the zone's clock; an end that is not above the start is on the next day. */
  readonly start: number;
  readonly end: number;
  /** IANA name. */
  readonly zone: string;
}

const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const help = 'write one such as "Mon-Thu 09:00-15:00 Europe/Stockholm", "22:00-02:00" or "Sat,Sun 00:00-24:00"';

/** Days and zone may be left out: every day, UTC. Throws UsageError for any text that is not a window, and so never means "any time". */
export function parseWindow(text: string): Window {
  const words = text.trim().split(/\s+/);
  const hours = words.findIndex((word) => /^\d/.test(word));
  const [zone = 'Etc/UTC', ...more] = words.slice(hours + 1);
  if (hours < 0 || hours > 1 || more.length > 0) throw new UsageError(`"${text}" is no window; ${help}`);
  const days = hours === 0 ? dayNames.map((_, day) => day) : parseDays(words[0] ?? '', text);
  return { text: text.trim(), days, ...parseHours(words[hours] ?? '', text), zone: parseZone(zone, text) };
}

/** `Mon`, `Mon-Thu`, `Fri-Mon`, and lists of these with commas. */
function parseDays(list: string, text: string): readonly number[] {
  const days = list.split(',').flatMap((item) => {
    const [first = -1, last = first, ...more] = item.split('-').map((name) => dayNames.indexOf(name.toLowerCase()));
    if (first < 0 || last < 0 || more.length > 0) throw new UsageError(`"${item}" in the window "${text}" is no day; ${help}`);
    return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, i) => (first + i) % 7);
  });
  return [...new Set(days)];
}

function parseHours(hours: string, text: string): Pick<Window, 'start' | 'end'> {
  const match = /^([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/.exec(hours);
  if (match === null) throw new UsageError(`"${hours}" in the window "${text}" are no hours from 00:00 to 24:00; ${help}`);
  const [, startHour, startMinute, endHour = '24', endMinute = '0'] = match;
  const start = Number(startHour) * 60 + Number(startMinute);
  const end = Number(endHour) * 60 + Number(endMinute);
  if (start === end) throw new UsageError(`the window "${text}" ends when it begins; for whole days write 00:00-24:00`);
  return { start, end };
}

function parseZone(zone: string, text: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    if (/^[A-Za-z]/.test(zone)) return zone;
  } catch {
    // RangeError: said below
  }
  throw new UsageError(`"${zone}" in the window "${text}" is no time zone; write an IANA name such as Europe/Stockholm`);
}

/** Without windows it is always open. */
export function isOpen(windows: readonly Window[], now: Date): boolean {
  return windows.length === 0 || windows.some((window) => contains(window, now));
}

function contains({ days, start, end, zone }: Window, now: Date): boolean {
  const { day, minutes } = localTime(zone, now);
  if (start < end) return days.includes(day) && minutes >= start && minutes < end;
  return (days.includes(day) && minutes >= start) || (days.includes((day + 6) % 7) && minutes < end);
}

/** A window and the instant at which it opens. */
export interface Opening {
  readonly window: Window;
  readonly at: Date;
}

/** The first of the windows to be open, now or later; undefined when there are none. */
export function nextOpening(windows: readonly Window[], now: Date): Opening | undefined {
  return windows
    .flatMap((window) => {
      const at = openingOf(window, now);
      return at === undefined ? [] : [{ window, at }];
    })
    .sort((a, b) => a.at.getTime() - b.at.getTime())[0];
}

const minute = 60_000;
const dayLength = 24 * 60 * minute;
/** A change to summer time can swallow a weekly window once. */
const horizon = 15;

/** A window opens when the clock reaches its start, or when the clock is put forward into it. */
function openingOf(window: Window, now: Date): Date | undefined {
  if (contains(window, now)) return now;
  const until = new Date(now.getTime() + horizon * dayLength);
  const changes = offsetChanges(window.zone, now, until);
  const offsets = new Set([now, ...changes].map((at) => offsetAt(window.zone, at)));
  const { midnight } = localTime(window.zone, now);
  const starts = Array.from({ length: horizon + 1 }, (_, day) => midnight + day * dayLength + window.start * minute);
  return [...starts.flatMap((start) => [...offsets].map((offset) => new Date(start - offset))), ...changes]
    .filter((at) => at.getTime() >= now.getTime() && contains(window, at))
    .sort((a, b) => a.getTime() - b.getTime())[0];
}
