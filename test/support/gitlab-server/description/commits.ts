import type { CommitSchema, ExpandedCommitSchema } from '@gitbeaker/rest';
import { type Static, Type } from 'typebox';
import type { Agreed } from './agreed.ts';
import type { Operation } from './operation.ts';
import { address, count, entity, filled, flag, id, nullable, optional, paging, sha, text, time, words } from './shapes.ts';

const fields = {
  id: sha,
  short_id: text,
  created_at: time,
  parent_ids: Type.Array(sha),
  title: text,
  message: text,
  author_name: text,
  author_email: text,
  authored_date: time,
  committer_name: text,
  committer_email: text,
  committed_date: time,
  trailers: Type.Record(text, text),
  extended_trailers: Type.Record(text, Type.Array(text)),
  web_url: address,
};

export const commit = entity(fields);
export type Commit = Agreed<Static<typeof commit>, CommitSchema>;

const commitDetail = entity({
  ...fields,
  /** Where they were asked for. */
  stats: Type.Optional(entity({ additions: count, deletions: count, total: count })),
  status: nullable(text),
  project_id: id,
  /** The OpenAPI document says an object; without a pipeline it is null. */
  last_pipeline: nullable(Type.Object({ id })),
});
export type CommitDetail = Agreed<Static<typeof commitDetail>, ExpandedCommitSchema, 'stats' | 'status' | 'last_pipeline'>;

const action = Type.Object({
  action: Type.Enum(['create', 'update', 'move', 'delete', 'chmod']),
  file_path: text,
  previous_path: Type.Optional(text),
  content: Type.Optional(text),
  encoding: Type.Optional(Type.Enum(['text', 'base64'])),
  last_commit_id: Type.Optional(text),
  execute_filemode: Type.Optional(flag),
});

export const commits = {
  'GET /projects/:id/repository/commits': {
    page: 'https://docs.gitlab.com/api/commits/',
    parameters: optional({ ref_name: text, path: text, first_parent: flag, ...paging }),
    unmodelled: words('all author follow order since trailers until with_stats'),
    replies: { 200: Type.Array(commit) },
  },
  'GET /projects/:id/repository/commits/:sha': {
    page: 'https://docs.gitlab.com/api/commits/',
    parameters: optional({ stats: flag }),
    replies: { 200: commitDetail },
  },
  /** The OpenAPI document has a multipart body with a file, and 200: neither is so. */
  'POST /projects/:id/repository/commits': {
    page: 'https://docs.gitlab.com/api/commits/#create-a-commit-with-multiple-files-and-actions',
    parameters: Type.Object({
      branch: filled,
      commit_message: filled,
      actions: Type.Array(action),
      start_branch: Type.Optional(text),
      start_sha: Type.Optional(text),
      author_email: Type.Optional(text),
      author_name: Type.Optional(text),
      stats: Type.Optional(flag),
      force: Type.Optional(flag),
    }),
    unmodelled: ['allow_empty', 'start_project'],
    replies: { 201: commitDetail },
  },
} as const satisfies Record<string, Operation>;
