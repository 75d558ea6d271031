import type {
  ApprovalStateSchema,
  MergeRequestDiffVersionsSchema,
  MergeRequestLevelMergeRequestApprovalSchema,
  ProjectLevelMergeRequestApprovalSchema,
} from '@gitbeaker/rest';
import { type Static, Type } from 'typebox';
import type { Agreed } from './agreed.ts';
import { commit } from './commits.ts';
import { iid } from './merge-requests.ts';
import type { Operation } from './operation.ts';
import { count, entity, flag, id, nullable, optional, paging, sha, text, time } from './shapes.ts';
import { userBasic } from './users.ts';

/**
 * The first four are all that the community edition has, and its `approved` means that somebody approved. The OpenAPI document has one
 * object for `approved_by`: it is a list.
 */
const approvals = entity({
  user_has_approved: flag,
  user_can_approve: flag,
  approved: flag,
  /** Older versions do not say when. */
  approved_by: Type.Array(entity({ user: userBasic, approved_at: Type.Optional(time) })),
  id: Type.Optional(id),
  iid: Type.Optional(id),
  project_id: Type.Optional(id),
  title: Type.Optional(text),
  description: Type.Optional(nullable(text)),
  state: Type.Optional(text),
  created_at: Type.Optional(time),
  updated_at: Type.Optional(time),
  merge_status: Type.Optional(text),
  approvals_required: Type.Optional(count),
  approvals_left: Type.Optional(count),
  require_password_to_approve: Type.Optional(flag),
  suggested_approvers: Type.Optional(Type.Array(userBasic)),
  approvers: Type.Optional(Type.Array(Type.Object({}))),
  approver_groups: Type.Optional(Type.Array(Type.Object({}))),
  approval_rules_left: Type.Optional(Type.Array(Type.Object({}))),
  has_approval_rules: Type.Optional(flag),
  merge_request_approvers_available: Type.Optional(flag),
  multiple_approval_rules_available: Type.Optional(flag),
  invalid_approvers_rules: Type.Optional(Type.Array(Type.Object({}))),
});
export type Approvals = Agreed<
  Static<typeof approvals>,
  MergeRequestLevelMergeRequestApprovalSchema,
  | 'id'
  | 'iid'
  | 'project_id'
  | 'title'
  | 'description'
  | 'state'
  | 'created_at'
  | 'updated_at'
  | 'merge_status'
  | 'approvals_required'
  | 'approvals_left'
  | 'approved_by'
>;

const approvalState = entity({
  approval_rules_overwritten: flag,
  rules: Type.Array(
    entity({
      id,
      name: text,
      rule_type: Type.Enum(['regular', 'any_approver', 'code_owner', 'report_approver']),
      report_type: nullable(text),
      section: nullable(text),
      eligible_approvers: Type.Array(userBasic),
      approvals_required: count,
      users: Type.Array(userBasic),
      groups: Type.Array(Type.Object({ id })),
      contains_hidden_groups: flag,
      source_rule: nullable(entity({ approvals_required: count })),
      overridden: flag,
      code_owner: flag,
      approved_by: Type.Array(userBasic),
      approved: flag,
    }),
  ),
});
export type ApprovalState = Agreed<Static<typeof approvalState>, ApprovalStateSchema, 'rules'>;

const versionFields = {
  id,
  head_commit_sha: sha,
  base_commit_sha: sha,
  start_commit_sha: sha,
  created_at: time,
  merge_request_id: id,
  state: text,
  /** Number of files, `100+` for many. */
  real_size: text,
  patch_id_sha: nullable(text),
};
const version = entity(versionFields);
export type Version = Agreed<Static<typeof version>, MergeRequestDiffVersionsSchema>;

const versionInFull = entity({
  ...versionFields,
  commits: Type.Array(commit),
  /** The stand-in gives none. */
  diffs: Type.Array(Type.Object({ old_path: text, new_path: text })),
});

/** The OpenAPI document does not have `require_reauthentication_to_approve`. */
const settings = entity({
  approvals_before_merge: count,
  reset_approvals_on_push: flag,
  selective_code_owner_removals: flag,
  disable_overriding_approvers_per_merge_request: flag,
  merge_requests_author_approval: flag,
  merge_requests_disable_committers_approval: flag,
  require_password_to_approve: nullable(flag),
  require_reauthentication_to_approve: Type.Optional(nullable(flag)),
});
export type ApprovalSettings = Agreed<Static<typeof settings>, ProjectLevelMergeRequestApprovalSchema, 'require_password_to_approve'>;

export const reviews = {
  /** Not in the community edition. */
  'GET /projects/:id/approvals': { page: 'https://docs.gitlab.com/api/merge_request_approvals/', replies: { 200: settings } },
  'GET /projects/:id/merge_requests/:merge_request_iid/versions/:version_id': {
    page: 'https://docs.gitlab.com/api/merge_requests/',
    path: Type.Object({ merge_request_iid: Type.Integer(), version_id: Type.Integer() }),
    unmodelled: ['unidiff'],
    replies: { 200: versionInFull },
  },
  'GET /projects/:id/merge_requests/:merge_request_iid/approvals': {
    page: 'https://docs.gitlab.com/api/merge_request_approvals/',
    path: iid,
    replies: { 200: approvals },
  },
  /** Not in the community edition. */
  'GET /projects/:id/merge_requests/:merge_request_iid/approval_state': {
    page: 'https://docs.gitlab.com/api/merge_request_approvals/',
    path: iid,
    replies: { 200: approvalState },
  },
  'GET /projects/:id/merge_requests/:merge_request_iid/versions': {
    page: 'https://docs.gitlab.com/api/merge_requests/',
    path: iid,
    parameters: optional(paging),
    replies: { 200: Type.Array(version) },
  },
} as const satisfies Record<string, Operation>;
