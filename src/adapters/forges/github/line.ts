import type { RestEndpointMethodTypes } from '@octokit/rest';
import type { BranchLine } from '../../../domain/forge.ts';
import type { GitHubApi, Listed } from './api.ts';
import { toCommit } from './sources.ts';

type ListedCommit = RestEndpointMethodTypes['repos']['listCommits']['response']['data'][number];

/** Commits of a repository that are read to know which of them stood on the branch. */
const mostPages = 20;

/**
 * GitHub lists a branch's commits with those that were merged into it, and cannot be asked for the first parents alone: which of them stood
 * on the branch itself is found by their parents, and what a merge brought in counts as that merge.
 */
export async function line(api: GitHubApi, path: string, commit: string, files: readonly string[], limit: number): Promise<BranchLine> {
  const list = (which: { readonly path?: string }, maxPages: number, enough?: (page: readonly ListedCommit[]) => boolean) =>
    api.ask(
      `listing the commits up to ${commit} of`,
      path,
      (rest, at): Promise<Listed<ListedCommit>> =>
        api.list((paging) => rest.repos.listCommits({ ...at, sha: commit, ...which, ...paging }), { maxPages, ...(enough && { enough }) }),
    );
  const touching = await Promise.all(files.map((file) => list({ path: file }, Math.ceil(limit / 100))));
  const wanted = files.length === 0 ? undefined : new Set(touching.flatMap(({ items }) => items.map(({ sha }) => sha)));
  const missing = new Set(wanted);
  const seesAll = (page: readonly ListedCommit[]): boolean => {
    for (const { sha } of page) missing.delete(sha);
    return missing.size === 0;
  };
  const all = await (wanted === undefined ? list({}, Math.ceil(limit / 50)) : list({}, mostPages, seesAll));
  const commits = standing(all.items, commit, wanted).map(toCommit);
  const complete = all.complete && touching.every((one) => one.complete) && commits.length <= limit;
  return { commits: commits.slice(0, limit), complete };
}

/** The line of first parents, newest first; of those wanted alone what brought one of them to the branch. */
function standing(all: readonly ListedCommit[], head: string, wanted: ReadonlySet<string> | undefined): ListedCommit[] {
  const byId = new Map(all.map((one) => [one.sha, one]));
  const first: ListedCommit[] = [];
  for (let at = byId.get(head); at !== undefined; at = byId.get(at.parents[0]?.sha ?? '')) first.push(at);
  if (wanted === undefined) return first;
  const known = new Set<string>();
  // The oldest first: what a merge brought in is what no older commit of the line had.
  return first
    .toReversed()
    .filter((one) => broughtBy(one, byId, known).some((sha) => wanted.has(sha)))
    .toReversed();
}

function broughtBy(one: ListedCommit, byId: ReadonlyMap<string, ListedCommit>, known: Set<string>): string[] {
  const brought: string[] = [];
  const left = [one];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (known.has(next.sha)) continue;
    known.add(next.sha);
    brought.push(next.sha);
    left.push(...next.parents.flatMap(({ sha }) => byId.get(sha) ?? []));
  }
  return brought;
}
