import type { TagSchema } from '@gitbeaker/rest';
import { type Static, Type } from 'typebox';
import type { Agreed } from './agreed.ts';
import { commit } from './commits.ts';
import type { Operation } from './operation.ts';
import { entity, filled, flag, nullable, optional, paging, sha, text, time } from './shapes.ts';

const tag = entity({
  name: text,
  /** Of an annotated tag. */
  message: nullable(text),
  target: sha,
  commit,
  release: nullable(entity({ tag_name: text, description: nullable(text) })),
  protected: flag,
  /** Of an annotated tag. */
  created_at: nullable(time),
});
export type Tag = Agreed<Static<typeof tag>, TagSchema, 'message' | 'release' | 'created_at'>;

export const tags = {
  'GET /projects/:id/repository/tags': {
    page: 'https://docs.gitlab.com/api/tags/',
    parameters: optional({ search: text, ...paging }),
    unmodelled: ['order_by', 'page_token', 'pagination', 'sort'],
    replies: { 200: Type.Array(tag) },
    refuses: [422],
  },
  'POST /projects/:id/repository/tags': {
    page: 'https://docs.gitlab.com/api/tags/#create-a-new-tag',
    parameters: Type.Object({ tag_name: filled, ref: filled }),
    inQuery: true,
    unmodelled: ['message'],
    replies: { 201: tag },
  },
} as const satisfies Record<string, Operation>;
