import type { Redact } from '../domain/redact.ts';
import type { Io } from './io.ts';
import { printable } from './printable.ts';
import { type Progress, startProgress } from './progress.ts';
import { tableText } from './table.ts';

/** Where a command's results go. Secrets are hidden in all of it. */
export interface Output {
  /** A line or more, to stdout. */
  print(text: string): void;
  /** One object, to stdout: what `--json` prints. */
  json(value: unknown): void;
  table(head: readonly string[], rows: readonly (readonly string[])[]): void;
  /** A bar on stderr, on a terminal, once the work has taken a second. */
  progress(title: string, total: number): Progress;
}

export function createOutput({ stdout, stderr, env }: Io, redact: Redact): Output {
  const color = stdout.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  const write = (text: string): void => void stdout.write(`${redact(text)}\n`);
  return {
    print: (text) => write(printable(text)),
    json: (value) => write(JSON.stringify(value, undefined, 2)),
    table: (head, rows) => write(tableText(head, rows, { width: stdout.isTTY ? stdout.columns : undefined, color })),
    progress: (title, total) => startProgress(stderr, redact(printable(title)), total),
  };
}
