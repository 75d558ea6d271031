import type { BranchSchema, ProtectedBranchSchema } from '@gitbeaker/rest';
import { type Static, Type } from 'typebox';
import type { Agreed } from './agreed.ts';
import { commit } from './commits.ts';
import type { Operation } from './operation.ts';
import { address, entity, flag, id, nullable, optional, paging, text } from './shapes.ts';

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

const level = entity({
  id,
  /** Null for one user, group or key, which a licence or a key brings. */
  access_level: nullable(Type.Enum([0, 30, 40, 60])),
  access_level_description: text,
  deploy_key_id: Type.Optional(nullable(id)),
  user_id: Type.Optional(nullable(id)),
  group_id: Type.Optional(nullable(id)),
});

/** The last three come with a licence. */
const protectedBranch = entity({
  id,
  name: text,
  push_access_levels: Type.Array(level),
  merge_access_levels: Type.Array(level),
  allow_force_push: flag,
  unprotect_access_levels: Type.Optional(Type.Array(level)),
  code_owner_approval_required: Type.Optional(flag),
  inherited: Type.Optional(flag),
});
export type ProtectedBranch = Agreed<
  Static<typeof protectedBranch>,
  ProtectedBranchSchema,
  'push_access_levels' | 'merge_access_levels' | 'unprotect_access_levels' | 'code_owner_approval_required'
>;

export const branches = {
  'GET /projects/:id/protected_branches': {
    page: 'https://docs.gitlab.com/api/protected_branches/',
    parameters: optional(paging),
    unmodelled: ['search'],
    replies: { 200: Type.Array(protectedBranch) },
  },
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
