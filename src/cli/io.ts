/** A stream to write to; a terminal has isTTY and columns. */
export type Sink = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** What the command line has of the world; `process` is one. */
export interface Io {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** 0 fine, 1 the thing checked is not fine, 2 wrong use or configuration, 3 something outside failed. */
export type ExitCode = 0 | 1 | 2 | 3;

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];
