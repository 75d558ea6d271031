import { type Logger, pino } from 'pino';
import type { Redact } from '../domain/redact.ts';
import type { LogLevel, Sink } from './io.ts';
import { printable } from './printable.ts';

export type Log = Logger;

/** Logs to stderr: lines for people on a terminal, JSON elsewhere. Secrets are hidden in both. */
export function createLog(stderr: Sink, level: LogLevel, redact: Redact): Log {
  const write = (line: string): void => {
    const safe = redact(line);
    stderr.write(stderr.isTTY ? forPeople(safe) : safe);
  };
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, { write });
}

/** `12:03:01 warn   archive skipped  file=a.yaml` */
function forPeople(line: string): string {
  const { time, level, msg, ...rest } = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const details = Object.entries(rest).map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const text = [typeof msg === 'string' ? msg : '', ...details].filter((part) => part !== '').join('  ');
  return `${String(time).slice(11, 19)} ${String(level).padEnd(5)}  ${printable(text).replaceAll('\n', ' ')}\n`;
}
