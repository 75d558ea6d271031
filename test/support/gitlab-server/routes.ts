import type { Call, Reply } from './call.ts';
import { createCommit, listCommits, showCommit } from './commits.ts';
import { addHook, createLabel, editHook, listHooks, listLabels, testHook } from './hooks.ts';
import { create, listGroupRequests, listProjectRequests, show, update } from './merge-requests.ts';
import { merge } from './merging.ts';
import { createNote, editNote, listNotes } from './notes.ts';
import {
  archive,
  deleteBranch,
  listBranches,
  listGroupProjects,
  listReleases,
  listTags,
  listUsers,
  rawFile,
  showBranch,
  showProject,
  showUser,
} from './repositories.ts';
import { listVersions, showApprovals, showOtherUser } from './reviews.ts';
import { createStatus, listStatuses } from './statuses.ts';

/** Gives the reply, or undefined when it has already answered. */
export type Answer = (call: Call) => Reply | undefined | Promise<Reply | undefined>;

/** `:x` is any one part of the path. */
const table: readonly (readonly [string, Answer])[] = [
  ['GET /user', showUser],
  ['GET /users', listUsers],
  ['GET /users/:user', showOtherUser],
  ['GET /groups/:id/projects', listGroupProjects],
  ['GET /groups/:id/merge_requests', listGroupRequests],
  ['GET /groups/:id/hooks', listHooks],
  ['POST /groups/:id/hooks', addHook],
  ['PUT /groups/:id/hooks/:hook', editHook],
  ['POST /groups/:id/hooks/:hook/test/:trigger', testHook],
  ['GET /projects/:id', showProject],
  ['GET /projects/:id/hooks', listHooks],
  ['POST /projects/:id/hooks', addHook],
  ['PUT /projects/:id/hooks/:hook', editHook],
  ['POST /projects/:id/hooks/:hook/test/:trigger', testHook],
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
  ['GET /projects/:id/repository/tags', listTags],
  ['GET /projects/:id/repository/archive.tar.gz', archive],
  ['GET /projects/:id/repository/files/:path/raw', rawFile],
  ['GET /projects/:id/releases', listReleases],
  ['GET /projects/:id/merge_requests', listProjectRequests],
  ['POST /projects/:id/merge_requests', create],
  ['GET /projects/:id/merge_requests/:iid', show],
  ['PUT /projects/:id/merge_requests/:iid', update],
  ['PUT /projects/:id/merge_requests/:iid/merge', merge],
  ['GET /projects/:id/merge_requests/:iid/approvals', showApprovals],
  ['GET /projects/:id/merge_requests/:iid/versions', listVersions],
  ['GET /projects/:id/merge_requests/:iid/notes', listNotes],
  ['POST /projects/:id/merge_requests/:iid/notes', createNote],
  ['PUT /projects/:id/merge_requests/:iid/notes/:note', editNote],
];

const compiled = table.map(([route, answer]) => {
  const [method = '', path = ''] = route.split(' ');
  return { method, parts: path.split('/'), answer };
});

/** What answers the request, and the open parts of its path, decoded. */
export function findRoute(method: string, path: string): { readonly answer: Answer; readonly parts: readonly string[] } | undefined {
  const given = path.split('/');
  const found = compiled.find(
    (route) =>
      route.method === method &&
      route.parts.length === given.length &&
      route.parts.every((part, at) => part.startsWith(':') || part === given[at]),
  );
  if (found === undefined) return undefined;
  const parts = found.parts.flatMap((part, at) => (part.startsWith(':') ? [decodeURIComponent(given[at] ?? '')] : []));
  return { answer: found.answer, parts };
}
