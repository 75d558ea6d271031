/** The class says whose turn it is; the text says what was being done, where, and what to do. Callers switch on the class, never on the text. */
abstract class LockkeeperError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Wrong use or configuration: the person who called has to change something. Exit code 2. */
export class UsageError extends LockkeeperError {}

/** Something outside (forge, registry, API server) failed or could not be reached; trying later may help. Exit code 3. */
export class OutsideError extends LockkeeperError {
  /** Host, or repository: the `scope` under which it is reported. */
  readonly scope: string;
  /** HTTP status, where there was one. */
  readonly status: number | undefined;
  constructor(scope: string, message: string, options?: ErrorOptions & { status?: number | undefined }) {
    super(message, options);
    this.scope = scope;
    this.status = options?.status;
  }
}

/** The other side understood and said no (permission, protected branch, archived, missing): somebody has to change something there. Exit code 3. */
export class RefusedError extends OutsideError {}

/** Somebody else was faster: what we looked at has changed since. The next run looks again. */
export class ConflictError extends OutsideError {}

/** What failed may work the next time, without anybody changing anything. */
export const isPassing = (error: OutsideError): boolean => !(error instanceof RefusedError);

/** The message and those of its causes, as one line. */
export function explain(error: unknown): string {
  if (!Error.isError(error)) return String(error);
  const cause = error.cause === undefined ? '' : explain(error.cause);
  return cause === '' || error.message.includes(cause) ? error.message : `${error.message}: ${cause}`;
}
