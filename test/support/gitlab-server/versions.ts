import { GitFailed, gitText } from '../git-repository.ts';
import { type Call, ok, page, projectOf, type Reply } from './call.ts';
import { log } from './commits.ts';
import type { Version as Described } from './description/approvals.ts';
import { commitEntity, listedEntity } from './entities.ts';
import { find } from './merge-requests.ts';
import { notFound } from './parameters.ts';
import type { StoredRequest, Version } from './world.ts';

/** Where the branch had left the target then. */
async function baseOf({ project, sha }: StoredRequest, version: Version): Promise<string> {
  try {
    return await gitText(project.directory, ['merge-base', version.target, version.sha]);
  } catch (error) {
    if (error instanceof GitFailed) return sha;
    throw error;
  }
}

const entity = async (request: StoredRequest, version: Version): Promise<Described> => ({
  id: version.id,
  head_commit_sha: version.sha,
  base_commit_sha: await baseOf(request, version),
  start_commit_sha: version.target,
  created_at: version.createdAt.toISOString(),
  merge_request_id: request.id,
  state: 'collected',
  real_size: '1',
  patch_id_sha: version.sha,
});

/** https://docs.gitlab.com/api/merge_requests/#get-merge-request-diff-versions; newest first. */
export async function listVersions(call: Call): Promise<Reply> {
  const request = find(call);
  return page(call, await Promise.all(request.versions.toReversed().map((version) => entity(request, version))));
}

/** With its commits; its diffs are left out, which nobody reads. */
export async function showVersion(call: Call): Promise<Reply> {
  const request = find(call);
  const version = request.versions.find(({ id }) => String(id) === call.parts[2]);
  if (version === undefined) throw notFound('Merge Request Diff');
  const commits = await log(request.project, `${version.target}..${version.sha}`);
  return ok({
    ...(await entity(request, version)),
    commits: commits.map((commit) => commitEntity(call.world, request.project, commit)),
    diffs: [],
  });
}

/** Those it lies in, and those that it merged: `by_related_commit_sha` in GitLab's app/models/merge_request.rb. */
export async function listRequestsOfCommit(call: Call): Promise<Reply> {
  const project = projectOf(call);
  const sha = call.parts[1] ?? '';
  const [commit] = await log(project, sha, 1);
  if (commit === undefined) throw notFound('Commit');
  const related = await Promise.all(project.requests.map((request) => isRelated(request, commit.sha)));
  const found = project.requests.filter((_, at) => related[at]);
  return page(
    call,
    found.map((request) => listedEntity(call.world, request)),
  );
}

async function isRelated(request: StoredRequest, sha: string): Promise<boolean> {
  const newest = request.versions.at(-1);
  if (newest === undefined || [request.mergeCommitSha, request.squashCommitSha].includes(sha)) return newest !== undefined;
  return (await log(request.project, `${newest.target}..${newest.sha}`)).some((commit) => commit.sha === sha);
}
