import type { RestEndpointMethodTypes } from '@octokit/rest';
import { OutsideError } from '../../../domain/errors.ts';
import type { Review, Reviews } from '../../../domain/forge.ts';
import type { GitHubApi } from './api.ts';
import { isOwn, utc } from './pull-request.ts';
import { headSince } from './pushes.ts';
import { retargetedAt } from './retargets.ts';
import { toUser } from './users.ts';

type ListedReview = RestEndpointMethodTypes['pulls']['listReviews']['response']['data'][number];

const mostPages = 100;

/** See ReviewForge. Throws OutsideError rather than leave out what comes after the last page. */
export async function reviewsOf(api: GitHubApi, path: string, id: number): Promise<Reviews> {
  const doing = `listing the reviews of pull request #${id} of`;
  const { items, complete } = await api.ask(doing, path, (rest, at) =>
    api.list<ListedReview>((paging) => rest.pulls.listReviews({ ...at, pull_number: id, ...paging }), { maxPages: mostPages }),
  );
  if (!complete) throw new OutsideError(`${api.name}:${path}`, `${doing} ${path}: there are more than can be read`);
  // The head is asked for last: a push in between makes reviews look too old, and never too new.
  const { data } = await api.ask(`looking at pull request #${id} of`, path, (rest, at) => rest.pulls.get({ ...at, pull_number: id }));
  const commit = data.head.sha;
  const [pushed, retargeted] = [isOwn(data) ? await headSince(api, path, data) : undefined, await retargetedAt(api, path, id)];
  // Of a merged one whose branch is gone nobody may know the pushes any more.
  const since = pushed === undefined && !data.merged ? undefined : later(pushed, retargeted);
  return { author: toUser(data.user), commit, ...(since === undefined ? {} : { since }), reviews: items.flatMap(toReview) };
}

const later = (one: string | undefined, other: string | undefined): string | undefined =>
  one !== undefined && other !== undefined && Date.parse(one) > Date.parse(other) ? one : (other ?? one);

const states: Readonly<Record<string, Review['state']>> = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes-requested',
  DISMISSED: 'dismissed',
  COMMENTED: 'commented',
};

/** One that its author has not handed in yet is none. */
function toReview({ user, state, commit_id: commit, submitted_at: at }: ListedReview): Review[] {
  const known = states[state];
  if (known === undefined || user === null) return [];
  return [
    { user: toUser(user), state: known, ...(commit === null ? {} : { commit }), ...(at === undefined ? {} : { submittedAt: utc(at) }) },
  ];
}
