import type { Reference } from './reference.ts';
import type { Release } from './release.ts';
import type { Wish } from './wish.ts';

export const updateTypes = ['major', 'minor', 'patch', 'digest'] as const;
export type UpdateType = (typeof updateTypes)[number];

/** A reference, the release to move to, and why that one. */
export interface Update {
  readonly reference: Reference;
  readonly to: Release;
  readonly type: UpdateType;
  /** Higher versions that were not taken, highest first. */
  readonly held: readonly HeldVersion[];
  /** Present where a person asked for exactly this version. */
  readonly wish?: Wish;
}

/** A higher version that was not taken, and why; `version` is absent where the reference is not looked up. */
export interface HeldVersion {
  readonly version?: string;
  readonly reason: string;
}

/** The updates of one app in one environment that one merge request carries. */
export interface Proposal {
  readonly environment: string;
  readonly app: string;
  readonly branch: string;
  readonly title: string;
  /** Identifies what is proposed (packages, versions, digests; not where it stands): closing the merge request says no to exactly this. */
  readonly content: string;
  readonly updates: readonly Update[];
}
