import type { Release, ReleaseList } from '../domain/release.ts';
import type { RolledBack } from '../domain/rollback.ts';
import type { HeldVersion, UpdateType } from '../domain/update.ts';
import type { Wish } from '../domain/wish.ts';

/** What an environment and app.yml say about one reference. */
export interface UpdateRules {
  readonly types: readonly UpdateType[];
  /** A range as npm's semver reads it. */
  readonly allow?: string | undefined;
  /** Versions or ranges. */
  readonly ignore?: readonly string[] | undefined;
  /** semver, loose (the default), calver, regex:… */
  readonly versioning?: string | undefined;
  /** Where each of these stands, to be shown: `app.yml:41`. */
  readonly where?: RulePlaces | undefined;
}

export type RulePlaces = Readonly<Partial<Record<'types' | 'allow' | 'ignore', string | undefined>>>;

export interface DecisionInput {
  /** As written in the file; the version is empty where only a digest is written. */
  readonly current: { readonly version: string; readonly digest?: string | undefined };
  readonly list: ReleaseList;
  readonly rules: UpdateRules;
  /** Why a release may not be taken here yet; undefined when it may. */
  readonly barred?: ((release: Release) => string | undefined) | undefined;
  /** Versions of this package that this app was taken back from here. */
  readonly rolledBack?: readonly RolledBack[] | undefined;
  /** A version that somebody asked for: types, windows, `allow` and what bars it do not hold it back. */
  readonly wish?: Wish | undefined;
  /** What the current tag points to in the registry now; needed only where a digest is written. */
  readonly currentDigest?: string | undefined;
  /** Digest per platform of the digest that is written, and of `currentDigest`. */
  readonly currentPlatforms?: Readonly<Record<string, string>> | undefined;
  readonly newPlatforms?: Readonly<Record<string, string>> | undefined;
}

interface Outcome {
  /** Higher versions than the one taken (or the current one), highest first. */
  readonly held: readonly HeldVersion[];
  /** Why the list was not the whole one: the decision must not lower or close what an earlier, complete one led to. */
  readonly incomplete?: string;
  /** What somebody asked for, where this is it; else why it is not. */
  readonly wish?: Wish;
  readonly refusedWish?: string;
}

export type Decision = Outcome &
  ({ readonly kind: 'update'; readonly to: Release; readonly type: UpdateType } | { readonly kind: 'none'; readonly reason: string });
