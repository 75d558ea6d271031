import type { RestEndpointMethodTypes } from '@octokit/rest';
import type { Repository } from './address.ts';
import type { Rest } from './api.ts';

type Comparison = RestEndpointMethodTypes['repos']['compareCommitsWithBasehead']['response']['data'];
export type ComparedCommit = Comparison['commits'][number];

export interface Compared {
  /** In the one and not in the other, newest first; the newest ones where there are too many. */
  readonly commits: readonly ComparedCommit[];
  readonly truncated: boolean;
}

const pageSize = 100;

/** Commits in `to` that are not in `from`. GitHub lists the oldest first, and the changed files on the first page only. */
export async function compare(rest: Rest, at: Repository, from: string, to: string, most: number): Promise<Compared> {
  const get = async (page: number): Promise<Comparison> => {
    const { data } = await rest.repos.compareCommitsWithBasehead({ ...at, basehead: `${from}...${to}`, page, per_page: pageSize });
    return data;
  };
  const first = await get(1);
  const pages = Math.ceil(first.total_commits / pageSize);
  const oldest = Math.max(2, pages - most / pageSize + 1);
  const others = await Promise.all(Array.from({ length: Math.max(0, pages - oldest + 1) }, (_, index) => get(oldest + index)));
  const truncated = first.total_commits > most;
  const all = [...(truncated ? [] : [first]), ...others].flatMap(({ commits }) => commits);
  return { commits: all.reverse(), truncated };
}
