import type { ProjectSchema, SimpleProjectSchema } from '@gitbeaker/rest';
import { type Static, Type } from 'typebox';
import type { Agreed } from './agreed.ts';
import type { Operation } from './operation.ts';
import { address, count, entity, flag, id, nullable, optional, order, paging, text, time, words } from './shapes.ts';

const visibility = Type.Enum(['private', 'internal', 'public']);

const basic = {
  id,
  description: nullable(text),
  name: text,
  name_with_namespace: text,
  path: text,
  path_with_namespace: text,
  created_at: time,
  /** Absent for who may not read the code. */
  default_branch: Type.Optional(text),
  tag_list: Type.Array(text),
  topics: Type.Array(text),
  ssh_url_to_repo: text,
  http_url_to_repo: address,
  web_url: address,
  readme_url: nullable(address),
  forks_count: count,
  avatar_url: nullable(address),
  star_count: count,
  last_activity_at: time,
  visibility,
  namespace: entity({
    id,
    name: text,
    path: text,
    kind: Type.Enum(['group', 'user', 'project']),
    full_path: text,
    parent_id: nullable(id),
    avatar_url: nullable(text),
    web_url: address,
  }),
};

/** What `simple=true` gives. */
const basicProject = entity(basic);
export type BasicProject = Agreed<Static<typeof basicProject>, SimpleProjectSchema, 'default_branch'>;

const access = Type.Enum(['disabled', 'private', 'enabled', 'public']);

/** Of the hundred more fields those that anybody here reads, or that say whether it can be written to. */
const project = entity({
  ...basic,
  archived: flag,
  empty_repo: flag,
  merge_requests_enabled: flag,
  merge_requests_access_level: access,
  repository_access_level: access,
});
export type Project = Agreed<Static<typeof project>, ProjectSchema, 'default_branch'>;

export const projects = {
  'GET /projects/:id': {
    page: 'https://docs.gitlab.com/api/projects/',
    unmodelled: ['license', 'statistics', 'with_custom_attributes'],
    replies: { 200: project },
  },
  'GET /groups/:id/projects': {
    page: 'https://docs.gitlab.com/api/groups/',
    parameters: optional({
      archived: flag,
      order_by: Type.Enum(['id', 'name', 'path', 'created_at', 'updated_at', 'similarity', 'star_count', 'last_activity_at']),
      sort: order,
      simple: flag,
      /** Not in the OpenAPI document, but it works: https://gitlab.com/gitlab-org/gitlab/-/issues/378188 */
      topic: text,
      with_shared: flag,
      include_subgroups: flag,
      ...paging,
    }),
    unmodelled: words(`active include_ancestor_groups min_access_level owned search starred visibility with_custom_attributes
      with_issues_enabled with_merge_requests_enabled with_security_reports`),
    replies: { 200: Type.Union([Type.Array(basicProject), Type.Array(project)]) },
  },
} as const satisfies Record<string, Operation>;
