import type { RepositoryTreeSchema } from '@gitbeaker/rest';
import { type Static, Type } from 'typebox';
import type { Agreed } from './agreed.ts';
import { commit } from './commits.ts';
import type { Operation } from './operation.ts';
import { entity, flag, optional, paging, sha, text } from './shapes.ts';

const treeObject = entity({ id: sha, name: text, type: Type.Enum(['tree', 'blob', 'commit']), path: text, mode: text });
export type TreeObject = Agreed<Static<typeof treeObject>, RepositoryTreeSchema>;

export const repositories = {
  'GET /projects/:id/repository/merge_base': {
    page: 'https://docs.gitlab.com/api/repositories/#merge-base',
    parameters: Type.Object({ refs: Type.Array(text) }),
    replies: { 200: commit },
  },
  'GET /projects/:id/repository/tree': {
    page: 'https://docs.gitlab.com/api/repositories/#list-repository-tree',
    parameters: optional({
      ref: text,
      path: text,
      recursive: flag,
      pagination: Type.Enum(['legacy', 'keyset', 'none']),
      page_token: text,
      per_page: paging.per_page,
    }),
    unmodelled: ['page'],
    replies: { 200: Type.Array(treeObject) },
  },
  'GET /projects/:id/repository/blobs/:sha/raw': {
    page: 'https://docs.gitlab.com/api/repositories/#raw-blob-content',
    replies: { 200: 'raw' },
  },
} as const satisfies Record<string, Operation>;
