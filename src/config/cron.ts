const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Names that stand for numbers, the first one for `from`. */
  readonly names: readonly string[];
}

const fields: readonly Field[] = [
  { name: 'minute', from: 0, to: 59, names: [] },
  { name: 'hour', from: 0, to: 23, names: [] },
  { name: 'day of month', from: 1, to: 31, names: [] },
  { name: 'month', from: 1, to: 12, names: months },
  { name: 'day of week', from: 0, to: 7, names: days },
];

/** Days of each month, in a leap year. */
const longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** What is wrong with a cron expression of five fields (https://man7.org/linux/man-pages/man5/crontab.5.html); undefined when nothing is. */
export function cronMistake(expression: string): string | undefined {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== fields.length) return `it has ${parts.length} of the five fields (minute, hour, day of month, month, day of week)`;
  const values = fields.map((field, index) => valuesOf(parts[index] ?? '', field));
  const wrong = fields.find((_, index) => values[index] === undefined);
  if (wrong)
    return `its field "${wrong.name}" is not *, a range a-b, one of these with /step, or a number from ${wrong.from} to ${wrong.to}`;
  const [, , ofMonth = [], ofYear = []] = values;
  const comes = ofYear.some((month) => ofMonth.some((day) => day <= (longest[month - 1] ?? 0)));
  return comes ? undefined : `no month of its field "month" has a day of its field "day of month"`;
}

function valuesOf(text: string, field: Field): readonly number[] | undefined {
  const items = text.split(',').map((item) => itemValues(item, field));
  return items.every((values) => values !== undefined) ? items.flat() : undefined;
}

function itemValues(item: string, field: Field): readonly number[] | undefined {
  const [range = '', step = '1', ...more] = item.split('/');
  const ends = range === '*' ? [field.from, field.to] : range.split('-').map((end) => numberOf(end, field));
  if (more.length > 0 || !/^\d{1,2}$/.test(step) || Number(step) === 0 || (item.includes('/') && ends.length === 1)) return undefined;
  const [first = Number.NaN, last = first] = ends;
  if (ends.length > 2 || !(first >= field.from && first <= last && last <= field.to)) return undefined;
  return Array.from({ length: Math.floor((last - first) / Number(step)) + 1 }, (_, index) => first + index * Number(step));
}

function numberOf(text: string, { from, names }: Field): number {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return from + named;
  return /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
}
