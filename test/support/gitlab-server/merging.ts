import { git, gitText, mergedTree } from '../git-repository.ts';
import { type Call, ok, type Reply } from './call.ts';
import { requestEntity } from './entities.ts';
import { find } from './merge-requests.ts';
import { message } from './parameters.ts';
import { addSystemNote, pushed } from './pushes.ts';
import { headOf, mayPush, type StoredRequest, type User, type World } from './world.ts';

/** https://docs.gitlab.com/api/merge_requests/#merge-a-merge-request */
export async function merge(call: Call): Promise<Reply> {
  const request = find(call);
  const { given } = call;
  if (!mayPush(call.user, request.project, request.targetBranch)) throw message(401, '401 Unauthorized');
  if (request.state !== 'opened') throw message(405, '405 Method Not Allowed');
  if (given['sha'] !== undefined && given['sha'] !== request.sha)
    throw message(409, `SHA does not match HEAD of source branch: ${request.sha}`);
  await mergeRequest(call.world, request, call.user);
  return ok(requestEntity(call, request));
}

/** With a merge commit, as GitLab does by default. */
export async function mergeRequest(world: World, request: StoredRequest, user: User): Promise<void> {
  const { project, sourceBranch, targetBranch } = request;
  const [source, target] = [headOf(project, sourceBranch), headOf(project, targetBranch)];
  const tree = source === undefined || target === undefined ? undefined : await mergedTree(project.directory, target, source);
  if (source === undefined || target === undefined || tree === undefined) throw message(422, 'Branch cannot be merged');
  const at = world.now();
  const [name, email] = [user.name, user.commitEmail];
  const env = { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email };
  const title = `Merge branch '${sourceBranch}' into '${targetBranch}'\n\n${request.title}\n\nSee merge request ${project.path}!${request.iid}\n`;
  const sha = await gitText(project.directory, ['commit-tree', tree, '-p', target, '-p', source], { input: title, env });
  await git(project.directory, ['update-ref', `refs/heads/${targetBranch}`, sha, target]);
  Object.assign(request, { state: 'merged', mergedAt: at, mergedBy: user, mergeCommitSha: sha, updatedAt: at });
  addSystemNote(world, request, 'merged');
  if (request.removeSourceBranch) await git(project.directory, ['update-ref', '-d', `refs/heads/${sourceBranch}`]);
  pushed(world, project, targetBranch, sha);
}
