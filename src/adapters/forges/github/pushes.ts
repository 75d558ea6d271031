import type { RestEndpointMethodTypes } from '@octokit/rest';
import { OutsideError, RefusedError } from '../../../domain/errors.ts';
import type { ForgeUser } from '../../../domain/forge-user.ts';
import type { GitHubApi } from './api.ts';
import { utc } from './pull-request.ts';
import { toUser } from './users.ts';

type Activity = RestEndpointMethodTypes['repos']['listActivities']['response']['data'][number];

/** A pull request from a branch of its own repository. */
interface Branched {
  readonly number: number;
  readonly state: string;
  readonly created_at: string;
  readonly merged_at: string | null;
  readonly head: { readonly ref: string; readonly sha: string };
}

export interface Pushes {
  readonly pushers: readonly ForgeUser[];
  /** Commits to which the branch pointed, in whatever order. */
  readonly heads: readonly string[];
}

const mostPages = 50;

/**
 * Since when the head is the head: one that was pushed away and back again is a new one, and a review names its commit all the same. Undefined
 * where GitHub does not say, or not yet. https://docs.github.com/en/rest/repos/repos#list-repository-activities
 */
export async function headSince(api: GitHubApi, path: string, pull: Branched): Promise<string | undefined> {
  const { items } = await activities(api, path, pull.head.ref, { maxPages: 1 }).catch((error: unknown) => {
    if (error instanceof RefusedError && error.status === 404) return { items: [] }; // an Enterprise Server that is too old for it
    throw error;
  });
  const found = items[newestOf(items, pull)];
  return found === undefined ? undefined : utc(found.timestamp);
}

/** Who moved its branch, from when that was made (before the pull request was opened) until its head, and where to. Throws OutsideError where GitHub leaves out a step, or somebody's name. */
export async function pushesTo(api: GitHubApi, path: string, pull: Branched): Promise<Pushes> {
  const { number, head } = pull;
  const refuse = (what: string) => new OutsideError(`${api.name}:${path}`, `listing the pushes to branch ${head.ref} of ${path}: ${what}`);
  const isMade = ({ activity_type: type, timestamp }: Activity) =>
    type === 'branch_creation' && Date.parse(timestamp) <= Date.parse(pull.created_at);
  const { items, complete } = await activities(api, path, head.ref, { maxPages: mostPages, isLast: isMade });
  if (!complete) throw refuse(`there are more than can be read; ${another}`);
  const newest = newestOf(items, pull);
  if (newest === -1) throw refuse(`GitHub does not say, or not yet, who pushed ${head.sha}; the next run looks again`);
  const made = items.findIndex((one, at) => at >= newest && isMade(one));
  const found = items.slice(newest, made + 1);
  const after = new Set(found.map((one) => one.after));
  if (made === -1 || found.some(({ before }) => !isNone(before) && !after.has(before)))
    throw refuse(`GitHub does not say who made it and pushed each version of #${number}; ${another}`);
  const moves = found.filter(({ activity_type: type }) => type !== 'branch_deletion');
  const pushers = moves.flatMap(({ actor }) => (actor === null ? [] : [toUser(actor)]));
  if (pushers.length < moves.length) throw refuse(`GitHub does not say who pushed a version of #${number}; ${another}`);
  return { pushers, heads: [...after].filter((sha) => !isNone(sha)) };
}

const another = 'open another pull request from a new branch';

/** Where its head came to the branch; what happens to the branch of a merged one later on is none of its. -1 where that does not show. */
function newestOf(items: readonly Activity[], { state, merged_at: merged, head }: Branched): number {
  const at = items.findIndex(
    ({ after, timestamp }) => after === head.sha && (merged === null || Date.parse(timestamp) <= Date.parse(merged)),
  );
  return state === 'open' && at > 0 ? -1 : at;
}

interface Wanted {
  readonly maxPages: number;
  /** No page is read after the one with it. */
  readonly isLast?: (of: Activity) => boolean;
}

/** What happened to a branch, newest first, after it is gone too. Its pages go by cursors. */
async function activities(api: GitHubApi, path: string, branch: string, { maxPages, isLast }: Wanted) {
  const items: Activity[] = [];
  let cursor: { readonly after?: string } = {};
  for (let page = 1; page <= maxPages; page += 1) {
    const { data, headers } = await api.ask(`listing the pushes to branch ${branch} of`, path, (rest, at) =>
      rest.repos.listActivities({ ...at, ref: `refs/heads/${branch}`, direction: 'desc', per_page: 100, ...cursor }),
    );
    items.push(...data);
    const after = nextCursor(headers.link);
    if (after === undefined || (isLast !== undefined && data.some(isLast))) return { items, complete: true };
    cursor = { after };
  }
  return { items, complete: false };
}

function nextCursor(link = ''): string | undefined {
  const next = /<([^<>]+)>;\s*rel="?next"?/.exec(link)?.[1];
  return next === undefined ? undefined : (new URL(next).searchParams.get('after') ?? undefined);
}

/** Where there was no branch before, or is none after. */
const isNone = (sha: string): boolean => /^0*$/.test(sha);
