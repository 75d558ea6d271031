import type { MergeRequestNoteSchema } from '@gitbeaker/rest';
import { type Static, Type } from 'typebox';
import type { Agreed } from './agreed.ts';
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
  noteable_type: Type.Enum(['MergeRequest', 'Issue']),
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
export type Note = Agreed<Static<typeof note>, MergeRequestNoteSchema, 'author' | 'noteable_type'>;

const on = Type.Object({ noteable_id: Type.Integer() });
const oneOn = Type.Object({ noteable_id: Type.Integer(), note_id: Type.Integer() });
const page = 'https://docs.gitlab.com/api/notes/';

const list = {
  page,
  parameters: optional({ sort: order, order_by: Type.Enum(['created_at', 'updated_at']), ...paging }),
  unmodelled: ['activity_filter'],
  replies: { 200: Type.Array(note) },
} satisfies Operation;
const show = { page, replies: { 200: note } } satisfies Operation;
const create = { page, parameters: Type.Object({ body: text }), replies: { 201: note } } satisfies Operation;
const edit = { page, parameters: Type.Object({ body: Type.Optional(filled) }), replies: { 200: note } } satisfies Operation;

export const notes = {
  'GET /projects/:id/merge_requests/:noteable_id/notes': { ...list, path: on },
  'GET /projects/:id/merge_requests/:noteable_id/notes/:note_id': { ...show, path: oneOn },
  'POST /projects/:id/merge_requests/:noteable_id/notes': {
    ...create,
    path: on,
    unmodelled: ['created_at', 'internal', 'merge_request_diff_head_sha'],
  },
  'PUT /projects/:id/merge_requests/:noteable_id/notes/:note_id': { ...edit, path: oneOn },
  'GET /projects/:id/issues/:noteable_id/notes': { ...list, path: on },
  'GET /projects/:id/issues/:noteable_id/notes/:note_id': { ...show, path: oneOn },
  'POST /projects/:id/issues/:noteable_id/notes': { ...create, path: on, unmodelled: ['created_at', 'internal'] },
  'PUT /projects/:id/issues/:noteable_id/notes/:note_id': { ...edit, path: oneOn },
} as const satisfies Record<string, Operation>;
