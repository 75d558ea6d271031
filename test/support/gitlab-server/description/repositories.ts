import { Type } from 'typebox';
import { commit } from './commits.ts';
import type { Operation } from './operation.ts';
import { text } from './shapes.ts';

export const repositories = {
  'GET /projects/:id/repository/merge_base': {
    page: 'https://docs.gitlab.com/api/repositories/#merge-base',
    parameters: Type.Object({ refs: Type.Array(text) }),
    replies: { 200: commit },
  },
} as const satisfies Record<string, Operation>;
