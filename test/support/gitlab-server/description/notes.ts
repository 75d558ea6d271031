import type { MergeRequestNoteSchema } from '@gitbeaker/rest';
import { type Static, Type } from 'typebox';
import type { Agreed } from './agreed.ts';
import { iid } from './merge-requests.ts';
import type { Operation } from './operation.ts';
import { entity, filled, flag, id, nullable, optional, order, paging, sha, text, time } from './shapes.ts';
import { userBasic } from './users.ts';

const note = entity({
  id,
  type: nullable(Type.Enum(['DiscussionNote', 'DiffNote'])),
  body: text,
  author: userBasic,
  created_at: time,
  updated_at: time,
  system: flag,
  noteable_id: id,
  noteable_type: Type.Literal('MergeRequest'),
  noteable_iid: id,
  project_id: id,
  /** Of a note on a line. */
  commit_id: Type.Optional(nullable(sha)),
  position: Type.Optional(Type.Object({})),
  suggestions: Type.Optional(Type.Array(Type.Object({ id }))),
  resolvable: flag,
  /** These of one that can be resolved. */
  resolved: Type.Optional(flag),
  resolved_by: Type.Optional(nullable(userBasic)),
  resolved_at: Type.Optional(nullable(time)),
  confidential: flag,
  internal: flag,
  imported: flag,
  imported_from: text,
  commands_changes: Type.Record(text, Type.Unknown()),
});
export type Note = Agreed<Static<typeof note>, MergeRequestNoteSchema, 'author'>;

/** The OpenAPI document names the path's second parameter `noteable_id`. */
export const notes = {
  'GET /projects/:id/merge_requests/:merge_request_iid/notes': {
    page: 'https://docs.gitlab.com/api/notes/',
    path: iid,
    parameters: optional({
      sort: order,
      order_by: Type.Enum(['created_at', 'updated_at']),
      ...paging,
    }),
    unmodelled: ['activity_filter'],
    replies: { 200: Type.Array(note) },
  },
  'GET /projects/:id/merge_requests/:merge_request_iid/notes/:note_id': {
    page: 'https://docs.gitlab.com/api/notes/',
    path: Type.Object({ merge_request_iid: Type.Integer(), note_id: Type.Integer() }),
    replies: { 200: note },
  },
  'POST /projects/:id/merge_requests/:merge_request_iid/notes': {
    page: 'https://docs.gitlab.com/api/notes/',
    path: iid,
    parameters: Type.Object({ body: text }),
    unmodelled: ['created_at', 'internal', 'merge_request_diff_head_sha'],
    replies: { 201: note },
  },
  'PUT /projects/:id/merge_requests/:merge_request_iid/notes/:note_id': {
    page: 'https://docs.gitlab.com/api/notes/',
    path: Type.Object({ merge_request_iid: Type.Integer(), note_id: Type.Integer() }),
    parameters: Type.Object({ body: Type.Optional(filled) }),
    replies: { 200: note },
  },
} as const satisfies Record<string, Operation>;
