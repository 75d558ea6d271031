import type { BranchSchema } from '@gitbeaker/rest';
import { type Static, Type } from 'typebox';
import type { Agreed } from './agreed.ts';
import { commit } from './commits.ts';
import type { Operation } from './operation.ts';
import { address, entity, flag, optional, paging, text } from './shapes.ts';

const branch = entity({
  name: text,
  commit,
  merged: flag,
  protected: flag,
  developers_can_push: flag,
  developers_can_merge: flag,
  can_push: flag,
  default: flag,
  web_url: address,
});
export type Branch = Agreed<Static<typeof branch>, BranchSchema>;

export const branches = {
  'GET /projects/:id/repository/branches': {
    page: 'https://docs.gitlab.com/api/branches/',
    parameters: optional({ search: text, ...paging }),
    unmodelled: ['page_token', 'pagination', 'regex', 'sort'],
    replies: { 200: Type.Array(branch) },
  },
  'GET /projects/:id/repository/branches/:branch': {
    page: 'https://docs.gitlab.com/api/branches/',
    replies: { 200: branch },
  },
  'DELETE /projects/:id/repository/branches/:branch': {
    page: 'https://docs.gitlab.com/api/branches/',
    replies: { 204: 'nothing' },
  },
} as const satisfies Record<string, Operation>;
