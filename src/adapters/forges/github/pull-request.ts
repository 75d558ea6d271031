import type { RestEndpointMethodTypes } from '@octokit/rest';
import type { MergeRequest } from '../../../domain/forge.ts';
import { branchPrefix, label, readMarker } from '../../../domain/identifiers.ts';

/** As GitHub lists it: without a word about conflicts. */
export type ListedPull = RestEndpointMethodTypes['pulls']['list']['response']['data'][number];
type ShownPull = RestEndpointMethodTypes['pulls']['get']['response']['data'];

/** A pull request as it is kept between runs. */
export interface KnownPull extends MergeRequest {
  /** Heads of the target and of the branch for which `conflicts` was found out; undefined before. */
  readonly checked?: string;
  /** It has had our label at some time: whoever took it off meant to. */
  readonly labelled?: true;
}

export function toPull(of: ListedPull | ShownPull): KnownPull {
  return {
    id: of.number,
    url: of.html_url,
    title: of.title,
    description: of.body ?? '',
    state: stateOf(of),
    branch: of.head.ref,
    target: of.base.ref,
    commit: of.head.sha,
    labels: of.labels.map(({ name }) => name),
    createdAt: utc(of.created_at),
    updatedAt: utc(of.updated_at),
    conflicts: false,
    ...endOf(of),
  };
}

export const stateOf = (of: ListedPull | ShownPull): MergeRequest['state'] =>
  of.state === 'open' ? 'open' : of.merged_at === null ? 'closed' : 'merged';

function endOf({ merged_at: merged, closed_at: closed }: ListedPull | ShownPull): Pick<MergeRequest, 'endedAt'> {
  const at = merged ?? closed;
  return at === null ? {} : { endedAt: utc(at) };
}

export function toPublic({ checked, labelled, ...request }: KnownPull): MergeRequest {
  const unfinished = labelled === undefined && mayBeUnfinished(request);
  return { ...request, conflicts: checked !== undefined && request.conflicts, ...(unfinished && { unfinished }) };
}

/** One that we opened has no label: perhaps nobody came to put it on, perhaps a person took it off. */
export function mayBeUnfinished({ state, labels, description }: MergeRequest): boolean {
  const marker = readMarker(description);
  return state !== 'merged' && !labels.includes(label) && marker !== undefined && marker.closed === undefined;
}

export const utc = (time: string): string => new Date(time).toISOString();

/** From a branch of ours in this very repository; anybody can open one from a fork with the same branch name. */
export const isOurs = (of: ListedPull): boolean => isOwn(of) && of.head.ref.startsWith(branchPrefix);

/** GitHub forgets the repository of a fork that was deleted. */
export const isOwn = ({ head, base }: ListedPull | ShownPull): boolean => (head.repo as { id: number } | null)?.id === base.repo.id;
