import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { ValidationSettings } from './validate.ts';

/** A verdict holds as long as this is the same: what app.yml says of how an environment is judged. */
export const rulesOf = (settings: ValidationSettings): string =>
  createHash('sha256')
    .update(canonicalize(settings) ?? '')
    .digest('hex')
    .slice(0, 16);
