import { RefusedError } from '../domain/errors.ts';
import type { EnvironmentForge, MergeRequest, ReviewForge } from '../domain/forge.ts';
import { label, readMarker } from '../domain/identifiers.ts';
import type { Journal, NewEntry, SeenEvents } from '../domain/journal.ts';
import { versionsIn } from '../domain/proposal-title.ts';

/** A merge request of ours that somebody else merged or closed. */
export interface Ended {
  readonly title: string;
  readonly url: string;
  readonly action: 'merged' | 'closed';
  /** Name of the user. */
  readonly by?: string;
  /** Not older than a week, or not seen before. */
  readonly isNews: boolean;
}

export interface EndedPorts {
  readonly forge: Pick<EnvironmentForge, 'endedBy'> & ReviewForge;
  readonly journal: Pick<Journal, 'events' | 'recordOnce'>;
  readonly now: Date;
}

/** Where these merge requests are. */
export interface Place {
  readonly environment: string;
  /** Name of the forge in app.yml. */
  readonly forge: string;
  readonly path: string;
}

/** Milliseconds that the forge's clock may be behind ours. */
const skew = 5 * 60_000;
/** So long it is news: a process that died may have told nobody. */
const recent = 7 * 24 * 3_600_000;

/**
 * Writes into the journal, once each, what people did with our merge requests since the journal began, and gives all of it.
 * Only for a new one the forge is asked for more than the list says.
 */
export async function witnessEnded(ports: EndedPorts, place: Place, requests: readonly MergeRequest[]): Promise<readonly Ended[]> {
  const ended = requests.filter(isEndedByOthers);
  if (ended.length === 0) return [];
  const events = await ports.journal.events();
  const seen: Ended[] = [];
  for (const request of ended) {
    const event = eventOf(request, place);
    const actor = events.actor(event);
    if (actor === undefined && !isOfItsTime(request, events)) continue;
    const isNews = actor === undefined || timeOf(request) >= ports.now.getTime() - recent;
    const by = actor === undefined ? await record(ports, place, request, event) : nameIn(actor, place);
    seen.push({ title: titleOf(request), url: request.url, action: actionOf(request), isNews, ...(by !== undefined && { by }) });
  }
  return seen;
}

/** With our label or marker: what people open from a branch of ours by hand is theirs. What we close says so. */
function isEndedByOthers({ state, labels, description }: MergeRequest): boolean {
  const marker = readMarker(description);
  if (state === 'open' || (marker === undefined && !labels.includes(label))) return false;
  return state === 'merged' || marker?.closed === undefined;
}

const timeOf = ({ endedAt, updatedAt }: MergeRequest): number => Date.parse(endedAt ?? updatedAt);

const isOfItsTime = (request: MergeRequest, { begun }: SeenEvents): boolean =>
  begun !== undefined && timeOf(request) >= Date.parse(begun) - skew;

const actionOf = ({ state }: MergeRequest): Ended['action'] => (state === 'merged' ? 'merged' : 'closed');

const titleOf = ({ title, description }: MergeRequest): string => readMarker(description)?.title ?? title;

const repositoryOf = ({ forge, path }: Place): string => `${forge}:${path}`;

/** Merged is merged; closed, reopened and closed again is two events. */
const eventOf = (request: MergeRequest, place: Place): string =>
  [actionOf(request), repositoryOf(place), request.id, ...(request.state === 'closed' ? [request.endedAt ?? ''] : [])].join(' ').trimEnd();

const actorOf = ({ forge }: Place, name: string | undefined): string => (name === undefined ? forge : `${forge}:${name}`);

const nameIn = (actor: string, { forge }: Place): string | undefined =>
  actor.startsWith(`${forge}:`) ? actor.slice(forge.length + 1) : undefined;

async function record({ forge, journal }: EndedPorts, place: Place, request: MergeRequest, event: string): Promise<string | undefined> {
  const by = request.endedBy ?? (await forge.endedBy(place.path, request).catch(unlessRefused(undefined)));
  const approvals = request.state === 'merged' ? await approvalsOf(forge, place, request) : [];
  await journal.recordOnce(event, [...approvals, entryOf(place, request, by, approvals)]);
  return by;
}

function entryOf(place: Place, request: MergeRequest, by: string | undefined, approvals: readonly NewEntry[]): NewEntry {
  const approvers = approvals.map(({ actor }) => actor).join(', ');
  const common = commonOf(place, request, actionOf(request));
  const facts = { ...common.facts, commit: request.commit, ...(request.endedAt !== undefined && { at: request.endedAt }) };
  const actor = actorOf(place, by);
  if (request.state === 'merged') {
    const why = approvers === '' ? 'no approval is known' : `approved by ${approvers}`;
    return { ...common, kind: 'merge', actor, why, facts: { ...facts, ...(approvers !== '' && { approvedBy: approvers }) } };
  }
  return { ...common, kind: 'proposal', actor, why: whyClosed(request), facts };
}

function whyClosed({ labels, description }: MergeRequest): string {
  if (readMarker(description)?.rollback !== undefined) return 'nothing is rolled back, and nothing held back';
  return labels.includes(label) ? 'not this version' : `its label ${label} was taken off: it may be proposed again`;
}

function commonOf(place: Place, request: MergeRequest, verb: string): Omit<NewEntry, 'kind' | 'actor' | 'why'> {
  const { id, url, description } = request;
  const title = titleOf(request);
  const app = readMarker(description)?.app;
  const { from, to } = versionsIn(title);
  return {
    environment: place.environment,
    what: `${verb} merge request ${id}: ${title}`,
    links: url === '' ? [] : [url],
    facts: {
      action: verb,
      ...(app !== undefined && app !== '' && { app }),
      repository: repositoryOf(place),
      mergeRequest: id,
      ...(from !== undefined && to !== undefined && { from, to }),
    },
  };
}

/** What the forge does not let us ask is not known; that it was merged or closed was seen all the same. */
const unlessRefused =
  <T>(unknown: T) =>
  (error: unknown): T => {
    if (error instanceof RefusedError) return unknown;
    throw error;
  };

/** Whose last word it was, as far as the forge tells. */
async function approvalsOf(forge: ReviewForge, place: Place, request: MergeRequest): Promise<readonly NewEntry[]> {
  const { reviews } = await forge.reviews(place.path, request.id).catch(unlessRefused({ reviews: [] }));
  const judged = reviews.filter(({ state }) => state !== 'commented');
  const lastWords = [...new Map(judged.map((review) => [review.user.id, review])).values()];
  const common = commonOf(place, request, 'approved');
  return lastWords.flatMap(({ user, state, commit, submittedAt: at }): NewEntry[] => {
    if (state !== 'approved') return [];
    const facts = { ...common.facts, ...(commit !== undefined && { commit }), ...(at !== undefined && { at }) };
    return [{ ...common, kind: 'approval', actor: actorOf(place, user.name), why: 'found when it was merged', facts }];
  });
}
