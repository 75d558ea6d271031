/** What a clock on the wall of a time zone shows. */
export interface LocalTime {
  /** 0 is Sunday. */
  readonly day: number;
  /** Since midnight by the clock. */
  readonly minutes: number;
  /** This day's midnight by the clock, written as if it were UTC, in milliseconds. */
  readonly midnight: number;
}

const dayLength = 24 * 60 * 60_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  formats.set(zone, format);
  return format;
}

/** The clock's time as if it were UTC, in milliseconds, to the second. */
function wallClock(zone: string, at: Date): number {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

export function localTime(zone: string, at: Date): LocalTime {
  const clock = wallClock(zone, at);
  const midnight = Math.floor(clock / dayLength) * dayLength;
  return { day: new Date(clock).getUTCDay(), minutes: Math.floor((clock - midnight) / 60_000), midnight };
}

/** How far the zone's clock is ahead of UTC, in milliseconds. */
export function offsetAt(zone: string, at: Date): number {
  return wallClock(zone, at) - Math.floor(at.getTime() / 1000) * 1000;
}

/** The instants after `from`, up to `until`, at which the zone's clock is put forward or back; two within a day are not told apart. */
export function offsetChanges(zone: string, from: Date, until: Date): readonly Date[] {
  const changes: Date[] = [];
  for (let at = from.getTime(); at < until.getTime(); at += dayLength) {
    const end = Math.min(at + dayLength, until.getTime());
    if (offsetAt(zone, new Date(at)) !== offsetAt(zone, new Date(end))) changes.push(changeBetween(zone, at, end));
  }
  return changes;
}

/** Halves the stretch until the second of the change is found. */
function changeBetween(zone: string, from: number, until: number): Date {
  const before = offsetAt(zone, new Date(from));
  let [low, high] = [Math.floor(from / 1000), Math.ceil(until / 1000)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, new Date(middle * 1000)) === before) low = middle;
    else high = middle;
  }
  return new Date(high * 1000);
}
