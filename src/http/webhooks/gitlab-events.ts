import type { RepositoryRef } from '../../domain/forge.ts';
import { at, listAt, numberAt, type Payload, textAt } from './payload.ts';
import type { Asked } from './sender.ts';
import { askedBy, askedIn, askedInIssue, askedOf, askedToReview, type Change, type Piped, type Served, together } from './served.ts';

/** What webhooks are set up for, as GitLab's API calls it (`…_events`). Those of deployments are of no interest yet. */
export const gitlabHookEvents = ['merge_requests', 'note', 'push', 'tag_push', 'pipeline', 'deployment', 'releases'] as const;

/** Of project, group and system hooks. https://docs.gitlab.com/user/project/integrations/webhook_events/ and /administration/system_hooks/ */
export function gitlabAsks(forge: string, payload: Payload, served: Served): Asked {
  const path = textAt(payload, 'project', 'path_with_namespace');
  if (path === undefined) return 'uninteresting';
  if (isNewNote(payload)) return noteAsks(payload, { forge, path }, served);
  const piped = pipedIn(payload);
  if (piped !== undefined) return askedOf(piped, { forge, path }, served);
  const change = changeIn(payload);
  if (change === undefined) return 'uninteresting';
  const [asked, reviewed] = [askedBy(change, { forge, path }, served, judgedIn(payload)), reviewedIn(payload)];
  return reviewed === undefined ? asked : together(asked, askedToReview(reviewed, { forge, path }, served));
}

const kindOf = (payload: Payload): string | undefined => textAt(payload, 'object_kind') ?? textAt(payload, 'event_name');

/** Older versions tell a new note and a changed one in the same words; an edited one is found out when it is read. */
function isNewNote(payload: Payload): boolean {
  const note = at(payload, 'object_attributes');
  return kindOf(payload) === 'note' && at(note, 'system') !== true && (textAt(note, 'action') ?? 'create') === 'create';
}

function noteAsks(payload: Payload, repository: RepositoryRef, served: Served): Asked {
  const [text, comment] = [textAt(payload, 'object_attributes', 'note') ?? '', numberAt(payload, 'object_attributes', 'id')];
  const on = textAt(payload, 'object_attributes', 'noteable_type');
  if (on === 'MergeRequest') return askedIn({ text, request: numberAt(payload, 'merge_request', 'iid'), comment }, repository, served);
  if (on === 'Issue') return askedInIssue({ text, issue: numberAt(payload, 'issue', 'iid'), comment }, repository, served);
  return 'uninteresting';
}

const reviews: readonly string[] = ['approved', 'approval', 'unapproved', 'unapproval', 'merge', 'close'];

/** Number of a merge request that somebody approved, or took that back from, or that has ended. */
function reviewedIn(payload: Payload): number | undefined {
  const request = at(payload, 'object_attributes');
  const isReview = kindOf(payload) === 'merge_request' && reviews.includes(textAt(request, 'action') ?? '');
  return isReview ? numberAt(request, 'iid') : undefined;
}

/** Number of an open merge request whose head or target is not what it was, or that was a draft or not open before. */
function judgedIn(payload: Payload): number | undefined {
  const request = at(payload, 'object_attributes');
  if (kindOf(payload) !== 'merge_request' || textAt(request, 'state') !== 'opened') return undefined;
  const action = textAt(request, 'action') ?? '';
  const changes = at(payload, 'changes');
  const isOther = at(changes, 'target_branch') !== undefined || at(changes, 'draft', 'current') === false;
  const moved = action === 'update' && (textAt(request, 'oldrev') !== undefined || isOther);
  return moved || action === 'open' || action === 'reopen' ? numberAt(request, 'iid') : undefined;
}

/** Where nothing but statuses is set, a pipeline that GitLab made for them is over with the last of them: that one was said. */
const over: readonly string[] = ['success', 'failed', 'canceled', 'skipped'];

/**
 * A pipeline that may lack our status, and so let pass what we refuse. https://docs.gitlab.com/user/project/integrations/webhook_events/#pipeline-events;
 * of older versions none says where it came from.
 */
function pipedIn(payload: Payload): Piped | undefined {
  const pipeline = at(payload, 'object_attributes');
  const commit = textAt(pipeline, 'sha');
  if (kindOf(payload) !== 'pipeline' || at(pipeline, 'tag') === true || commit === undefined || !isCommit(commit)) return undefined;
  if (textAt(pipeline, 'source') === 'external' && over.includes(textAt(pipeline, 'status') ?? '')) return undefined;
  return { commit, request: numberAt(payload, 'merge_request', 'iid') };
}

const isCommit = (text: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);

function changeIn(payload: Payload): Change | undefined {
  const kind = kindOf(payload);
  if (kind === 'merge_request') {
    const action = textAt(payload, 'object_attributes', 'action');
    return action === 'merge' || action === 'close' ? action : 'merge-request';
  }
  if (kind === 'release') return 'tag';
  if (kind === 'push') return isPresent(payload) && isDefault(payload, textAt(payload, 'ref')) ? 'commits' : undefined;
  if (kind === 'tag_push') return isPresent(payload) ? 'tag' : undefined;
  return kind === 'repository_update' ? updated(payload) : undefined;
}

/** A system hook tells once of everything that a push changed. */
function updated(payload: Payload): Change | undefined {
  const refs = listAt(payload, 'changes')
    .filter(isPresent)
    .map((change) => textAt(change, 'ref'));
  if (refs.some((ref) => isDefault(payload, ref))) return 'commits';
  return refs.some((ref) => ref?.startsWith('refs/tags/')) ? 'tag' : undefined;
}

/** Where the payload does not name the default branch, any branch may be it. */
function isDefault(payload: Payload, ref: string | undefined): boolean {
  const branch = textAt(payload, 'project', 'default_branch');
  return branch === undefined ? ref?.startsWith('refs/heads/') === true : ref === `refs/heads/${branch}`;
}

/** Of a branch or tag that was deleted, the new commit is all zeros. */
const isPresent = (change: Payload): boolean => !/^0+$/.test(String(at(change, 'after')));
