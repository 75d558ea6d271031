import { ConflictError, OutsideError, RefusedError } from '../../domain/errors.ts';

/** True for a write whose outcome is unknown: no reply, one that cannot be read, 429 or a server's failure. */
const isUnclear = (error: unknown): error is OutsideError =>
  error instanceof OutsideError && !(error instanceof RefusedError) && !(error instanceof ConflictError);

/** The request was turned away, or the server finished with it: what did not happen by now will not happen any more. */
const isOver = ({ status }: OutsideError): boolean => status !== undefined && status !== 504;

/**
 * One write that must not happen twice. When its outcome is unclear, `happened` looks; only when it did not happen, and the server is known
 * to be done with it, it is tried once more. Throws the write's own error.
 */
export async function writeOnce<T>(write: () => Promise<T>, happened: () => Promise<T | undefined>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isUnclear(error)) throw error;
    const found = await happened().catch(() => {
      throw error;
    });
    if (found !== undefined) return found;
    if (!isOver(error)) throw error;
    return write();
  }
}
