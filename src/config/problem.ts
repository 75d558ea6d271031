import { UsageError } from '../domain/errors.ts';
import { keyPath } from './key.ts';

/** A mistake, before it is known where in the file it stands. */
export interface Mistake {
  /** JSON pointer of what it is about. */
  readonly at: string;
  /** It is about the key's being there, whatever its value. */
  readonly about?: 'key';
  /** What is wrong and what was expected; never a value that may be a secret. */
  readonly message: string;
}

/** A mistake in app.yml. */
export interface Problem {
  readonly file: string;
  /** 1-based; absent when the file could not be read at all. */
  readonly line?: number;
  readonly column?: number;
  /** `environments[0].updates.types`; empty when it is about the whole file. */
  readonly key: string;
  readonly message: string;
}

/** `app.yml:12: environments[0].updates.typess: unknown key; …` */
export function problemLine({ file, line, key, message }: Problem): string {
  return [line === undefined ? file : `${file}:${line}`, key, message].filter((part) => part !== '').join(': ');
}

/** Every mistake at once. */
export class ConfigError extends UsageError {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(problemLine).join('\n'));
    this.problems = problems;
  }
}

/** Gives a mistake its place; one about something that is not in the file gets the place of what is around it. */
export const placed = (file: string, { at, message }: Mistake, place: { readonly line: number; readonly column: number }): Problem => ({
  file,
  line: place.line,
  column: place.column,
  key: keyPath(at),
  message,
});
