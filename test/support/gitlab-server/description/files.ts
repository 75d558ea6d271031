import type { Operation } from './operation.ts';
import { commaSeparated, filled, flag, optional, text } from './shapes.ts';

export const files = {
  /** The OpenAPI document has `format` as a parameter; a suffix of the path says the same. */
  'GET /projects/:id/repository/archive.tar.gz': {
    page: 'https://docs.gitlab.com/api/repositories/',
    parameters: optional({ sha: text, path: text, include_lfs_blobs: flag, exclude_paths: commaSeparated }),
    replies: { 200: 'raw' },
  },
  'GET /projects/:id/repository/files/:file_path/raw': {
    page: 'https://docs.gitlab.com/api/repository_files/',
    parameters: optional({ ref: filled, lfs: flag }),
    replies: { 200: 'raw' },
  },
} as const satisfies Record<string, Operation>;
