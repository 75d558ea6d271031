import { InvalidArgumentError, Option } from 'commander';
import type { Context } from './context.ts';
import type { ExitCode } from './io.ts';

/** Does a command's work with a context made for it. */
export type Start = (work: (context: Context) => Promise<ExitCode>) => Promise<void>;

/** A new one for each command: commander keeps state in it. */
export const jsonOption = (): Option => new Option('--json', 'print one JSON object');

/** One that may be given again. */
export const listOption = (flags: string, description: string): Option =>
  new Option(flags, `${description} (may be given again)`).argParser((value: string, before: string[] | undefined) => [
    ...(before ?? []),
    value,
  ]);

export const environmentOption = (): Option => listOption('--env <name>', 'only this environment');

export function portNumber(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new InvalidArgumentError('It must be a number from 1 to 65535.');
  return port;
}

export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return Number(text);
}

export function monthText(text: string): string {
  if (!/^\d{4}-(?:0[1-9]|1[0-2])$/.test(text)) throw new InvalidArgumentError('Write it as 2026-11.');
  return text;
}

/** How a verdict is printed. */
export const verdictFormats = ['text', 'json', 'sarif', 'junit'] as const;
export type VerdictFormat = (typeof verdictFormats)[number];
