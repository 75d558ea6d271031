import { git, gitText, mergedTree } from '../git-repository.ts';
import { type Call, ok, type Reply } from './call.ts';
import { requestEntity } from './entities.ts';
import { find } from './merge-requests.ts';
import { message } from './parameters.ts';
import { addSystemNote, mergedByHand, pushed } from './pushes.ts';
import { headOf, mayMerge, type StoredRequest, type User, type WayToMerge, type World } from './world.ts';

/** https://docs.gitlab.com/api/merge_requests/#merge-a-merge-request */
export async function merge(call: Call): Promise<Reply> {
  const request = find(call);
  const { given } = call;
  if (!mayMerge(call.user, request.project, request.targetBranch)) throw message(401, '401 Unauthorized');
  if (request.state !== 'opened' || /^draft:/i.test(request.title)) throw message(405, '405 Method Not Allowed');
  if (given['sha'] !== undefined && given['sha'] !== request.sha)
    throw message(409, `SHA does not match HEAD of source branch: ${request.sha}`);
  await mergeRequest(call.world, request, call.user);
  return ok(requestEntity(call, request));
}

interface Merging {
  readonly request: StoredRequest;
  readonly user: User;
  readonly source: string;
  readonly target: string;
  readonly tree: string;
}

/** With a merge commit, as GitLab does by default, or as its project or somebody wishes. */
export async function mergeRequest(
  world: World,
  request: StoredRequest,
  user: User,
  how: WayToMerge = request.project.wayToMerge,
): Promise<void> {
  const { project, sourceBranch, targetBranch } = request;
  const [source, target] = [headOf(request.sourceProject, sourceBranch), headOf(project, targetBranch)];
  const tree = source === undefined || target === undefined ? undefined : await mergedTree(project.directory, target, source);
  if (source === undefined || target === undefined || tree === undefined) throw message(422, 'Branch cannot be merged');
  const at = world.now();
  const { sha, ...commits } = await merged({ request, user, source, target, tree }, how);
  await git(project.directory, ['update-ref', `refs/heads/${targetBranch}`, sha, target]);
  Object.assign(request, { state: 'merged', mergedAt: at, mergedBy: user, updatedAt: at, ...commits });
  addSystemNote(world, request, 'merged');
  if (request.removeSourceBranch) await git(project.directory, ['update-ref', '-d', `refs/heads/${sourceBranch}`]);
  await mergedByHand(world, project, targetBranch, user);
  pushed(world, project, targetBranch, sha, user);
}

type Made = Pick<StoredRequest, 'sha' | 'mergeCommitSha' | 'squashCommitSha'>;

async function merged(of: Merging, how: WayToMerge): Promise<Made> {
  const { request, source, target, tree } = of;
  const { directory } = request.project;
  if (how === 'fast-forward') {
    if ((await gitText(directory, ['merge-base', source, target])) !== target) throw message(405, '405 Method Not Allowed');
    return { sha: source };
  }
  const title = `Merge branch '${request.sourceBranch}' into '${request.targetBranch}'\n\n${request.title}\n\nSee merge request ${request.project.path}!${request.iid}\n`;
  if (how === 'merge commit') {
    const sha = await commitTree(of, tree, [target, source], title);
    return { sha, mergeCommitSha: sha };
  }
  const base = await gitText(directory, ['merge-base', source, target]);
  const squashed = await commitTree(of, `${source}^{tree}`, [base], `${request.title}\n`);
  const sha = await commitTree(of, tree, [target, squashed], title);
  return { sha, mergeCommitSha: sha, squashCommitSha: squashed };
}

function commitTree(
  { request, user: { name, commitEmail: email } }: Merging,
  tree: string,
  parents: readonly string[],
  text: string,
): Promise<string> {
  const env = { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email };
  return gitText(request.project.directory, ['commit-tree', tree, ...parents.flatMap((one) => ['-p', one])], { input: text, env });
}
