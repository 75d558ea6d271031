import type { MemberSchema } from '@gitbeaker/rest';
import { type Static, Type } from 'typebox';
import type { Agreed } from './agreed.ts';
import type { Operation } from './operation.ts';
import { entity, flag, id, nullable, optional, paging, text, time, words } from './shapes.ts';
import { basicUser, userBasic } from './users.ts';

const member = entity({
  ...basicUser,
  /** https://docs.gitlab.com/api/members/#roles */
  access_level: Type.Enum([5, 10, 15, 20, 30, 40, 50]),
  created_at: time,
  created_by: Type.Optional(userBasic),
  expires_at: nullable(text),
  membership_state: Type.Optional(Type.Enum(['awaiting', 'active'])),
  /** These where a licence or the one who asks brings them. */
  email: Type.Optional(nullable(text)),
  is_using_seat: Type.Optional(flag),
  override: Type.Optional(flag),
  member_role: Type.Optional(nullable(Type.Object({ id }))),
});
/** It knows neither roles without an end nor the newer ones, and has more of a group's members. */
export type Member = Agreed<Static<typeof member>, MemberSchema, 'access_level' | 'avatar_url' | 'email' | 'expires_at'>;

export const members = {
  'GET /groups/:id/members/all': {
    page: 'https://docs.gitlab.com/api/members/',
    parameters: optional(paging),
    unmodelled: words('query show_seat_info state user_ids'),
    replies: { 200: Type.Array(member) },
  },
  'GET /projects/:id/members/all/:user_id': {
    page: 'https://docs.gitlab.com/api/members/',
    path: Type.Object({ user_id: Type.Integer() }),
    replies: { 200: member },
  },
} as const satisfies Record<string, Operation>;
