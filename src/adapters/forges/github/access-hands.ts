import type { RestEndpointMethodTypes } from '@octokit/rest';
import type { Hand } from '../../../domain/access-forge.ts';
import { ConflictError, OutsideError } from '../../../domain/errors.ts';
import type { GitHubApi } from './api.ts';
import { type ComparedCommit, compare } from './compare.ts';
import { isOwn } from './pull-request.ts';
import { pushesTo } from './pushes.ts';
import { toUser } from './users.ts';

type ShownPull = RestEndpointMethodTypes['pulls']['get']['response']['data'];

/** GitHub lists no more of a pull request. https://docs.github.com/en/rest/pulls/pulls#list-commits-on-a-pull-request */
const mostCommits = 250;
/** Of the versions that were pushed away. */
const mostVersions = 100;
const mostTimelinePages = 30;

/** GitHub's own account: the committer of what is made on its pages, and of what it signs for an App. Who did that is told as a pusher. */
const webFlow = 'web-flow';

/** Of the pull request as it is, and of every head that it had. Throws OutsideError where somebody's part in it cannot be known. */
export async function handsIn(api: GitHubApi, path: string, id: number): Promise<readonly Hand[]> {
  const { data: pull } = await api.ask(`looking at pull request #${id} of`, path, (rest, at) => rest.pulls.get({ ...at, pull_number: id }));
  const [commits, pushes, forced] = await Promise.all([
    commitsOf(api, path, pull),
    isOwn(pull) ? pushesTo(api, path, pull) : { pushers: ownersOf(pull), heads: [] },
    forcedPushes(api, path, id),
  ]);
  const known = new Set([pull.head.sha, ...commits.map(({ sha }) => sha)]);
  const away = [...new Set([...pushes.heads, ...forced.heads])].filter((sha) => !known.has(sha));
  const gone = await versionsOf(api, path, pull, away);
  return distinct([
    pull.user === null ? { how: 'opener', name: 'ghost' } : { how: 'opener', user: toUser(pull.user) },
    ...[...pushes.pushers, ...forced.pushers].map((user): Hand => ({ how: 'pusher', user })),
    ...[...commits, ...gone].flatMap(handsOf),
  ]);
}

/** Whoever may push to a fork, its owner alone is told. */
const ownersOf = ({ head }: ShownPull) => (head.user === null ? [] : [toUser(head.user)]);

async function commitsOf(api: GitHubApi, path: string, { number, head }: ShownPull): Promise<readonly ComparedCommit[]> {
  const doing = `listing the commits of pull request #${number} of`;
  const { items } = await api.ask(doing, path, (rest, at) =>
    api.list<ComparedCommit>((paging) => rest.pulls.listCommits({ ...at, pull_number: number, ...paging }), { maxPages: 3 }),
  );
  const scope = `${api.name}:${path}`;
  if (items.length >= mostCommits)
    throw new OutsideError(scope, `${doing} ${path}: GitHub lists ${mostCommits} and no more; open a new one`);
  if (!items.some(({ sha }) => sha === head.sha))
    throw new ConflictError(scope, `${doing} ${path}: it has a new head; the next run looks again`);
  return items;
}

interface TimelineEvent {
  readonly event?: string;
  readonly actor?: Parameters<typeof toUser>[0] | null;
  readonly commit_id?: string | null;
}

/** What the pull request itself tells of its head's past. */
async function forcedPushes(api: GitHubApi, path: string, id: number) {
  const doing = `reading the timeline of pull request #${id} of`;
  const { items, complete } = await api.ask(doing, path, (rest, at) =>
    api.list<TimelineEvent>(
      async (paging) => {
        const { data, headers } = await rest.issues.listEventsForTimeline({ ...at, issue_number: id, ...paging });
        return { data: data as readonly TimelineEvent[], headers };
      },
      { maxPages: mostTimelinePages },
    ),
  );
  if (!complete) throw new OutsideError(`${api.name}:${path}`, `${doing} ${path}: there is more than can be read`);
  const forced = items.filter(({ event }) => event === 'head_ref_force_pushed' || event === 'head_ref_restored');
  return {
    pushers: forced.flatMap(({ actor }) => (actor === undefined || actor === null ? [] : [toUser(actor)])),
    heads: forced.flatMap(({ commit_id: commit }) => commit ?? []),
  };
}

/** Commits of heads that are gone, which GitHub keeps. */
async function versionsOf(
  api: GitHubApi,
  path: string,
  { number, base }: ShownPull,
  heads: readonly string[],
): Promise<readonly ComparedCommit[]> {
  const refuse = (what: string) =>
    new OutsideError(`${api.name}:${path}`, `reading the versions of pull request #${number} of ${path}: ${what}`);
  if (heads.length > mostVersions) throw refuse(`there were ${heads.length}, more than are read; open a new one`);
  const versions = await Promise.all(
    heads.map((sha) => api.ask(`comparing ${base.ref}...${sha} in`, path, (rest, at) => compare(rest, at, base.ref, sha, mostCommits))),
  );
  if (versions.some(({ truncated }) => truncated)) throw refuse(`one of them had more than ${mostCommits} commits; open a new one`);
  return versions.flatMap(({ commits }) => commits);
}

const handsOf = ({ author, committer, commit }: ComparedCommit): Hand[] => [
  toHand('author', author, commit.author),
  ...(committer?.login === webFlow ? [] : [toHand('committer', committer, commit.committer)]),
];

/** GitHub's account for the email in a commit; an empty object is none, too. */
type Account = ComparedCommit['author'];
type Known = Parameters<typeof toUser>[0];

const isKnown = (account: Account): account is Exclude<Account, null> & Known => typeof account?.id === 'number';

function toHand(how: Hand['how'], account: Account, signature: ComparedCommit['commit']['author']): Hand {
  const { name, email } = signature ?? {};
  return {
    how,
    ...(isKnown(account) && { user: toUser(account) }),
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email }),
  };
}

const distinct = (hands: readonly Hand[]): readonly Hand[] => [...new Map(hands.map((hand) => [JSON.stringify(hand), hand])).values()];
