import type { RestEndpointMethodTypes } from '@octokit/rest';
import { OutsideError } from '../../../domain/errors.ts';
import type { ForgeUser } from '../../../domain/forge-user.ts';
import type { GitHubApi } from './api.ts';
import { toUser } from './reviews.ts';

type Activity = RestEndpointMethodTypes['repos']['listActivities']['response']['data'][number];

/** A pull request, as far as its branch goes. */
interface Branched {
  readonly number: number;
  readonly state: string;
  readonly created_at: string;
  readonly head: { readonly ref: string; readonly sha: string };
}

export interface Pushes {
  readonly pushers: readonly ForgeUser[];
  /** Commits to which the branch pointed, in whatever order. */
  readonly heads: readonly string[];
}

const mostPages = 50;

/**
 * Who moved the branch of a pull request, from when it was made (before the pull request was opened) until its head, and where to. Throws
 * OutsideError where GitHub leaves a step or somebody's name out. https://docs.github.com/en/rest/repos/repos#list-repository-activities
 */
export async function pushesTo(api: GitHubApi, path: string, pull: Branched): Promise<Pushes> {
  const { number, state, head } = pull;
  const doing = `listing the pushes to branch ${head.ref} of`;
  const refuse = (what: string) => new OutsideError(`${api.name}:${path}`, `${doing} ${path}: ${what}`);
  const isMade = ({ activity_type: type, timestamp }: Activity) =>
    type === 'branch_creation' && Date.parse(timestamp) <= Date.parse(pull.created_at);
  const listed = await activities(api, path, head.ref, isMade);
  const newest = listed.findIndex(({ after }) => after === head.sha);
  if (newest === -1 || (state === 'open' && newest > 0))
    throw refuse(`GitHub does not say yet who pushed ${head.sha}; the next run looks again`);
  const made = listed.findIndex((one, at) => at >= newest && isMade(one));
  const found = listed.slice(newest, made + 1);
  const after = new Set(found.map((one) => one.after));
  if (made === -1 || found.some(({ before }) => !isNone(before) && !after.has(before)))
    throw refuse(`GitHub does not say who made it and pushed each version of #${number}; open a new one from a new branch`);
  const moves = found.filter(({ activity_type: type }) => type !== 'branch_deletion');
  const pushers = moves.flatMap(({ actor }) => (actor === null ? [] : [toUser(actor)]));
  if (pushers.length < moves.length)
    throw refuse(`GitHub does not say who pushed a version of #${number}; open a new one from a new branch`);
  return { pushers, heads: [...after].filter((sha) => !isNone(sha)) };
}

/** What happened to a branch, newest first, up to the one of which `isLast` says so. Its pages go by cursors. */
async function activities(api: GitHubApi, path: string, branch: string, isLast: (of: Activity) => boolean): Promise<readonly Activity[]> {
  const doing = `listing the pushes to branch ${branch} of`;
  const found: Activity[] = [];
  let after: string | undefined;
  for (let page = 1; page <= mostPages; page += 1) {
    const { data, headers } = await api.ask(doing, path, (rest, at) =>
      rest.repos.listActivities({
        ...at,
        ref: `refs/heads/${branch}`,
        direction: 'desc',
        per_page: 100,
        ...(after !== undefined && { after }),
      }),
    );
    found.push(...data);
    after = nextCursor(headers.link);
    if (after === undefined || data.some(isLast)) return found;
  }
  throw new OutsideError(`${api.name}:${path}`, `${doing} ${path}: there are more than can be read; open a new one from a new branch`);
}

function nextCursor(link = ''): string | undefined {
  const next = /<([^<>]+)>;\s*rel="?next"?/.exec(link)?.[1];
  return next === undefined ? undefined : (new URL(next).searchParams.get('after') ?? undefined);
}

/** Where there was no branch before, or is none after. */
const isNone = (sha: string): boolean => /^0*$/.test(sha);
