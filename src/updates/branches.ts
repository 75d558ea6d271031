import type { EnvironmentForge, MergeRequest, RepositoryState } from '../domain/forge.ts';
import { carriedBy } from '../domain/identifiers.ts';
import type { Store } from '../domain/store.ts';
import { ownCommit, rememberCommit } from './memory.ts';
import type { BranchFacts } from './reconcile.ts';

/** A repository, and what is asked of it. */
export interface Place {
  readonly forge: Pick<EnvironmentForge, 'branchCommits' | 'branchHead'>;
  readonly store: Store;
  /** `FORGE:PATH` */
  readonly repository: string;
  readonly path: string;
  readonly state: RepositoryState;
}

/** What stands on a branch of ours: from memory while its head is the commit that we wrote, else asked. */
export async function inspectBranch(place: Place, branch: string, target: string): Promise<BranchFacts | undefined> {
  const head = place.state.branches[branch];
  if (head === undefined) return undefined;
  const known = await ownCommit(place.store, place.repository, branch);
  if (known?.head === head) return known;
  const commits = await place.forge.branchCommits(place.path, branch, target);
  const person = commits.find((commit) => !commit.byBot)?.person;
  if (person !== undefined) return { head, person };
  const carried = commits[0] === undefined ? undefined : carriedBy(commits[0].message);
  if (carried === undefined) return { head };
  // The base is unknown; an empty one never equals a real commit, so that a conflict is solved by a rebuild.
  const own = { head, ...carried, base: '' };
  await rememberCommit(place.store, place.repository, branch, own);
  return own;
}

/** Heads of the other branches that people gave open merge requests as targets. */
export async function targetHeads(place: Place, requests: readonly MergeRequest[]): Promise<Record<string, string>> {
  const others = new Set(
    requests.filter(({ state, target }) => state === 'open' && target !== place.state.defaultBranch).map(({ target }) => target),
  );
  const heads = await Promise.all([...others].map(async (target) => [target, await place.forge.branchHead(place.path, target)] as const));
  return Object.fromEntries(heads.filter((pair): pair is readonly [string, string] => pair[1] !== undefined));
}
