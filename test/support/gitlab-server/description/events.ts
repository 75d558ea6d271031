import type { EventSchema } from '@gitbeaker/rest';
import { type Static, Type } from 'typebox';
import type { Agreed } from './agreed.ts';
import type { Operation } from './operation.ts';
import { count, entity, flag, id, nullable, optional, paging, sha, text, time } from './shapes.ts';
import { userBasic } from './users.ts';

/** Of a push. */
const event = entity({
  id,
  project_id: id,
  action_name: text,
  target_id: nullable(id),
  target_iid: nullable(id),
  target_type: nullable(text),
  author_id: id,
  target_title: nullable(text),
  created_at: time,
  author: userBasic,
  imported: flag,
  imported_from: text,
  push_data: entity({
    commit_count: count,
    action: Type.Enum(['created', 'pushed', 'removed']),
    ref_type: Type.Enum(['branch', 'tag']),
    /** Null for a branch that is new, or gone; both where many branches were pushed at once. */
    commit_from: nullable(sha),
    commit_to: nullable(sha),
    ref: nullable(text),
    commit_title: nullable(text),
    ref_count: nullable(count),
  }),
  author_username: text,
});
/** It knows no null. */
export type Event = Agreed<Static<typeof event>, EventSchema, 'target_id' | 'target_type' | 'target_title' | 'author'>;

export const events = {
  'GET /projects/:id/events': {
    page: 'https://docs.gitlab.com/api/events/',
    parameters: optional({ action: Type.Literal('pushed'), sort: Type.Literal('desc'), ...paging }),
    unmodelled: ['after', 'before', 'target_type'],
    replies: { 200: Type.Array(event) },
  },
} as const satisfies Record<string, Operation>;
