import type { AccessEnvironment, AccessParts } from './environments.ts';

/** Looks at one merge request: whether it asks for access, what is still missing, and merges it where nothing is. */
export function reviewRequest(
  _parts: AccessParts,
  _environment: AccessEnvironment,
  _request: number,
  _trace: string,
  _signal: AbortSignal,
): Promise<void> {
  return Promise.reject(new Error('not built yet'));
}
