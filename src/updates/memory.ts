import type { Carried } from '../domain/identifiers.ts';
import type { Package } from '../domain/reference.ts';
import { packageKey } from '../domain/reference.ts';
import type { Release } from '../domain/release.ts';
import type { Store } from '../domain/store.ts';

/**
 * When each release of a package was first seen: most registries cannot tell its age. Releases are `version` and, where a digest is known,
 * `version@digest`. Those seen at the same time stand together: a list can have 20,000.
 */
type FirstSeen = readonly { /** RFC 3339, UTC. */ readonly at: string; readonly releases: readonly string[] }[];

/** Remembers releases that were not seen before. Writes only when something is new. */
export async function rememberReleases(store: Store, of: Package, releases: readonly Release[], now: Date): Promise<void> {
  const known = (await store.get<FirstSeen>('first-seen', packageKey(of))) ?? [];
  const seen = new Set(known.flatMap((group) => group.releases));
  const keys = releases.flatMap(({ version, digest }) => (digest === undefined ? [version] : [version, `${version}@${digest}`]));
  const fresh = [...new Set(keys)].filter((key) => !seen.has(key));
  if (fresh.length > 0) await store.put('first-seen', packageKey(of), [...known, { at: now.toISOString(), releases: fresh }]);
}

/** Whether the scan that began at that time was the first to see the version, of a package that others had looked at before. */
export async function isNewAt(store: Store, of: Package, version: string, began: Date): Promise<boolean> {
  const [, ...later] = (await store.get<FirstSeen>('first-seen', packageKey(of))) ?? [];
  return later.some(({ at, releases }) => at === began.toISOString() && releases.includes(version));
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

/** For how long an environment ran versions that have left it, the longest stretch of each. Milliseconds, by `runningKey`. */
type Ran = Record<string, number>;

/** What stands on the default branch now; of what left it remains how long it was seen there, from the first scan to the last. */
export async function rememberRunning(store: Store, environment: string, keys: readonly string[], now: Date): Promise<void> {
  const known = await running(store, environment);
  const next = Object.fromEntries(keys.map((key) => [key, known[key] ?? now.toISOString()]));
  const left = Object.entries(known).filter(([key]) => !Object.hasOwn(next, key));
  if (left.length > 0) await rememberLeft(store, environment, left);
  if (JSON.stringify(next) !== JSON.stringify(known)) await store.put('running', environment, next);
  await store.put('last-look', environment, now.toISOString());
}

async function rememberLeft(store: Store, environment: string, left: readonly (readonly [key: string, since: string])[]): Promise<void> {
  const before = await ran(store, environment);
  const last = Date.parse((await store.get<string>('last-look', environment)) ?? '');
  const stretches = left.map(([key, since]) => [key, Math.max(last - Date.parse(since) || 0, before[key] ?? 0)] as const);
  await store.put('ran', environment, { ...before, ...Object.fromEntries(stretches) });
}

export const ran = async (store: Store, environment: string): Promise<Ran> => (await store.get<Ran>('ran', environment)) ?? {};

export const running = async (store: Store, environment: string): Promise<Running> =>
  (await store.get<Running>('running', environment)) ?? {};

/** Versions of a package that scans have seen in its registry, in no order; asks nobody. */
export async function seenVersions(store: Store, of: Package): Promise<readonly string[]> {
  const known = (await store.get<FirstSeen>('first-seen', packageKey(of))) ?? [];
  return known.flatMap(({ releases }) => releases).filter((key) => !/@sha256:[0-9a-f]{64}$/.test(key));
}
