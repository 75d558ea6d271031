import { isImageName } from '../../domain/image.ts';
import type { JobData } from '../../domain/queue.ts';
import { at, type Payload, textAt } from './payload.ts';
import type { Asked } from './sender.ts';
import { askedBy, type Change, type Served } from './served.ts';

/** Those that we have a use for. Their names and payloads: https://docs.github.com/en/webhooks/webhook-events-and-payloads */
export const githubEvents = [
  'pull_request',
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
  const change = changeIn(event, payload);
  return path === undefined || change === undefined ? 'uninteresting' : askedBy(change, { forge: forge.name, path }, served);
}

function changeIn(event: 'pull_request' | 'push' | 'create' | 'release', payload: Payload): Change | undefined {
  switch (event) {
    case 'pull_request':
      return 'merge-request';
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
