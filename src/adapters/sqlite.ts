/**
 * Node's own SQLite, loaded when first asked for. While it is loaded, its own ExperimentalWarning (releases of Node 24 before it
 * was declared ready print one) is kept from people's terminals, and nothing else is.
 */
export function sqlite(): typeof import('node:sqlite') {
  const emitWarning = Reflect.get(process, 'emitWarning') as (this: void, ...of: readonly unknown[]) => void;
  process.emitWarning = (warning: string | Error, ...rest: readonly unknown[]) => {
    const text = typeof warning === 'string' ? warning : warning.message;
    if (!text.startsWith('SQLite is an experimental feature')) Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  try {
    return process.getBuiltinModule('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** SQLite's result codes that we tell apart: https://sqlite.org/rescode.html */
const codes = { 5: 'busy', 8: 'readonly', 10: 'io', 11: 'corrupt', 13: 'full', 14: 'cannot-open', 26: 'not-a-database' } as const;

export type SqliteFailure = (typeof codes)[keyof typeof codes];

/** What went wrong, of the failures that we tell apart; undefined for every other error. */
export function sqliteFailure(error: unknown): SqliteFailure | undefined {
  if (!Error.isError(error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  const primary = error.errcode & 0xff; // the upper bits only refine it
  return (codes as Readonly<Record<number, SqliteFailure>>)[primary];
}
