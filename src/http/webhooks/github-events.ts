import type { RepositoryRef } from '../../domain/forge.ts';
import { isImageName } from '../../domain/image.ts';
import type { JobData } from '../../domain/queue.ts';
import { at, isPayload, numberAt, type Payload, textAt } from './payload.ts';
import type { Asked } from './sender.ts';
import { askedBy, askedIn, askedInIssue, askedToReview, type Change, type Served, together } from './served.ts';

/** Those that we have a use for. Their names and payloads: https://docs.github.com/en/webhooks/webhook-events-and-payloads */
export const githubEvents = [
  'pull_request',
  'pull_request_review',
  'issue_comment',
  'push',
  'create',
  'release',
  'package',
  'registry_package',
  'installation',
  'installation_repositories',
] as const;

/** Those of an App that comes and goes are told without being asked for, and cannot be asked for. */
export const githubHookEvents = githubEvents.filter((event) => !event.startsWith('installation'));

export type GitHubEvent = (typeof githubEvents)[number];

export const isGitHubEvent = (name: string): name is GitHubEvent => (githubEvents as readonly string[]).includes(name);

/** `registry` is the host of the forge's container registry. */
export function githubAsks(
  event: GitHubEvent,
  payload: Payload,
  forge: { readonly name: string; readonly registry: string },
  served: Served,
): Asked {
  if (event === 'installation' || event === 'installation_repositories') return [{ kind: 'scan' }];
  if (event === 'package' || event === 'registry_package') return packageAsks(at(payload, event), forge.registry);
  const path = textAt(payload, 'repository', 'full_name');
  if (path === undefined) return 'uninteresting';
  const repository = { forge: forge.name, path };
  if (event === 'issue_comment') return commentAsks(payload, repository, served);
  const reviewed = reviewedIn(event, payload);
  if (event === 'pull_request_review') return reviewed === undefined ? 'uninteresting' : askedToReview(reviewed, repository, served);
  const change = changeIn(event, payload);
  if (change === undefined) return 'uninteresting';
  const asked = askedBy(change, repository, served, judgedIn(event, payload));
  return reviewed === undefined ? asked : together(asked, askedToReview(reviewed, repository, served));
}

/** Number of a pull request that somebody reviewed, or that has ended: what asked for access may be granted by it, or not be asked for any more. */
function reviewedIn(event: GitHubEvent, payload: Payload): number | undefined {
  const ended = event === 'pull_request' && textAt(payload, 'action') === 'closed';
  return ended || event === 'pull_request_review' ? numberAt(payload, 'pull_request', 'number') : undefined;
}

/** To GitHub a pull request is an issue too, and says so. */
function commentAsks(payload: Payload, repository: RepositoryRef, served: Served): Asked {
  if (textAt(payload, 'action') !== 'created') return 'uninteresting';
  const [number, comment] = [numberAt(payload, 'issue', 'number'), numberAt(payload, 'comment', 'id')];
  const text = textAt(payload, 'comment', 'body') ?? '';
  return isPayload(at(payload, 'issue', 'pull_request'))
    ? askedIn({ text, request: number, comment }, repository, served)
    : askedInIssue({ text, issue: number, comment }, repository, served);
}

const anotherOne: readonly string[] = ['opened', 'synchronize', 'reopened', 'ready_for_review'];

/** Number of an open pull request whose head or base is not what it was, or that was a draft or not open before. */
function judgedIn(event: GitHubEvent, payload: Payload): number | undefined {
  const [pull, action] = [at(payload, 'pull_request'), textAt(payload, 'action') ?? ''];
  if (event !== 'pull_request' || textAt(pull, 'state') !== 'open') return undefined;
  const retargeted = action === 'edited' && isPayload(at(payload, 'changes', 'base'));
  return retargeted || anotherOne.includes(action) ? numberAt(pull, 'number') : undefined;
}

function changeIn(event: 'pull_request' | 'push' | 'create' | 'release', payload: Payload): Change | undefined {
  switch (event) {
    case 'pull_request':
      if (textAt(payload, 'action') !== 'closed') return 'merge-request';
      return at(payload, 'pull_request', 'merged') === true ? 'merge' : 'close';
    case 'create':
      return textAt(payload, 'ref_type') === 'tag' ? 'tag' : undefined;
    case 'release':
      return 'tag';
    case 'push':
      return at(payload, 'deleted') === true ? undefined : pushed(payload);
  }
}

/** Where the payload does not name the default branch, any branch may be it. */
function pushed(payload: Payload): Change | undefined {
  const [ref = '', branch] = [textAt(payload, 'ref'), textAt(payload, 'repository', 'default_branch')];
  if (ref.startsWith('refs/tags/')) return 'tag';
  const isDefault = branch === undefined ? ref.startsWith('refs/heads/') : ref === `refs/heads/${branch}`;
  return isDefault ? 'commits' : undefined;
}

/** Images; packages of other kinds (npm, Maven, …) nobody deploys. */
function packageAsks(published: unknown, registry: string): readonly JobData[] | 'uninteresting' {
  const [owner, name, type] = [textAt(published, 'owner', 'login'), textAt(published, 'name'), textAt(published, 'package_type')];
  if (owner === undefined || name === undefined || type?.toLowerCase() !== 'container') return 'uninteresting';
  const image = `${registry}/${owner.toLowerCase()}/${name}`;
  return isImageName(image) ? [{ kind: 'scan-package', package: image }] : 'uninteresting';
}
