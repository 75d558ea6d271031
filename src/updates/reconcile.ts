import { isDeepStrictEqual } from 'node:util';
import type { MergeRequest, RepositoryState } from '../domain/forge.ts';
import { branchOf, type Carried, label, type Marker, readMarker } from '../domain/identifiers.ts';
import type { Proposal } from '../domain/update.ts';
import { isTitleOf, placesOf } from './proposal.ts';
import { wishesOf } from './wishes.ts';

/** What stands on a branch of ours. */
export interface BranchFacts {
  /** The commit that the branch points to. */
  readonly head: string;
  /** Name of somebody who committed to it; absent when every commit is ours. */
  readonly person?: string;
  /** Of our last commit on it: Proposal.content, placesOf its updates, and the commit it was built on; absent when unknown. */
  readonly content?: string;
  readonly places?: string;
  readonly base?: string;
  /** The files that it changes; absent when unknown. */
  readonly files?: readonly string[];
}

/** What one app of one environment should have and what it has. */
export interface AppState {
  readonly environment: string;
  readonly app: string;
  /** undefined: nothing is to be proposed. */
  readonly proposal: Proposal | undefined;
  /** Why nothing is proposed, as a sentence for the merge request that is closed. */
  readonly gone: string;
  /** False when a look-up failed or a list may be incomplete: then nothing is taken back and nothing changed. */
  readonly certain: boolean;
  /** Packages of the app that could not be looked up: what belongs together is not opened in halves. */
  readonly failed: readonly string[];
  readonly repository: RepositoryState;
  /** Merge requests of this app's branch, in any state. */
  readonly requests: readonly MergeRequest[];
  readonly branch: BranchFacts | undefined;
  /** Heads of branches that are the target of an open request and not the default branch. */
  readonly targetHeads: Readonly<Record<string, string>>;
}

/** What is to be done; `none` writes nothing and shows nothing. */
export type Action =
  | { readonly kind: 'open'; readonly proposal: Proposal; readonly build: Build | undefined }
  | {
      readonly kind: 'update';
      readonly proposal: Proposal;
      readonly request: MergeRequest;
      readonly build: Build | undefined;
      readonly texts: Texts | undefined;
    }
  | { readonly kind: 'keep'; readonly proposal: Proposal; readonly request: MergeRequest; readonly say?: string; readonly reason?: string }
  | { readonly kind: 'hold'; readonly proposal: Proposal; readonly reason: string }
  | { readonly kind: 'close'; readonly request: MergeRequest; readonly marker: Marker; readonly reason: string }
  /** The branch of a merge request that we have closed is still there. */
  | { readonly kind: 'tidy'; readonly request: MergeRequest }
  | { readonly kind: 'none' };

/** The branch becomes `base` plus one commit; `expected` is what it points to now. */
export interface Build {
  readonly base: string;
  readonly expected: string | undefined;
}

export interface Texts {
  /** Absent when a person changed the title: then it stays. */
  readonly title?: string;
  /** Only where the branch that it should go into is gone. */
  readonly target?: string;
}

/**
 * Decides for one app what its merge request needs: the life of a proposal (design, section 6).
 * The same state decided twice gives the same action; a state that an action produced gives `keep` or `none`.
 */
export function reconcile(state: AppState): Action {
  const open = oldestOpen(state.requests);
  const { proposal } = state;
  if (proposal === undefined) return open === undefined ? tidy(state) : withdraw(state, open);
  if (open === undefined) return propose(state, proposal);
  if (state.branch?.person !== undefined) return { kind: 'keep', proposal, request: open, ...handsOff(state.branch.person) };
  if (!state.certain) return { kind: 'keep', proposal, request: open, reason: 'a look-up failed or was incomplete; it stays as it is' };
  return refresh(state, proposal, open);
}

/** With two open ones for a branch (different targets), the older is ours: a person made the other. */
function oldestOpen(requests: readonly MergeRequest[]): MergeRequest | undefined {
  return requests.filter((request) => request.state === 'open').sort((a, b) => a.id - b.id)[0];
}

function handsOff(person: string): { say: string; reason: string } {
  return { say: person, reason: `${person} committed to the branch; Lockkeeper leaves it to them` };
}

function withdraw(state: AppState, open: MergeRequest): Action {
  const marker = readMarker(open.description);
  const ours = marker !== undefined && marker.app === state.app && marker.environment === state.environment;
  if (!ours || !state.certain || state.branch?.person !== undefined) return { kind: 'none' };
  return { kind: 'close', request: open, marker, reason: state.gone };
}

/** A run that closed one and ended before it deleted the branch left it behind. */
function tidy({ requests, repository, branch }: AppState): Action {
  const request = requests.find((one) => isHalfClosed(one, repository));
  return request === undefined || branch?.head !== request.commit || branch.person !== undefined
    ? { kind: 'none' }
    : { kind: 'tidy', request };
}

/** Closed by us, with its branch where it was then. */
export function isHalfClosed({ state, branch, commit, description }: MergeRequest, { branches }: RepositoryState): boolean {
  return state === 'closed' && branches[branch] === commit && readMarker(description)?.closed !== undefined;
}

function propose(state: AppState, proposal: Proposal): Action {
  const refusal = refusalOf(state, proposal);
  if (refusal !== undefined) return { kind: 'hold', proposal, reason: refusal };
  const { branch, repository } = state;
  if (branch?.person !== undefined) {
    const reason = `branch ${proposal.branch} has commits of ${branch.person} and nothing is open for it; open something, or delete the branch`;
    return { kind: 'hold', proposal, reason };
  }
  if (state.failed.length > 0)
    return { kind: 'hold', proposal, reason: `waits until ${state.failed.join(', ')} can be looked up, so that the app moves as a whole` };
  const merged = state.requests.some((request) => request.state === 'merged' && request.commit === branch?.head);
  const stands = branch !== undefined && carries(branch, proposal) && !merged; // committed by a run that died before it could open
  return { kind: 'open', proposal, build: stands ? undefined : { base: repository.commit, expected: branch?.head } };
}

/** Where a commit or a text of an older version puts it is not known; it counts as right. */
const carries = ({ content, places }: Partial<Carried>, proposal: Proposal): boolean =>
  content === proposal.content && (places === undefined || places === placesOf(proposal.updates));

/** It was merged already: where what was read of the default branch is older than that, it stands there by now. */
export const wasMerged = (proposal: Proposal, requests: readonly MergeRequest[]): boolean =>
  requests.some(({ state, description }) => state === 'merged' && readMarker(description)?.content === proposal.content);

function refusalOf({ requests }: AppState, proposal: Proposal): string | undefined {
  const refusal = requests.find((request) => saysNo(request, proposal));
  return refusal && `closed unmerged in ${refusal.url}: not this version; to take that back reopen it or remove its label "${label}"`;
}

/** Closed by a person, still labelled (or before we could label it), for exactly this content. */
function saysNo(request: MergeRequest, proposal: Proposal): boolean {
  const marker = readMarker(request.description);
  return (
    request.state === 'closed' &&
    (request.labels.includes(label) || request.unfinished === true) &&
    marker?.content === proposal.content &&
    marker.closed === undefined
  );
}

function refresh(state: AppState, proposal: Proposal, open: MergeRequest): Action {
  const marker = readMarker(open.description);
  const refusal = marker?.content === proposal.content ? undefined : refusalOf(state, proposal);
  if (refusal !== undefined) return withdraw({ ...state, gone: `what is left is ${proposal.title}, ${refusal}` }, open);
  const { branch, repository } = state;
  const base = state.targetHeads[open.target] ?? repository.commit;
  const outdated = branch === undefined || !carries(branch, proposal);
  const conflicting = open.conflicts && branch?.base !== base;
  const build = outdated || conflicting ? { base, expected: branch?.head } : undefined;
  const lost = open.target !== repository.defaultBranch && state.targetHeads[open.target] === undefined;
  const changed = textsOf(proposal, open) ?? (lost ? {} : undefined);
  const texts = changed && { ...changed, ...(lost && { target: repository.defaultBranch }) };
  return build === undefined && texts === undefined
    ? { kind: 'keep', proposal, request: open }
    : { kind: 'update', proposal, request: open, build, texts };
}

function textsOf(proposal: Proposal, open: MergeRequest): Texts | undefined {
  const marker = readMarker(open.description);
  const told =
    marker !== undefined &&
    carries(marker, proposal) &&
    marker.title === proposal.title &&
    marker.unread === undefined &&
    isDeepStrictEqual(marker.wishes ?? [], wishesOf(proposal.updates));
  if (told && marker.environment === proposal.environment) return undefined;
  const untouched = marker === undefined ? isTitleOf(proposal.app, open.title) : open.title === marker.title;
  return untouched && open.title !== proposal.title ? { title: proposal.title } : {};
}

export const appsByBranch = (apps: Iterable<string>): ReadonlyMap<string, string> => new Map([...apps].map((app) => [branchOf(app), app]));

/** The app whose branch this is, among those we know; a merge request's own word for it where the app has gone. A rollback is no app's proposal. */
export function appOfRequest({ branch, description }: MergeRequest, apps: ReadonlyMap<string, string>): string | undefined {
  const marker = readMarker(description);
  return marker?.rollback === undefined ? (apps.get(branch) ?? marker?.app) : undefined;
}
