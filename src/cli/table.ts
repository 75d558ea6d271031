import { styleText } from 'node:util';
import Table from 'cli-table3';
import { printable } from './printable.ts';

/** How a table may look. */
export interface TableStyle {
  /** Columns of the terminal; undefined where nothing has to fit. */
  readonly width: number | undefined;
  readonly color: boolean;
}

const gap = 2;
const narrowest = 8;

/** Rows below a head, without borders; on a narrow terminal the widest columns wrap, but never an address at the end of a row: in pieces it opens nothing. */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[], style: TableStyle): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => printable(cell).replaceAll(/\s+/g, ' ')));
  const natural = head.map((_, column) => cells.reduce((most, row) => Math.max(most, lengthOf(row[column] ?? '')), 0) + gap);
  const widths = style.width === undefined ? natural : columnWidths(natural, style.width, cells.some(endsInAddress));
  const lines = cells.map((row) => (row.every((cell, column) => fits(cell, widths[column])) ? padded(row, widths) : wrapped(row, widths)));
  const [first = '', ...rest] = lines;
  return [style.color ? styleText('bold', first, { validateStream: false }) : first, ...rest].join('\n');
}

const fits = (cell: string, width = 0): boolean => lengthOf(cell) + gap <= width;

const padded = (row: readonly string[], widths: readonly number[]): string =>
  row
    .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - lengthOf(cell)))
    .join('')
    .trimEnd();

/** Only what does not fit goes through the library: a fleet's inventory of 20,000 rows would keep it busy for minutes. */
function wrapped(row: readonly string[], colWidths: number[]): string {
  const style = { head: [], border: [], 'padding-left': 0, 'padding-right': gap };
  const table = new Table({ chars: borderless, style, colWidths, wordWrap: true, wrapOnWordBoundary: false });
  table.push(row.map((cell, column) => brokenAtWords(cell, (colWidths[column] ?? 0) - gap)));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** A word that is longer than a line is left to the library, which cuts it. */
function brokenAtWords(cell: string, width: number): string {
  const lines: string[] = [];
  for (const word of cell.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && lengthOf(line) + 1 + lengthOf(word) <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}

const letters = new Intl.Segmenter();
const lengthOf = (text: string): number => (/^[ -~]*$/.test(text) ? text.length : Array.from(letters.segment(text)).length);

const endsInAddress = (row: readonly string[]): boolean => /^https?:\/\/\S+$/.test(row.at(-1) ?? '');

/** Where the row would be too long because of an address, the terminal itself breaks it, and still knows that it is one line. */
function columnWidths(natural: readonly number[], room: number, addresses: boolean): number[] {
  return addresses ? [...fitted(natural.slice(0, -1), room), ...natural.slice(-1)] : fitted(natural, room);
}

/** Takes from the widest column until all fit, or none is wide any more. */
function fitted(widths: readonly number[], room: number): number[] {
  const fitting = [...widths];
  for (let over = fitting.reduce((sum, width) => sum + width, 0) - room; over > 0; over -= 1) {
    const widest = Math.max(...fitting);
    if (widest <= narrowest) break;
    fitting[fitting.indexOf(widest)] = widest - 1;
  }
  return fitting;
}

const borderless = Object.fromEntries(
  ['top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right', 'left left-mid mid mid-mid right right-mid middle'].flatMap(
    (names) => names.split(' ').map((name) => [name, '']),
  ),
);
