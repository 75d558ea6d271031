import type { ExpandedMergeRequestSchema, MergeRequestSchema } from '@gitbeaker/rest';
import { type Static, Type } from 'typebox';
import type { Agreed } from './agreed.ts';
import type { Operation } from './operation.ts';
import { address, count, entity, filled, flag, id, nullable, optional, order, paging, sha, text, time, words } from './shapes.ts';
import { userBasic } from './users.ts';

const basic = {
  id,
  iid: id,
  project_id: id,
  title: text,
  description: nullable(text),
  state: Type.Enum(['opened', 'closed', 'locked', 'merged']),
  created_at: time,
  updated_at: time,
  merged_by: nullable(userBasic),
  merge_user: nullable(userBasic),
  merged_at: nullable(time),
  closed_by: nullable(userBasic),
  closed_at: nullable(time),
  target_branch: text,
  source_branch: text,
  user_notes_count: count,
  upvotes: count,
  downvotes: count,
  author: userBasic,
  assignees: Type.Array(userBasic),
  assignee: nullable(userBasic),
  reviewers: Type.Array(userBasic),
  source_project_id: nullable(id),
  target_project_id: id,
  labels: Type.Array(text),
  draft: flag,
  imported: flag,
  imported_from: text,
  work_in_progress: flag,
  milestone: nullable(Type.Object({ id })),
  merge_when_pipeline_succeeds: flag,
  /** https://docs.gitlab.com/api/merge_requests/#single-merge-request-response-notes */
  merge_status: Type.Enum(['unchecked', 'checking', 'can_be_merged', 'cannot_be_merged', 'cannot_be_merged_recheck']),
  /** https://docs.gitlab.com/api/merge_requests/#merge-status; the stand-in's part of it. */
  detailed_merge_status: Type.Enum(['unchecked', 'checking', 'mergeable', 'conflict', 'not_open', 'draft_status']),
  merge_after: nullable(time),
  sha: nullable(sha),
  merge_commit_sha: nullable(sha),
  squash_commit_sha: nullable(sha),
  discussion_locked: nullable(flag),
  should_remove_source_branch: nullable(flag),
  force_remove_source_branch: nullable(flag),
  prepared_at: nullable(time),
  /** Both of a merge request from a fork. */
  allow_collaboration: Type.Optional(flag),
  allow_maintainer_to_push: Type.Optional(flag),
  reference: text,
  references: entity({ short: text, relative: text, full: text }),
  web_url: address,
  time_stats: entity({
    time_estimate: count,
    total_time_spent: count,
    human_time_estimate: nullable(text),
    human_total_time_spent: nullable(text),
  }),
  squash: flag,
  squash_on_merge: flag,
  task_completion_status: entity({ count, completed_count: count }),
  has_conflicts: flag,
  blocking_discussions_resolved: flag,
  /** Not in the community edition. */
  approvals_before_merge: Type.Optional(nullable(count)),
};

/** One of a list. */
const listedMergeRequest = entity(basic);

/** It takes every user for one with a picture, and knows neither a fork that is gone nor `conflict`. */
type Differing =
  | 'author'
  | 'assignee'
  | 'assignees'
  | 'reviewers'
  | 'merged_by'
  | 'closed_by'
  | 'approvals_before_merge'
  | 'detailed_merge_status'
  | 'force_remove_source_branch'
  | 'milestone'
  | 'sha'
  | 'source_project_id';
export type ListedMergeRequest = Agreed<Static<typeof listedMergeRequest>, MergeRequestSchema, Differing>;

const mergeRequest = entity({
  ...basic,
  subscribed: flag,
  /** Both are worked out later: https://docs.gitlab.com/api/merge_requests/#empty-api-fields-for-new-merge-requests */
  changes_count: nullable(text),
  diff_refs: nullable(entity({ base_sha: sha, head_sha: sha, start_sha: sha })),
  latest_build_started_at: nullable(time),
  latest_build_finished_at: nullable(time),
  first_deployed_to_production_at: nullable(time),
  pipeline: nullable(Type.Object({ id })),
  head_pipeline: nullable(Type.Object({ id })),
  merge_error: nullable(text),
  /** Both where they were asked for. */
  rebase_in_progress: Type.Optional(flag),
  diverged_commits_count: Type.Optional(count),
  first_contribution: Type.Optional(flag),
  user: entity({ can_merge: flag }),
});
export type MergeRequest = Agreed<
  Static<typeof mergeRequest>,
  ExpandedMergeRequestSchema,
  Differing | 'changes_count' | 'diff_refs' | 'first_deployed_to_production_at' | 'pipeline' | 'head_pipeline' | 'first_contribution'
>;

const filters = {
  author_id: Type.Integer(),
  labels: text,
  state: Type.Enum(['opened', 'closed', 'locked', 'merged', 'all']),
  order_by: Type.Enum(['created_at', 'label_priority', 'milestone_due', 'popularity', 'priority', 'title', 'updated_at', 'merged_at']),
  sort: order,
  with_merge_status_recheck: flag,
  created_after: time,
  updated_after: time,
  updated_before: time,
  scope: Type.Enum(['created_by_me', 'assigned_to_me', 'reviews_for_me', 'all']),
  source_branch: text,
  target_branch: text,
  ...paging,
};

const otherFilters = words(`approved_by_ids approved_by_usernames approver_ids assignee_id assignee_username author_username created_before
  deployed_after deployed_before draft environment in merge_user_id merge_user_username milestone my_reaction_emoji reviewer_id
  reviewer_username search source_project_id view wip with_labels_details`);

const changeable = {
  description: Type.Optional(text),
  /** Comma-separated. */
  labels: Type.Optional(text),
};

const otherChanges = words(`add_labels allow_collaboration allow_maintainer_to_push assignee_ids merge_after milestone milestone_id
  remove_labels squash`);

export const iid = Type.Object({ merge_request_iid: Type.Integer() });

export const mergeRequests = {
  'GET /projects/:id/repository/commits/:sha/merge_requests': {
    page: 'https://docs.gitlab.com/api/commits/#list-merge-requests-associated-with-a-commit',
    parameters: optional(paging),
    unmodelled: ['state'],
    replies: { 200: Type.Array(listedMergeRequest) },
  },
  'GET /projects/:id/merge_requests': {
    page: 'https://docs.gitlab.com/api/merge_requests/',
    parameters: optional(filters),
    unmodelled: ['iids', ...otherFilters],
    replies: { 200: Type.Array(listedMergeRequest) },
    refuses: [422],
  },
  'GET /groups/:id/merge_requests': {
    page: 'https://docs.gitlab.com/api/merge_requests/',
    parameters: optional(filters),
    unmodelled: ['non_archived', ...otherFilters],
    replies: { 200: Type.Array(listedMergeRequest) },
    refuses: [422],
  },
  'POST /projects/:id/merge_requests': {
    page: 'https://docs.gitlab.com/api/merge_requests/#create-mr',
    parameters: Type.Object({
      title: text,
      source_branch: text,
      target_branch: text,
      target_project_id: Type.Optional(Type.Integer()),
      assignee_id: Type.Optional(Type.Integer()),
      remove_source_branch: Type.Optional(flag),
      ...changeable,
    }),
    unmodelled: ['reviewer_ids', ...otherChanges],
    replies: { 201: mergeRequest },
    refuses: [409, 422],
  },
  'GET /projects/:id/merge_requests/:merge_request_iid': {
    page: 'https://docs.gitlab.com/api/merge_requests/',
    path: iid,
    unmodelled: ['include_diverged_commits_count', 'include_rebase_in_progress', 'render_html'],
    replies: { 200: mergeRequest },
  },
  'PUT /projects/:id/merge_requests/:merge_request_iid': {
    page: 'https://docs.gitlab.com/api/merge_requests/#update-mr',
    path: iid,
    parameters: Type.Object({
      title: Type.Optional(filled),
      target_branch: Type.Optional(filled),
      state_event: Type.Optional(Type.Enum(['close', 'reopen'])),
      reviewer_ids: Type.Optional(Type.Array(Type.Integer())),
      ...changeable,
    }),
    unmodelled: ['assignee_id', 'discussion_locked', 'remove_source_branch', ...otherChanges],
    replies: { 200: mergeRequest },
    refuses: [409, 422],
  },
  'PUT /projects/:id/merge_requests/:merge_request_iid/merge': {
    page: 'https://docs.gitlab.com/api/merge_requests/',
    path: iid,
    parameters: optional({ sha: text }),
    unmodelled: ['auto_merge', 'merge_commit_message', 'should_remove_source_branch', 'squash', 'squash_commit_message'],
    replies: { 200: mergeRequest },
    refuses: [405, 409, 422],
  },
} as const satisfies Record<string, Operation>;
