import { type Call, groupOfCall, ok, page, projectOf, type Reply } from './call.ts';
import { events } from './description/hooks.ts';
import { message, type Parameters, Refused, text } from './parameters.ts';
import { type Level, levelIn, levels, type StoredHook } from './world.ts';

/** Project or group, and the role that its webhooks take. https://docs.gitlab.com/api/group_webhooks/ */
function placeOf(call: Call): string {
  if (call.path.startsWith('/projects/')) return allowed(call, projectOf(call).path, 'maintainer');
  if (!call.world.premium) throw new Refused(404, { error: '404 Not Found' });
  return allowed(call, groupOfCall(call), 'owner');
}

function allowed(call: Call, path: string, level: Level): string {
  if (levelIn(call.user, path) < levels[level]) throw message(403, '403 Forbidden');
  return path;
}

/** What GitLab tells of a webhook: never its tokens. */
const hookEntity = ({ id, url, token, signingToken, on, verifiesTls, status, disabledUntil, createdAt }: StoredHook) => ({
  id,
  url,
  name: null,
  description: null,
  created_at: createdAt.toISOString(),
  ...Object.fromEntries(events.map((event) => [`${event}_events`, on.has(event)])),
  enable_ssl_verification: verifiesTls,
  alert_status: status,
  disabled_until: disabledUntil ?? null,
  url_variables: [],
  token_present: token !== undefined,
  signing_token_present: signingToken !== undefined,
});

export function listHooks(call: Call): Reply {
  const place = placeOf(call);
  return page(call, call.world.hooks.filter((hook) => hook.place === place).map(hookEntity));
}

export function addHook(call: Call): Reply {
  const place = placeOf(call);
  const { given } = call;
  const hook: StoredHook = {
    id: call.world.nextId(),
    place,
    url: '',
    on: new Set(['push']),
    verifiesTls: true,
    status: 'executable',
    createdAt: call.world.now(),
  };
  apply(hook, given);
  call.world.hooks.push(hook);
  return ok(hookEntity(hook), 201);
}

export function editHook(call: Call): Reply {
  const hook = hookOf(call);
  apply(hook, call.given);
  return ok(hookEntity(hook));
}

function hookOf(call: Call): StoredHook {
  const place = placeOf(call);
  const found = call.world.hooks.find((hook) => hook.place === place && String(hook.id) === call.parts[1]);
  if (found === undefined) throw message(404, '404 Not Found');
  return found;
}

/** Requests to the machine itself and to private networks are blocked: https://docs.gitlab.com/security/webhooks/ */
const blocked = /^(?:localhost|127\.|10\.|192\.168\.|\[::1\])/;

function apply(hook: StoredHook, given: Parameters): void {
  const url = URL.parse(text(given, 'url'));
  if (url === null || !/^https?:$/.test(url.protocol) || blocked.test(url.hostname)) throw new Refused(422, { error: 'Invalid url given' });
  const signing = given['signing_token'];
  if (typeof signing === 'string' && !/^whsec_[A-Za-z0-9+/]{43}=$/.test(signing)) {
    throw new Refused(422, { message: { signing_token: ['must be in the format whsec_<base64> with a 32-byte key'] } });
  }
  for (const event of events) {
    if (given[`${event}_events`] === true) hook.on.add(event);
    if (given[`${event}_events`] === false) hook.on.delete(event);
  }
  Object.assign(hook, {
    url: text(given, 'url'),
    ...(given['enable_ssl_verification'] !== undefined && { verifiesTls: given['enable_ssl_verification'] }),
    ...(given['token'] !== undefined && { token: given['token'] }),
    ...(signing !== undefined && { signingToken: signing }),
  });
}

/** Delivers an example; answered with 2xx, a webhook that was stopped is called again. */
export function testHook(call: Call): Reply {
  const hook = hookOf(call);
  if (!call.world.hooksAreAnswered) throw message(422, 'Hook execution failed: 502 Bad Gateway');
  Object.assign(hook, { status: 'executable', disabledUntil: undefined });
  return ok({ message: '201 Created' }, 201);
}

export function listLabels(call: Call): Reply {
  const project = projectOf(call);
  const { given } = call;
  const mine = call.world.labels.filter(
    ({ place, name }) =>
      (place === project.path || (given['include_ancestor_groups'] !== false && project.path.startsWith(`${place}/`))) &&
      name.includes(text(given, 'search')),
  );
  return page(
    call,
    mine.map(({ place, ...label }, at) => ({ id: at + 1, ...label, is_project_label: place === project.path })),
  );
}

export function createLabel(call: Call): Reply {
  const project = projectOf(call);
  allowed(call, project.path, 'reporter');
  const { given } = call;
  const [name, color] = [text(given, 'name'), text(given, 'color')];
  if (!/^#[0-9a-f]{6}$/i.test(color)) throw message(400, { color: ['must be a valid color code'] });
  if (call.world.labels.some((label) => label.place === project.path && label.name === name)) throw message(409, 'Label already exists');
  const label = { place: project.path, name, color, description: text(given, 'description') };
  call.world.labels.push(label);
  return ok({ id: call.world.nextId(), name, color, description: label.description, is_project_label: true }, 201);
}
