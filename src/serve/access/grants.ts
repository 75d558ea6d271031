import type { AccessEnvironment, AccessParts } from './environments.ts';

/** Gives what was merged, ends what is over, and finds what somebody tampered with. */
export function keepGrants(_parts: AccessParts, _environment: AccessEnvironment, _trace: string, _signal: AbortSignal): Promise<void> {
  return Promise.reject(new Error('not built yet'));
}
