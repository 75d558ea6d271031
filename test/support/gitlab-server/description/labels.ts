import { Type } from 'typebox';
import type { Operation } from './operation.ts';
import { entity, filled, flag, id, optional, paging, text } from './shapes.ts';

const label = entity({ id, name: text, color: text, description: text, is_project_label: flag });

const page = 'https://docs.gitlab.com/api/labels/';

export const labels = {
  'GET /projects/:id/labels': {
    page,
    parameters: optional({ search: text, include_ancestor_groups: flag, ...paging }),
    unmodelled: ['archived', 'with_counts'],
    replies: { 200: Type.Array(label) },
  },
  'POST /projects/:id/labels': {
    page,
    parameters: Type.Object({ name: filled, color: filled, description: Type.Optional(text) }),
    unmodelled: ['archived', 'priority'],
    replies: { 201: label },
    refuses: [409],
  },
} as const satisfies Record<string, Operation>;
