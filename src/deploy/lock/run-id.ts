const form = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/;

/**
 * The id of a deployment run that begins now, `YYYYMMDDhhmmss` in UTC: later than that of the last run of its environment, so that a clock that
 * went backwards, or two runs in one second, do no harm. A last run that is no such time is none.
 */
export function nextRun(now: Date, last: string | undefined): string {
  const before = last === undefined ? undefined : timeOf(last);
  const run = textOf(new Date(Math.max(now.getTime(), before === undefined ? 0 : before + 1000)));
  return form.test(run) ? run : textOf(now); // after the last second of the year 9999 nothing can be later
}

/** Milliseconds of the epoch; undefined where it is no run's id. */
function timeOf(run: string): number | undefined {
  const [, ...parts] = form.exec(run) ?? [];
  if (parts.length === 0) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  return textOf(new Date(time)) === run ? time : undefined; // the 31st of June would be read as the 1st of July
}

const textOf = (time: Date): string =>
  time
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replaceAll(/[-:T]/g, '');
