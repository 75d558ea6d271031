import type { Carried } from '../domain/identifiers.ts';
import type { Package } from '../domain/reference.ts';
import { packageKey } from '../domain/reference.ts';
import type { Release } from '../domain/release.ts';
import type { Store } from '../domain/store.ts';

/** When each release of a package was first seen: most registries cannot tell its age. RFC 3339, by `version` and, where a digest is known, `version@digest`. */
type FirstSeen = Record<string, string>;

/** Remembers releases that were not seen before; gives all that are remembered. Writes only when something is new. */
export async function rememberReleases(store: Store, of: Package, releases: readonly Release[], now: Date): Promise<FirstSeen> {
  const known = (await store.get<FirstSeen>('first-seen', packageKey(of))) ?? {};
  const keys = releases.flatMap(({ version, digest }) => (digest === undefined ? [version] : [version, `${version}@${digest}`]));
  const fresh = keys.filter((key) => !Object.hasOwn(known, key));
  if (fresh.length === 0) return known;
  const all = { ...known, ...Object.fromEntries(fresh.map((key) => [key, now.toISOString()])) };
  await store.put('first-seen', packageKey(of), all);
  return all;
}

/** A commit of ours on a branch: what it carries and what it was built on. */
export interface OwnCommit extends Carried {
  readonly head: string;
  readonly base: string;
  /** The files that it changes; absent where that is not known. */
  readonly files?: readonly string[];
}

const branchKey = (repository: string, branch: string): string => `${repository} ${branch}`;

/** `repository` is `FORGE:PATH`. Lost memory costs one question to the forge, never a wrong answer. */
export const ownCommit = (store: Store, repository: string, branch: string): Promise<OwnCommit | undefined> =>
  store.get<OwnCommit>('branch', branchKey(repository, branch));

export const rememberCommit = (store: Store, repository: string, branch: string, commit: OwnCommit): Promise<void> =>
  store.put('branch', branchKey(repository, branch), commit);

/** Since when an environment has run exactly this version of a package, as far as scans saw. RFC 3339, by `runningKey`. */
type Running = Record<string, string>;

export const runningKey = (of: Package, version: string): string => `${packageKey(of)} ${version}`;

/** What stands on the default branch now; entries that left it are forgotten. */
export async function rememberRunning(store: Store, environment: string, keys: readonly string[], now: Date): Promise<Running> {
  const known = (await store.get<Running>('running', environment)) ?? {};
  const next = Object.fromEntries(keys.map((key) => [key, known[key] ?? now.toISOString()]));
  if (JSON.stringify(next) !== JSON.stringify(known)) await store.put('running', environment, next);
  return next;
}

export const running = async (store: Store, environment: string): Promise<Running> =>
  (await store.get<Running>('running', environment)) ?? {};
