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
  const natural = head.map((_, column) => Math.max(...cells.map((row) => lengthOf(row[column] ?? ''))) + gap);
  const [first = [], ...rest] = cells;
  const table = new Table({
    head: first,
    chars: borderless,
    style: { head: style.color ? ['bold'] : [], border: [], 'padding-left': 0, 'padding-right': gap },
    ...(style.width === undefined
      ? {}
      : { colWidths: columnWidths(natural, style.width, cells.some(endsInAddress)), wordWrap: true, wrapOnWordBoundary: false }),
  });
  table.push(...rest);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const letters = new Intl.Segmenter();
const lengthOf = (text: string): number => Array.from(letters.segment(text)).length;

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
