import { createToken, getApp, listInstallations } from './apps.ts';
import type { Call, Reply } from './call.ts';
import { getBlob, listFiles, listPullCommits, listPullsOfCommit, showCommit } from './changes.ts';
import { createComment, getComment, listComments, updateComment } from './comments.ts';
import {
  createBlob,
  createCommit,
  createRef,
  createTree,
  deleteRef,
  getCommit,
  getRef,
  getTag,
  getTree,
  listMatchingRefs,
  updateRef,
} from './git-data.ts';
import { createHook, createLabel, getAppHook, getLabel, listDeliveries, listHooks, redeliver, updateAppHook, updateHook } from './hooks.ts';
import { convertManifest } from './manifests.ts';
import { mergePull } from './merging.ts';
import { type DescribedOperation, describedOperation } from './openapi.ts';
import { getProtection, listRules, listTeamMembers, requestReviewers, showUser } from './people.ts';
import { addAssignees, addLabels, createPull, getIssue, getPull, listEvents, listPulls, listTimeline, updatePull } from './pulls.ts';
import {
  compare,
  getContent,
  getPermission,
  getRepository,
  getUser,
  listCommits,
  listInstallation,
  listOrganisation,
  listOwn,
  listReleases,
  listTags,
  listUser,
  tarball,
} from './repositories.ts';
import { listActivities, listReviews } from './reviews.ts';
import { combinedStatus, createCheckRun, createStatus, listCheckRuns, updateCheckRun } from './verdicts.ts';

export type Answer = (call: Call) => Reply | Promise<Reply>;

/** Paths as GitHub's own description writes them. */
const table: Readonly<Record<string, Answer>> = {
  'GET /user': getUser,
  'GET /users/{username}': showUser,
  'GET /orgs/{org}/teams/{team_slug}/members': listTeamMembers,
  'GET /user/repos': listOwn,
  'GET /users/{username}/repos': listUser,
  'GET /orgs/{org}/repos': listOrganisation,
  'GET /app': getApp,
  'GET /app/installations': listInstallations,
  'GET /app/hook/config': getAppHook,
  'PATCH /app/hook/config': updateAppHook,
  'GET /app/hook/deliveries': listDeliveries,
  'POST /app/hook/deliveries/{delivery_id}/attempts': redeliver,
  'POST /app-manifests/{code}/conversions': convertManifest,
  'GET /orgs/{org}/hooks': listHooks,
  'POST /orgs/{org}/hooks': createHook,
  'PATCH /orgs/{org}/hooks/{hook_id}': updateHook,
  'GET /orgs/{org}/hooks/{hook_id}/deliveries': listDeliveries,
  'POST /orgs/{org}/hooks/{hook_id}/deliveries/{delivery_id}/attempts': redeliver,
  'GET /repos/{owner}/{repo}/hooks': listHooks,
  'POST /repos/{owner}/{repo}/hooks': createHook,
  'PATCH /repos/{owner}/{repo}/hooks/{hook_id}': updateHook,
  'GET /repos/{owner}/{repo}/hooks/{hook_id}/deliveries': listDeliveries,
  'POST /repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id}/attempts': redeliver,
  'GET /repos/{owner}/{repo}/labels/{name}': getLabel,
  'POST /repos/{owner}/{repo}/labels': createLabel,
  'POST /app/installations/{installation_id}/access_tokens': createToken,
  'GET /installation/repositories': listInstallation,
  'GET /repos/{owner}/{repo}': getRepository,
  'GET /repos/{owner}/{repo}/collaborators/{username}/permission': getPermission,
  'GET /repos/{owner}/{repo}/git/matching-refs/{ref}': listMatchingRefs,
  'GET /repos/{owner}/{repo}/git/ref/{ref}': getRef,
  'POST /repos/{owner}/{repo}/git/refs': createRef,
  'PATCH /repos/{owner}/{repo}/git/refs/{ref}': updateRef,
  'DELETE /repos/{owner}/{repo}/git/refs/{ref}': deleteRef,
  'GET /repos/{owner}/{repo}/git/commits/{commit_sha}': getCommit,
  'POST /repos/{owner}/{repo}/git/commits': createCommit,
  'GET /repos/{owner}/{repo}/git/trees/{tree_sha}': getTree,
  'POST /repos/{owner}/{repo}/git/trees': createTree,
  'POST /repos/{owner}/{repo}/git/blobs': createBlob,
  'GET /repos/{owner}/{repo}/git/blobs/{file_sha}': getBlob,
  'GET /repos/{owner}/{repo}/git/tags/{tag_sha}': getTag,
  'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls': listPullsOfCommit,
  'GET /repos/{owner}/{repo}/commits': listCommits,
  'GET /repos/{owner}/{repo}/compare/{basehead}': compare,
  'GET /repos/{owner}/{repo}/tarball/{ref}': tarball,
  'GET /repos/{owner}/{repo}/contents/{path}': getContent,
  'GET /repos/{owner}/{repo}/tags': listTags,
  'GET /repos/{owner}/{repo}/releases': listReleases,
  'GET /repos/{owner}/{repo}/pulls': listPulls,
  'POST /repos/{owner}/{repo}/pulls': createPull,
  'GET /repos/{owner}/{repo}/pulls/{pull_number}': getPull,
  'PATCH /repos/{owner}/{repo}/pulls/{pull_number}': updatePull,
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/commits': listPullCommits,
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/files': listFiles,
  'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge': mergePull,
  'POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers': requestReviewers,
  'GET /repos/{owner}/{repo}/rules/branches/{branch}': listRules,
  'GET /repos/{owner}/{repo}/branches/{branch}/protection': getProtection,
  'GET /repos/{owner}/{repo}/activity': listActivities,
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews': listReviews,
  'POST /repos/{owner}/{repo}/statuses/{sha}': createStatus,
  'GET /repos/{owner}/{repo}/commits/{ref}/status': combinedStatus,
  'GET /repos/{owner}/{repo}/commits/{ref}/check-runs': listCheckRuns,
  'POST /repos/{owner}/{repo}/check-runs': createCheckRun,
  'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}': updateCheckRun,
  'GET /repos/{owner}/{repo}/commits/{ref}': showCommit,
  'GET /repos/{owner}/{repo}/issues/{issue_number}': getIssue,
  'GET /repos/{owner}/{repo}/issues/{issue_number}/comments': listComments,
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments': createComment,
  'GET /repos/{owner}/{repo}/issues/comments/{comment_id}': getComment,
  'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}': updateComment,
  'GET /repos/{owner}/{repo}/issues/{issue_number}/events': listEvents,
  'GET /repos/{owner}/{repo}/issues/{issue_number}/timeline': listTimeline,
  'POST /repos/{owner}/{repo}/issues/{issue_number}/labels': addLabels,
  'POST /repos/{owner}/{repo}/issues/{issue_number}/assignees': addAssignees,
};

export interface Found {
  readonly operation: DescribedOperation;
  readonly answer: Answer;
  readonly at: Readonly<Record<string, string>>;
}

/** What answers the request. Fixed parts of a path go before open ones. */
export function findRoute(method: string, path: string): Found | undefined {
  for (const [name, answer] of Object.entries(table)) {
    if (!name.startsWith(`${method} `)) continue;
    const operation = describedOperation(name);
    const at = operation.match(path);
    if (at !== undefined) return { operation, answer, at };
  }
  return undefined;
}
