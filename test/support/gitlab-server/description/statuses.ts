import type { CommitStatusSchema, PipelineSchema } from '@gitbeaker/rest';
import { type Static, Type } from 'typebox';
import type { Agreed } from './agreed.ts';
import { iid } from './merge-requests.ts';
import type { Operation } from './operation.ts';
import { address, entity, flag, id, nullable, optional, paging, sha, text, time } from './shapes.ts';
import { userBasic } from './users.ts';

const commitStatus = entity({
  id,
  sha,
  ref: text,
  status: Type.Enum(['created', 'pending', 'running', 'success', 'failed', 'canceled', 'skipped']),
  name: text,
  target_url: nullable(address),
  description: nullable(text),
  created_at: time,
  started_at: nullable(time),
  finished_at: nullable(time),
  allow_failure: flag,
  coverage: nullable(Type.Number()),
  pipeline_id: id,
  author: userBasic,
});
export type CommitStatus = Agreed<
  Static<typeof commitStatus>,
  CommitStatusSchema,
  'author' | 'description' | 'target_url' | 'started_at' | 'finished_at' | 'status'
>;

const requestPipeline = entity({
  id,
  iid: id,
  project_id: id,
  sha,
  ref: text,
  status: Type.Enum(['created', 'waiting_for_resource', 'preparing', 'pending', 'running', 'success', 'failed', 'canceled', 'skipped']),
  source: text,
  created_at: time,
  updated_at: time,
  web_url: address,
  name: nullable(text),
});
export type RequestPipeline = Agreed<Static<typeof requestPipeline>, PipelineSchema>;

export const statuses = {
  'GET /projects/:id/merge_requests/:merge_request_iid/pipelines': {
    page: 'https://docs.gitlab.com/api/merge_requests/#list-merge-request-pipelines',
    path: iid,
    parameters: optional(paging),
    replies: { 200: Type.Array(requestPipeline) },
  },
  'GET /projects/:id/repository/commits/:sha/statuses': {
    page: 'https://docs.gitlab.com/api/commits/',
    parameters: optional({ ref: text, name: text, all: flag, ...paging }),
    unmodelled: ['order_by', 'pipeline_id', 'sort', 'stage'],
    replies: { 200: Type.Array(commitStatus) },
  },
  /** The OpenAPI document says 200; Grape answers a POST with 201. */
  'POST /projects/:id/statuses/:sha': {
    page: 'https://docs.gitlab.com/api/commits/',
    parameters: Type.Object({
      state: Type.Enum(['pending', 'running', 'success', 'failed', 'canceled', 'skipped']),
      ref: Type.Optional(text),
      target_url: Type.Optional(text),
      /** Longer ones are refused. */
      description: Type.Optional(text),
      name: Type.Optional(text),
      context: Type.Optional(text),
      pipeline_id: Type.Optional(Type.Integer()),
    }),
    unmodelled: ['coverage'],
    replies: { 201: commitStatus },
    refuses: [409],
  },
} as const satisfies Record<string, Operation>;
