import type { AccessRequest, Grant } from '../../domain/access.ts';
import type { ForgeUser } from '../../domain/forge-user.ts';
import type { AccessRules, AccessSettings } from '../settings.ts';
import type { Evidence } from './evidence.ts';

export interface Judgement {
  /** `none`: it has nothing to do with access; `removal`: it only takes away. */
  readonly kind: 'none' | 'removal' | 'request';
  /** Empty means yes. Whole sentences, by name. */
  readonly reasons: readonly string[];
  /** Nothing is missing but approvals. */
  readonly waits: boolean;
  /** Approvals that do not count, and why; whole sentences. */
  readonly passedOver: readonly string[];
  readonly request?: AccessRequest;
  readonly rules?: AccessRules;
  readonly file?: { readonly path: string; readonly blob: string };
  readonly approvedBy: readonly ForgeUser[];
  /** Names of those whose approval would count now. */
  readonly mayApprove: readonly string[];
  readonly askedBy?: ForgeUser;
}

export interface JudgedBy {
  readonly settings: AccessSettings;
  readonly environment: string;
  /** What is given in the environment now. */
  readonly held: readonly Grant[];
  readonly now: Date;
  /** After the merge only that counts which was there before it. */
  readonly moment: 'before-merge' | 'after-merge';
}

/** The gate: whether a merge request may give the access that it asks for. */
export function judge(_evidence: Evidence, _by: JudgedBy): Judgement {
  throw new Error('not built yet');
}
