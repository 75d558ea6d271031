import type { Call, Reply } from './call.ts';
import { createCommit, listCommits, showCommit } from './commits.ts';
import { describedOperation } from './description/described.ts';
import type { Operation } from './description/operation.ts';
import { listEvents } from './events.ts';
import { addHook, createLabel, editHook, listHooks, listLabels, testHook } from './hooks.ts';
import { create, listGroupRequests, listProjectRequests, show, update } from './merge-requests.ts';
import { merge } from './merging.ts';
import { createNote, editNote, listNotes, showNote } from './notes.ts';
import {
  archive,
  createTag,
  deleteBranch,
  listBranches,
  listGroupMembers,
  listGroupProjects,
  listProtectedBranches,
  listReleases,
  listTags,
  listUsers,
  rawFile,
  showBranch,
  showMember,
  showMergeBase,
  showProject,
  showUser,
} from './repositories.ts';
import { showApprovalSettings, showApprovals, showOtherUser } from './reviews.ts';
import { createStatus, listRequestPipelines, listStatuses } from './statuses.ts';
import { listTree, rawBlob } from './trees.ts';
import { listRequestsOfCommit, listVersions, showVersion } from './versions.ts';

/** Gives the reply, or undefined when it has already answered. */
export type Answer = (call: Call) => Reply | undefined | Promise<Reply | undefined>;

/** As GitLab's description names them; `:x` is any one part of the path. */
const table: readonly (readonly [string, Answer])[] = [
  ['GET /user', showUser],
  ['GET /users', listUsers],
  ['GET /users/:id', showOtherUser],
  ['GET /groups/:id/projects', listGroupProjects],
  ['GET /groups/:id/members/all', listGroupMembers],
  ['GET /groups/:id/merge_requests', listGroupRequests],
  ['GET /groups/:id/hooks', listHooks],
  ['POST /groups/:id/hooks', addHook],
  ['PUT /groups/:id/hooks/:hook_id', editHook],
  ['POST /groups/:id/hooks/:hook_id/test/:trigger', testHook],
  ['GET /projects/:id', showProject],
  ['GET /projects/:id/approvals', showApprovalSettings],
  ['GET /projects/:id/events', listEvents],
  ['GET /projects/:id/protected_branches', listProtectedBranches],
  ['GET /projects/:id/repository/tree', listTree],
  ['GET /projects/:id/repository/blobs/:sha/raw', rawBlob],
  ['GET /projects/:id/repository/commits/:sha/merge_requests', listRequestsOfCommit],
  ['GET /projects/:id/hooks', listHooks],
  ['POST /projects/:id/hooks', addHook],
  ['PUT /projects/:id/hooks/:hook_id', editHook],
  ['POST /projects/:id/hooks/:hook_id/test/:trigger', testHook],
  ['GET /projects/:id/labels', listLabels],
  ['POST /projects/:id/labels', createLabel],
  ['GET /projects/:id/repository/branches', listBranches],
  ['GET /projects/:id/repository/branches/:branch', showBranch],
  ['DELETE /projects/:id/repository/branches/:branch', deleteBranch],
  ['GET /projects/:id/repository/commits', listCommits],
  ['POST /projects/:id/repository/commits', createCommit],
  ['GET /projects/:id/repository/commits/:sha', showCommit],
  ['GET /projects/:id/repository/commits/:sha/statuses', listStatuses],
  ['POST /projects/:id/statuses/:sha', createStatus],
  ['GET /projects/:id/repository/merge_base', showMergeBase],
  ['GET /projects/:id/members/all/:user_id', showMember],
  ['GET /projects/:id/repository/tags', listTags],
  ['POST /projects/:id/repository/tags', createTag],
  ['GET /projects/:id/repository/archive.tar.gz', archive],
  ['GET /projects/:id/repository/files/:file_path/raw', rawFile],
  ['GET /projects/:id/releases', listReleases],
  ['GET /projects/:id/merge_requests', listProjectRequests],
  ['POST /projects/:id/merge_requests', create],
  ['GET /projects/:id/merge_requests/:merge_request_iid', show],
  ['PUT /projects/:id/merge_requests/:merge_request_iid', update],
  ['PUT /projects/:id/merge_requests/:merge_request_iid/merge', merge],
  ['GET /projects/:id/merge_requests/:merge_request_iid/approvals', showApprovals],
  ['GET /projects/:id/merge_requests/:merge_request_iid/pipelines', listRequestPipelines],
  ['GET /projects/:id/merge_requests/:merge_request_iid/versions', listVersions],
  ['GET /projects/:id/merge_requests/:merge_request_iid/versions/:version_id', showVersion],
  ['GET /projects/:id/merge_requests/:noteable_id/notes', listNotes],
  ['POST /projects/:id/merge_requests/:noteable_id/notes', createNote],
  ['GET /projects/:id/merge_requests/:noteable_id/notes/:note_id', showNote],
  ['PUT /projects/:id/merge_requests/:noteable_id/notes/:note_id', editNote],
  ['GET /projects/:id/issues/:noteable_id/notes', listNotes],
  ['POST /projects/:id/issues/:noteable_id/notes', createNote],
  ['GET /projects/:id/issues/:noteable_id/notes/:note_id', showNote],
  ['PUT /projects/:id/issues/:noteable_id/notes/:note_id', editNote],
];

/** A route that stands for itself. */
export interface DescribedRoute {
  readonly name: string;
  readonly answer: Answer;
  readonly operation: Operation;
}

const compile = ({ name, answer, operation }: DescribedRoute) => {
  const [method = '', path = ''] = name.split(' ');
  return { name, method, template: path.split('/'), answer, operation };
};
const compiled = table.map(([name, answer]) => compile({ name, answer, operation: describedOperation(name) }));

export interface Found {
  readonly name: string;
  readonly operation: Operation;
  readonly answer: Answer;
  /** Open parts of the path by their name, decoded. */
  readonly at: Readonly<Record<string, string>>;
}

export function findRoute(method: string, path: string, more: readonly DescribedRoute[] = []): Found | undefined {
  const given = path.split('/');
  const found = [...compiled, ...more.map(compile)].find(
    (route) =>
      route.method === method &&
      route.template.length === given.length &&
      route.template.every((part, index) => part.startsWith(':') || part === given[index]),
  );
  if (found === undefined) return undefined;
  const open = found.template.flatMap((part, index) =>
    part.startsWith(':') ? [[part.slice(1), decodeURIComponent(given[index] ?? '')]] : [],
  );
  return { ...found, at: Object.fromEntries(open) as Record<string, string> };
}
