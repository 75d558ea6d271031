import { styleText } from 'node:util';
import type { Redact } from '../domain/redact.ts';
import type { Io } from './io.ts';
import { printable } from './printable.ts';
import { type Progress, startProgress } from './progress.ts';
import { type TableStyle, tableText } from './table.ts';

/** Where a command's results go. Secrets are hidden in all of it. */
export interface Output {
  /** A line or more, to stdout. */
  print(text: string): void;
  /** One line of pieces, to stdout; on a terminal each in its style. */
  styled(pieces: readonly Piece[]): void;
  /** One object, to stdout: what `--json` prints. */
  json(value: unknown): void;
  table(head: readonly string[], rows: readonly (readonly string[])[]): void;
  /** A unified diff, to stdout, in colours where there are any. */
  diff(text: string): void;
  /** A bar on stderr, on a terminal, once the work has taken a second. */
  progress(title: string, total: number): Progress;
}

export interface Piece {
  readonly text: string;
  readonly style?: 'bold' | 'dim' | 'red' | 'yellow' | 'green';
}

export function createOutput({ stdout, stderr, env }: Io, redact: Redact): Output {
  const color = stdout.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  const style = (): TableStyle => ({ width: stdout.isTTY && stdout.columns !== 0 ? stdout.columns : undefined, color });
  const write = (text: string): void => void stdout.write(`${text}\n`);
  // Hidden before anything is escaped or wrapped: a secret in pieces would not be found any more.
  return {
    print: (text) => write(printable(redact(text))),
    styled: (pieces) =>
      write(
        pieces
          .map(({ text, style: wanted }) => {
            const shown = printable(redact(text));
            return color && wanted !== undefined ? styleText(wanted, shown, { validateStream: false }) : shown;
          })
          .join(''),
      ),
    json: (value) => write(redact(JSON.stringify(value, undefined, 2))),
    table: (head, rows) => {
      const [hidden = [], ...rest] = [head, ...rows].map((row) => row.map(redact));
      write(tableText(hidden, rest, style()));
    },
    diff: (text) => {
      const lines = printable(redact(text)).split('\n');
      write(color ? lines.map(colored).join('\n') : lines.join('\n'));
    },
    progress: (title, total) => startProgress(stderr, printable(redact(title)), total),
  };
}

const colors = { '+': 'green', '-': 'red', '@': 'cyan' } as const;

function colored(line: string): string {
  const [sign] = line;
  return sign === '+' || sign === '-' || sign === '@' ? styleText(colors[sign], line, { validateStream: false }) : line;
}
