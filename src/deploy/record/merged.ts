import type { EnvironmentForge, MergedRequest, SourceForge } from '../../domain/forge.ts';

export type MergedForge = Pick<SourceForge, 'history' | 'mergedSince'> & Pick<EnvironmentForge, 'endedBy'>;

/** A merge request whose merge a run deploys. Texts are from outside. */
export interface DeployedRequest extends Pick<MergedRequest, 'id' | 'title' | 'author' | 'url' | 'commits'> {
  /** Name of the user who merged it, where the forge says so and it is not one of too many. */
  readonly by?: string;
}

/** What has come to the default branch between two commits. */
export interface MergedWork {
  /** All of them, oldest first. */
  readonly requests: readonly DeployedRequest[];
  /** Page that compares the two, where there is one. */
  readonly compareUrl?: string;
  /** What could not be found out, in a whole sentence. */
  readonly note?: string;
}

interface Span {
  /** Deployed well before. */
  readonly from: string;
  readonly to: string;
  /** When `from` was the head of the branch. */
  readonly since: Date;
}

/** Of so many it is asked who merged them: a request each. */
const mostAsked = 10;
/** The forge's clock is not ours. Milliseconds. */
const clocksDiffer = 3_600_000;

/** Throws OutsideError. */
export async function mergedBetween(forge: MergedForge, path: string, { from, to, since }: Span): Promise<MergedWork> {
  const history = await forge.history(path, from, to);
  if (history === undefined)
    return { requests: [], note: `What was merged is not known: ${from} was deployed last, and the repository does not have it any more.` };
  const commits = new Set(history.commits.map(({ sha }) => sha));
  const merged = await forge.mergedSince(path, new Date(since.getTime() - clocksDiffer).toISOString());
  const ours = merged.filter((request) => request.commits.some((sha) => commits.has(sha))).sort((one, other) => one.id - other.id);
  const requests: DeployedRequest[] = [];
  for (const [at, { id, title, author, url, commits: heads }] of ours.entries()) {
    const by = at < mostAsked ? await forge.endedBy(path, { id, state: 'merged' }) : undefined;
    requests.push({ id, title, author, url, commits: heads, ...(by !== undefined && { by }) });
  }
  return {
    requests,
    compareUrl: history.compareUrl,
    ...(history.truncated && { note: 'More commits came than could be read: merge requests among the older of them are not known.' }),
  };
}
