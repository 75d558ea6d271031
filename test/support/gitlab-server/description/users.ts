import type { ExpandedUserSchema, SimpleUserSchema } from '@gitbeaker/rest';
import { type Static, Type } from 'typebox';
import type { Agreed } from './agreed.ts';
import type { Operation } from './operation.ts';
import { address, entity, flag, id, nullable, optional, paging, text, time, words } from './shapes.ts';

export const basicUser = {
  id,
  username: text,
  public_email: nullable(text),
  name: text,
  state: Type.Enum(['active', 'blocked', 'deactivated', 'banned', 'ldap_blocked', 'blocked_pending_approval']),
  locked: flag,
  avatar_url: nullable(address),
  web_url: address,
};

/** A user as others name them. */
export const userBasic = entity(basicUser);
export type UserBasic = Agreed<Static<typeof userBasic>, SimpleUserSchema, 'avatar_url'>;

/** Of the more fields those that somebody reads here; who may not see the profile does not see `created_at`. */
const details = { ...basicUser, bot: flag, created_at: Type.Optional(time) };
/** Whether a user is external, administrators are told alone. */
const user = entity({ ...details, external: Type.Optional(flag) });

/** Of the many more fields those that an account has whatever its settings. */
const currentUser = entity({
  ...details,
  email: text,
  commit_email: text,
  external: flag,
  can_create_group: flag,
  can_create_project: flag,
  two_factor_enabled: flag,
});
export type CurrentUser = Agreed<Static<typeof currentUser>, ExpandedUserSchema, 'avatar_url' | 'created_at'>;

export const users = {
  'GET /user': { page: 'https://docs.gitlab.com/api/users/', replies: { 200: currentUser } },
  'GET /users/:id': {
    page: 'https://docs.gitlab.com/api/users/',
    path: Type.Object({ id: Type.Integer() }),
    unmodelled: ['with_custom_attributes'],
    replies: { 200: user },
  },
  'GET /users': {
    page: 'https://docs.gitlab.com/api/users/',
    parameters: optional({ username: text, ...paging }),
    unmodelled: words(`active blocked created_after created_before exclude_active exclude_external exclude_humans exclude_internal
      extern_uid external humans order_by provider public_email search sort two_factor without_project_bots without_projects`),
    replies: { 200: Type.Array(userBasic) },
  },
} as const satisfies Record<string, Operation>;
