import { git, gitText, mergedTree } from '../git-repository.ts';
import { headOf, type MergeStatus, type Project, type StoredRequest, type User, type World } from './world.ts';

/** What GitLab does when a branch got a new head: its merge requests are updated; those that point at it are checked again later. */
export function pushed(world: World, project: Project, branch: string, sha: string, user: User): void {
  project.updatedAt = world.now();
  const from = project.pushes.findLast((push) => push.branch === branch)?.to;
  project.pushes.push({ id: world.nextId(), user, branch, from, to: sha, at: project.updatedAt });
  for (const request of openRequests(world, project)) {
    if (request.sourceBranch !== branch || request.sourceProject !== project || request.sha === sha) continue;
    request.sha = sha;
    request.updatedAt = world.now();
    const target = headOf(request.project, request.targetBranch) ?? '';
    request.versions.push({ id: world.nextId(), sha, target, createdAt: request.updatedAt });
    addSystemNote(world, request, 'added 1 commit', user);
  }
}

/** Into another branch it is looked at anew: MergeRequests::UpdateService of GitLab. */
export function retarget(world: World, request: StoredRequest, branch: string): void {
  if (request.targetBranch === branch) return;
  request.targetBranch = branch;
  const target = headOf(request.project, branch) ?? '';
  request.versions.push({ id: world.nextId(), sha: request.sha, target, createdAt: world.now() });
}

/**
 * Whose head somebody pushed to the target counts as merged, by the commit of the target's own line that brought it (`post_merge_manually_merged` in
 * MergeRequests::RefreshService of GitLab).
 */
export async function mergedByHand(world: World, project: Project, branch: string, user: User): Promise<void> {
  for (const request of project.requests.filter((one) => one.state === 'opened' && one.targetBranch === branch)) {
    const before = request.versions.at(-1)?.target;
    if (before === undefined) continue;
    const line = await gitText(project.directory, ['rev-list', '--first-parent', '--reverse', `${before}..refs/heads/${branch}`]);
    const brought = await firstWith(project, request.sha, line.split('\n').filter(Boolean));
    if (brought === undefined) continue;
    const at = world.now();
    Object.assign(request, { state: 'merged', mergedAt: at, mergedBy: user, updatedAt: at, mergeCommitSha: brought });
  }
}

async function firstWith(project: Project, sha: string, line: readonly string[]): Promise<string | undefined> {
  for (const commit of line) if ((await gitText(project.directory, ['merge-base', commit, sha])) === sha) return commit;
  return undefined;
}

/** A fork's commits come along with its merge request: https://docs.gitlab.com/user/project/merge_requests/versions/ */
export async function keepHead({ project, sourceProject, sourceBranch, iid }: StoredRequest): Promise<void> {
  if (sourceProject === project) return;
  const from = `+refs/heads/${sourceBranch}:refs/merge-requests/${iid}/head`;
  await git(project.directory, ['fetch', '--quiet', '--no-tags', sourceProject.directory, from]);
}

export async function keepHeads(world: World, project: Project, branch: string): Promise<void> {
  for (const request of openRequests(world, project)) if (request.sourceBranch === branch) await keepHead(request);
}

/** A branch is gone: GitLab closes the merge requests from it, in the name of who deleted it (its MergeRequests::RefreshService). */
export function branchDeleted(world: World, project: Project, branch: string, user: User): void {
  for (const request of openRequests(world, project)) {
    if (request.sourceBranch === branch && request.sourceProject === project) closeRequest(world, request, user);
  }
}

export function closeRequest(world: World, request: StoredRequest, user: User): void {
  const at = world.now();
  Object.assign(request, { state: 'closed', closedAt: at, closedBy: user, updatedAt: at });
  addSystemNote(world, request, 'closed');
}

/** From the project, into whichever. */
const openRequests = (world: World, project: Project): readonly StoredRequest[] =>
  world.projects.flatMap(({ requests }) => requests.filter(({ state, sourceProject }) => state === 'opened' && sourceProject === project));

export function addSystemNote(world: World, request: StoredRequest, body: string, author: User = request.author): void {
  const at = world.now();
  request.notes.push({ id: world.nextId(), body, author, system: true, createdAt: at, updatedAt: at });
}

const heads = (request: StoredRequest): string => `${request.sha} ${headOf(request.project, request.targetBranch) ?? ''}`;

/** What GitLab shows of mergeability: what it worked out last, which may be nothing yet. */
export function mergeStatus(request: StoredRequest): { readonly merge_status: MergeStatus; readonly has_conflicts: boolean } {
  const { checked } = request;
  if (checked === undefined) return { merge_status: request.checking === undefined ? 'unchecked' : 'checking', has_conflicts: false };
  if (checked.of === heads(request) || request.state !== 'opened') {
    return { merge_status: checked.status, has_conflicts: checked.status === 'cannot_be_merged' };
  }
  return { merge_status: checked.status === 'can_be_merged' ? 'unchecked' : 'cannot_be_merged_recheck', has_conflicts: false };
}

/** Works mergeability out in the background, as GitLab's workers do; who asks again later sees it. */
export function recheck(request: StoredRequest): void {
  const of = heads(request);
  if (request.state !== 'opened' || request.checked?.of === of || request.checking !== undefined) return;
  request.checking = workOut(request)
    .then((status) => {
      request.checked = { of, status };
    })
    .finally(() => {
      request.checking = undefined;
    });
}

async function workOut(request: StoredRequest): Promise<'can_be_merged' | 'cannot_be_merged'> {
  const target = headOf(request.project, request.targetBranch);
  if (target === undefined) return 'cannot_be_merged';
  if (request.project.parents.get(request.sha) === target) return 'can_be_merged';
  return (await mergedTree(request.project.directory, target, request.sha)) === undefined ? 'cannot_be_merged' : 'can_be_merged';
}
