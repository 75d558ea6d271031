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

/** What is wrong with a cron expression of five fields (https://man7.org/linux/man-pages/man5/crontab.5.html); undefined when nothing is. */
export function cronMistake(expression: string): string | undefined {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== fields.length) return `it has ${parts.length} of the five fields (minute, hour, day of month, month, day of week)`;
  const wrong = fields.find((field, index) => !(parts[index] ?? '').split(',').every((item) => isItem(item, field)));
  return wrong && `its field "${wrong.name}" is not *, a number from ${wrong.from} to ${wrong.to}, a range a-b, or one of these with /step`;
}

function isItem(item: string, field: Field): boolean {
  const [range = '', step, ...more] = item.split('/');
  if (more.length > 0 || (step !== undefined && !(/^\d{1,2}$/.test(step) && Number(step) > 0))) return false;
  if (range === '*') return true;
  const ends = range.split('-').map((end) => numberOf(end, field));
  const [first = Number.NaN, last = first] = ends;
  return ends.length <= 2 && first >= field.from && first <= last && last <= field.to;
}

function numberOf(text: string, { from, names }: Field): number {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return from + named;
  return /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
}
