import { ConflictError, OutsideError, RefusedError } from '../../domain/errors.ts';
import type { Tag } from '../../domain/forge.ts';

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

/** Makes a tag; one that is refused because it is there already is as good. Throws the write's own error. */
export async function makeTag(write: () => Promise<unknown>, listed: () => Promise<readonly Tag[]>, name: string): Promise<void> {
  const standing = async () => (await listed()).find((tag) => tag.name === name);
  try {
    await writeOnce<unknown>(write, standing);
  } catch (error) {
    if (isUnclear(error) || (await standing()) === undefined) throw error;
  }
}
