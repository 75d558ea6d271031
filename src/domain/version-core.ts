/**
 * How a calendar version is written: `YYYYMMDD`, `YYYY-MM-DDThh-mm-ssZ` and the like, `YYYY` for `2024.1.15`, `YY` for `24.04`.
 * `YY or none` is `24.10`, which may be either; `` is an ordinary version; `u` is Java's `8u402`.
 */
export type Format = string;

/** The numbers that order a version first. */
export interface Core {
  readonly format: Format;
  /** Digits as written, of any length; a date's year, month and day are parts of their own. */
  readonly parts: readonly string[];
  /** The same numbers as a reader counts them: `20240115` is one. Ranges are applied to these. */
  readonly written: readonly string[];
}

/** Where the first number begins that stands by itself (`app-v1.2`), else the first one glued to a word (`php8.2`). */
export function startOfCore(mask: string): { readonly at: number; readonly prefix: string; readonly v: string } | undefined {
  const apart = /(?<![0-9A-Za-z])(?<!\d\.)([vV]?)(?=\d)/.exec(mask);
  if (apart !== null) {
    const v = apart[1] ?? '';
    return { at: apart.index + v.length, prefix: mask.slice(0, apart.index), v };
  }
  const glued = /(?<![0-9A-Za-z])(?:[A-Za-z]{2,}|[bBrR])(?=\d+(?:u\d+(?:b\d+)?)?(?![0-9A-Za-z]))/.exec(mask);
  if (glued === null) return undefined;
  const at = glued.index + glued[0].length;
  return { at, prefix: mask.slice(0, at), v: '' };
}

interface Read {
  readonly core: Core;
  /** How many characters of the text it took. */
  readonly length: number;
}

/** Reads the version at the start of the text, which begins with a digit. */
export function readCore(text: string): Read {
  return readDashedDate(text) ?? readCompactDate(text) ?? readJava(text) ?? readDotted(text);
}

const year = '(20\\d\\d)';
const month = '(0[1-9]|1[0-2])';
const day = '(0[1-9]|[12]\\d|3[01])';
const hour = '([01]\\d|2[0-3])';
const sixty = '([0-5]\\d)';
const end = '(?![0-9A-Za-z])';

/** `2024-01-15`, `2024_01_15`, `2024-01-16T16-07-38Z`, `2024-01-16T160738Z`. */
const dashed = new RegExp(`^${year}([-_])${month}\\2${day}(?:(T)${hour}([-:]?)${sixty}\\7${sixty}(Z?))?${end}`);

function readDashedDate(text: string): Read | undefined {
  const match = dashed.exec(text);
  if (match === null) return undefined;
  const [whole, years = '', dash, months = '', days = '', t, hours = '', colon, minutes = '', seconds = '', z] = match;
  const time = t === undefined ? [] : [hours, minutes, seconds];
  const format = `YYYY${dash}MM${dash}DD${t === undefined ? '' : `Thh${colon}mm${colon}ss${z}`}`;
  const parts = [years, months, days, ...time];
  return { core: { format, parts, written: parts }, length: whole.length };
}

/** `20240115`, `20240115.3`, `202401151030`, `20240115103000`, `20240115T103000Z`. */
const compact = new RegExp(`^${year}${month}${day}(?:(T?)${hour}${sixty}${sixty}?(Z?))?((?:\\.\\d+)*)${end}`);

function readCompactDate(text: string): Read | undefined {
  const match = compact.exec(text);
  if (match === null) return undefined;
  const [whole, years = '', months = '', days = '', t, hours, minutes = '', seconds, z, rest = ''] = match;
  const time = hours === undefined ? [] : [hours, minutes, ...(seconds === undefined ? [] : [seconds])];
  const more = rest.split('.').slice(1);
  const format = `YYYYMMDD${hours === undefined ? '' : `${t}hhmm${seconds === undefined ? '' : 'ss'}${z}`}`;
  const written = t === 'T' ? [`${years}${months}${days}`, time.join('')] : [[years, months, days, ...time].join('')];
  return { core: { format, parts: [years, months, days, ...time, ...more], written: [...written, ...more] }, length: whole.length };
}

/** `8u402`: Java's updates before version 9. */
function readJava(text: string): Read | undefined {
  const [whole, major, update] = /^(\d+)u(\d+)(?=b\d|(?![0-9A-Za-z]))/.exec(text) ?? [];
  if (whole === undefined || major === undefined || update === undefined) return undefined;
  return { core: { format: 'u', parts: [major, update], written: [major, update] }, length: whole.length };
}

function readDotted(text: string): Read {
  const whole = /^\d+(?:\.\d+)*/.exec(text)?.[0] ?? '';
  const parts = whole.split('.');
  return { core: { format: dottedFormat(parts), parts, written: parts }, length: whole.length };
}

/** A single number is no year: a counter that passes 2000 stays a counter. */
function dottedFormat([first = '', second]: readonly string[]): Format {
  if (second === undefined) return '';
  if (/^20\d\d$/.test(first)) return 'YYYY';
  if (!/^[1-9]\d$/.test(first)) return '';
  if (/^0[1-9]$/.test(second)) return 'YY';
  return /^1[0-2]$/.test(second) ? 'YY or none' : '';
}

const twoDigitYears = new Set(['YY', 'YY or none']);

/** Calendar versions are a shape of their own; `24.10` goes with `24.04` as well as with `24.9`. */
export function sameFormat(one: Format, other: Format): boolean {
  if (one === other) return true;
  const either = [one, other].includes('YY or none');
  return either && [one, other].every((format) => format === '' || twoDigitYears.has(format));
}

export const isCalendar = (format: Format): boolean => format.startsWith('YY');
