import type { Operation } from './operation.ts';
import { filled, optional, text } from './shapes.ts';

export const files = {
  /** The OpenAPI document has `format` as a parameter; a suffix of the path says the same. */
  'GET /projects/:id/repository/archive.tar.gz': {
    page: 'https://docs.gitlab.com/api/repositories/',
    parameters: optional({ sha: text }),
    unmodelled: ['exclude_paths', 'include_lfs_blobs', 'path'],
    replies: { 200: 'raw' },
  },
  'GET /projects/:id/repository/files/:file_path/raw': {
    page: 'https://docs.gitlab.com/api/repository_files/',
    parameters: optional({ ref: filled }),
    unmodelled: ['lfs'],
    replies: { 200: 'raw' },
  },
} as const satisfies Record<string, Operation>;
