import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { ValidationSettings } from './validate.ts';

/** A verdict holds as long as this is the same: what app.yml says of how an environment is judged, and who judges. */
export const rulesOf = ({ settings, fingerprint }: { readonly settings: ValidationSettings; readonly fingerprint: string }): string =>
  createHash('sha256')
    .update(canonicalize({ settings, fingerprint }) ?? '')
    .digest('hex')
    .slice(0, 16);
