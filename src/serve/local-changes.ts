import type { RepositoryRef } from '../domain/forge.ts';
import type { JobData } from '../domain/queue.ts';
import type { RepositorySight, SightedRequest } from '../domain/watched-forge.ts';
import type { Asked } from '../http/webhooks/sender.ts';
import { askedBy, askedIn, askedToReview, type Change, type Served } from '../http/webhooks/served.ts';

/** What is remembered of a repository that nobody tells of. */
export interface Seen extends Pick<RepositorySight, 'defaultBranch' | 'commit' | 'tags'> {
  /** Open merge requests by their numbers. */
  readonly open: Readonly<Record<string, SeenRequest>>;
  /** How many comments the others have, where they have any. Absent in what was remembered before these were listened to. */
  readonly ended?: Readonly<Record<string, number>>;
}

interface SeenRequest extends Pick<SightedRequest, 'commit' | 'target' | 'draft' | 'approvals'> {
  /** How many there are. */
  readonly comments: number;
}

export function seenIn({ defaultBranch, commit, tags, requests }: RepositorySight): Seen {
  const open = requests.filter(({ state }) => state === 'open');
  const ended = requests.filter(({ state, comments }) => state !== 'open' && comments.length > 0);
  return {
    ...{ defaultBranch, commit, tags },
    open: Object.fromEntries(open.map((request) => [request.id, seenOf(request)])),
    ended: Object.fromEntries(ended.map(({ id, comments }) => [id, comments.length])),
  };
}

const seenOf = ({ commit, target, draft, approvals, comments }: SightedRequest): SeenRequest => ({
  ...{ commit, target, draft, approvals },
  comments: comments.length,
});

interface Event {
  readonly change: Change;
  readonly judged?: number;
}

/** What is to be done after what has happened since: the same as where a forge would have told of it. In a repository that was not known, all is new. */
export function askedSince(before: Seen | undefined, sight: RepositorySight, repository: RepositoryRef, served: Served): JobData[] {
  const asked: Asked[] = [
    ...[...sourceEvents(before, sight), ...requestEvents(before, sight)].map(({ change, judged }) =>
      askedBy(change, repository, served, judged),
    ),
    ...(before === undefined ? [] : said(before, sight).map((one) => askedIn(one, repository, served))),
    ...(before === undefined ? [] : reviewed(before, sight).map((id) => askedToReview(id, repository, served))),
  ];
  return asked.flatMap((one) => (typeof one === 'string' ? [] : one));
}

function sourceEvents(before: Seen | undefined, { defaultBranch, commit, tags }: RepositorySight): Event[] {
  const commits = before?.commit !== commit || before.defaultBranch !== defaultBranch;
  return [...(commits ? [{ change: 'commits' as const }] : []), ...(before?.tags === tags ? [] : [{ change: 'tag' as const }])];
}

function requestEvents(before: Seen | undefined, { requests }: RepositorySight): Event[] {
  const now = new Map(requests.map((request) => [String(request.id), request]));
  const ended = Object.keys(before?.open ?? {}).flatMap((id): Event[] => {
    const state = now.get(id)?.state ?? 'closed'; // its file may be gone
    return state === 'open' ? [] : [{ change: state === 'merged' ? 'merge' : 'close' }];
  });
  const open = requests.filter(({ state }) => state === 'open');
  return [...ended, ...open.flatMap((request) => eventsOf(before?.open[request.id], request))];
}

/** Judged is one whose head or target is not what it was, or that was a draft or not open before. */
function eventsOf(before: SeenRequest | undefined, { id, commit, target, draft }: SightedRequest): Event[] {
  const isAnother = before?.commit !== commit || before.target !== target || (before.draft && !draft);
  if (isAnother) return [{ change: 'merge-request', judged: id }];
  return before.draft === draft ? [] : [{ change: 'merge-request' }];
}

/** Comments that were not there, below what was merged too: there access is ended. Where some were taken away, numbers say nothing. */
const said = (before: Seen, { requests }: RepositorySight) =>
  requests.flatMap((request) => {
    const { id, comments } = request;
    const known = knownOf(before, request);
    return comments.slice(known).map((text, at) => ({ text, request: id, comment: known + at + 1 }));
  });

function knownOf({ open, ended }: Seen, { id, state, comments }: SightedRequest): number {
  const unseen = ended === undefined && state !== 'open' ? comments.length : 0;
  return open[id]?.comments ?? ended?.[id] ?? unseen;
}

/** Those that somebody approved, or took an approval back from, and those that have ended. */
function reviewed(before: Seen, { requests }: RepositorySight): readonly number[] {
  return requests
    .filter(({ id, state, approvals }) => {
      const known = before.open[id];
      return known !== undefined && (state !== 'open' || approvals !== known.approvals);
    })
    .map(({ id }) => id);
}
