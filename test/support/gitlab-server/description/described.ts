import { reviews } from './approvals.ts';
import { branches } from './branches.ts';
import { commits } from './commits.ts';
import { events } from './events.ts';
import { files } from './files.ts';
import { hooks } from './hooks.ts';
import { labels } from './labels.ts';
import { members } from './members.ts';
import { mergeRequests } from './merge-requests.ts';
import { notes } from './notes.ts';
import type { Operation } from './operation.ts';
import { projects } from './projects.ts';
import { releases } from './releases.ts';
import { repositories } from './repositories.ts';
import { statuses } from './statuses.ts';
import { tags } from './tags.ts';
import { users } from './users.ts';

/**
 * The part of GitLab's REST API that is used here. Written by us, from GitLab's API pages and its OpenAPI document
 * (doc/api/openapi/openapi_v3.yaml of GitLab 19), which no package carries. Where the document is not what GitLab does, a comment says so.
 */
const described: Readonly<Record<string, Operation>> = {
  ...users,
  ...projects,
  ...branches,
  ...commits,
  ...events,
  ...statuses,
  ...tags,
  ...releases,
  ...files,
  ...hooks,
  ...labels,
  ...members,
  ...repositories,
  ...mergeRequests,
  ...notes,
  ...reviews,
};

/** `GET /projects/:id/repository/branches` */
export function describedOperation(name: string): Operation {
  const found = described[name];
  if (found === undefined) throw new Error(`GitLab describes no ${name}`);
  return found;
}
