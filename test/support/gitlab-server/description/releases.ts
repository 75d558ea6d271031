import type { ReleaseSchema } from '@gitbeaker/rest';
import { type Static, Type } from 'typebox';
import type { Agreed } from './agreed.ts';
import { commit } from './commits.ts';
import type { Operation } from './operation.ts';
import { address, count, entity, flag, id, nullable, optional, paging, sha, text, time } from './shapes.ts';
import { userBasic } from './users.ts';

/** The OpenAPI document has texts for `assets` and `_links`: they are objects. */
const release = entity({
  name: text,
  tag_name: text,
  description: nullable(text),
  description_html: Type.Optional(text),
  created_at: time,
  released_at: time,
  upcoming_release: flag,
  author: Type.Optional(userBasic),
  /** Null once its tag is gone. */
  commit: nullable(commit),
  commit_path: Type.Optional(text),
  tag_path: Type.Optional(text),
  assets: entity({
    count,
    sources: Type.Array(entity({ format: text, url: address })),
    links: Type.Array(entity({ id, name: text, url: address, direct_asset_url: address, link_type: text })),
  }),
  evidences: Type.Array(entity({ sha, filepath: address, collected_at: time })),
  _links: entity({
    closed_issues_url: address,
    closed_merge_requests_url: address,
    merged_merge_requests_url: address,
    opened_issues_url: address,
    opened_merge_requests_url: address,
    /** For who may edit it. */
    edit_url: Type.Optional(address),
    self: address,
  }),
});
export type Release = Agreed<Static<typeof release>, ReleaseSchema, 'author' | 'commit' | 'commit_path' | 'tag_path' | 'assets' | '_links'>;

export const releases = {
  'GET /projects/:id/releases': {
    page: 'https://docs.gitlab.com/api/releases/',
    parameters: optional(paging),
    unmodelled: ['include_html_description', 'order_by', 'sort', 'updated_after', 'updated_before'],
    replies: { 200: Type.Array(release) },
  },
} as const satisfies Record<string, Operation>;
