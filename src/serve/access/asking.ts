import type { AccessEnvironment, AccessParts } from './environments.ts';

/** Where somebody wrote a comment: below a merge request or an issue. */
export interface Below {
  readonly kind: 'request' | 'issue';
  readonly number: number;
  readonly comment: number;
}

/** Obeys `/lockkeeper access …` of a comment, read again from the forge. */
export function askInComment(
  _parts: AccessParts,
  _environment: AccessEnvironment,
  _below: Below,
  _trace: string,
  _signal: AbortSignal,
): Promise<void> {
  return Promise.reject(new Error('not built yet'));
}
