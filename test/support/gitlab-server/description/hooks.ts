import { Type } from 'typebox';
import type { Operation } from './operation.ts';
import { address, entity, filled, flag, id, nullable, optional, paging, text, time } from './shapes.ts';

/** As `<event>_events`, of projects and groups alike. */
export const events = [
  'push',
  'tag_push',
  'merge_requests',
  'note',
  'pipeline',
  'deployment',
  'releases',
  'issues',
  'confidential_issues',
  'confidential_note',
  'job',
  'wiki_page',
] as const;

const flags = Object.fromEntries(events.map((event) => [`${event}_events`, flag]));

const hook = entity({
  id,
  url: address,
  name: nullable(text),
  description: nullable(text),
  created_at: time,
  ...flags,
  enable_ssl_verification: flag,
  alert_status: Type.Enum(['executable', 'temporarily_disabled', 'disabled']),
  disabled_until: nullable(time),
  url_variables: Type.Array(text),
  token_present: flag,
  signing_token_present: flag,
});

const settings = { ...optional({ ...flags, enable_ssl_verification: flag, token: text, signing_token: text }).properties, url: filled };

const unmodelled = [
  'branch_filter_strategy',
  'custom_headers',
  'custom_webhook_template',
  'description',
  'name',
  'push_events_branch_filter',
];

const hookId = Type.Object({ hook_id: Type.Integer() });
const tested = Type.Object({ hook_id: Type.Integer(), trigger: Type.Enum(events.map((event) => `${event}_events`)) });
const message = Type.Object({ message: text });

const page = 'https://docs.gitlab.com/api/project_webhooks/';
const groupPage = 'https://docs.gitlab.com/api/group_webhooks/';
const list = { parameters: optional(paging), replies: { 200: Type.Array(hook) } };
const add = { parameters: Type.Object(settings), unmodelled, replies: { 201: hook }, refuses: [422] };
const edit = { path: hookId, parameters: Type.Object(settings), unmodelled, replies: { 200: hook }, refuses: [422] };
/** Answers 422 when whoever is called did not answer 2xx. */
const test = { path: tested, replies: { 201: message }, refuses: [422] };

export const hooks = {
  'GET /projects/:id/hooks': { page, ...list },
  'POST /projects/:id/hooks': { page, ...add },
  'PUT /projects/:id/hooks/:hook_id': { page, ...edit },
  'POST /projects/:id/hooks/:hook_id/test/:trigger': { page, ...test },
  'GET /groups/:id/hooks': { page: groupPage, ...list },
  'POST /groups/:id/hooks': { page: groupPage, ...add },
  'PUT /groups/:id/hooks/:hook_id': { page: groupPage, ...edit },
  'POST /groups/:id/hooks/:hook_id/test/:trigger': { page: groupPage, ...test },
} as const satisfies Record<string, Operation>;
