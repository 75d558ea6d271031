import { randomUUID } from 'node:crypto';
import { type Call, notFound, ok, page, Refused, type Reply, repositoryOf, text, writable } from './call.ts';
import { time } from './entities.ts';
import { pathOf, type StoredAttempt, type StoredHook, type World } from './world.ts';

/** Those of repositories that this stand-in knows; `installation` comes to Apps alone. */
const events = [
  '*',
  'push',
  'pull_request',
  'create',
  'delete',
  'release',
  'package',
  'registry_package',
  'issues',
  'pull_request_review',
  'issue_comment',
  'status',
];

/** A repository or an organisation, where the token may see to its webhooks. */
function placeOf(call: Call): string {
  const { org } = call.at;
  if (org === undefined) {
    const repository = repositoryOf(call);
    if (call.user.hooks === false) throw notFound(); // as if there were none
    writable(call, 'repository_hooks=write');
    return pathOf(repository);
  }
  const found = call.user.organisations.find((one) => one.toLowerCase() === org.toLowerCase());
  if (found === undefined) throw notFound();
  return found;
}

interface Config {
  readonly url?: string;
  readonly content_type?: string;
  readonly insecure_ssl?: string;
  readonly secret?: string;
}

/** Of a secret there are asterisks. */
const shown = ({ secret, ...config }: Config): Config => ({
  ...config,
  ...(secret !== undefined && secret !== '' && { secret: '********' }),
});

const hookEntity = ({ world }: Call, { id, place, active, events: on, config }: StoredHook) => ({
  type: place.includes('/') ? 'Repository' : 'Organization',
  id,
  name: 'web',
  active,
  events: on,
  config: shown(config),
  url: `${world.api}/hooks/${id}`,
  ping_url: `${world.api}/hooks/${id}/pings`,
});

export function listHooks(call: Call): Reply {
  const place = placeOf(call);
  return page(
    call,
    call.world.hooks.filter((hook) => hook.place === place).map((hook) => hookEntity(call, hook)),
  );
}

const refused = (field: string, message: string): Refused =>
  new Refused(422, 'Validation Failed', [{ resource: 'Hook', field, code: 'custom', message }]);

/** https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks */
function checked(call: Call, known: StoredHook | undefined): { readonly config: Config; readonly events: readonly string[] } {
  const config = { ...known?.config, ...(call.body['config'] as Config | undefined) };
  const url = URL.parse(config.url ?? '');
  if (url === null) throw refused('url', 'url is missing a scheme');
  if (/^(?:localhost|127\.|\[::1\])/.test(url.hostname)) {
    throw refused('url', `url is not supported because it isn't reachable over the public Internet (${url.hostname})`);
  }
  const wanted = (call.body['events'] as readonly string[] | undefined) ?? known?.events ?? ['push'];
  const odd = wanted.find((event) => !events.includes(event));
  if (odd !== undefined) throw refused('events', `Invalid event: ${odd}`);
  return { config, events: wanted };
}

export function createHook(call: Call): Reply {
  const place = placeOf(call);
  const { config, events: on } = checked(call, undefined);
  if (call.world.hooks.some((hook) => hook.place === place && hook.config.url === config.url)) {
    throw new Refused(422, 'Validation Failed', [
      { resource: 'Hook', code: 'custom', message: `Hook already exists on this ${place.includes('/') ? 'repository' : 'organization'}` },
    ]);
  }
  const hook = { id: call.world.nextId(), place, active: call.body['active'] !== false, events: on, config, attempts: [] };
  call.world.hooks.push(hook);
  return ok(hookEntity(call, hook), 201);
}

export function updateHook(call: Call): Reply {
  const hook = hookOf(call);
  Object.assign(hook, checked(call, hook), call.body['active'] === undefined ? {} : { active: call.body['active'] });
  return ok(hookEntity(call, hook));
}

function hookOf(call: Call): StoredHook {
  const place = placeOf(call);
  const found = call.world.hooks.find((hook) => hook.place === place && String(hook.id) === call.at['hook_id']);
  if (found === undefined) throw notFound();
  return found;
}

function hookOfApp(call: Call): StoredHook {
  if (!call.asApp || call.world.app === undefined) throw new Refused(401, 'A JSON web token could not be decoded');
  return call.world.app.hook;
}

export const getAppHook = (call: Call): Reply => ok(shown(hookOfApp(call).config));

export function updateAppHook(call: Call): Reply {
  const hook = hookOfApp(call);
  Object.assign(hook, checked({ ...call, body: { config: call.body, events: [] } }, hook));
  return ok(shown(hook.config));
}

const attemptsOf = (call: Call): StoredAttempt[] => (call.path.startsWith('/app/') ? hookOfApp(call) : hookOf(call)).attempts;

/** Newest first, by a cursor. https://docs.github.com/en/rest/repos/webhooks#list-deliveries-for-a-repository-webhook */
export function listDeliveries(call: Call): Reply {
  const all = attemptsOf(call).toReversed();
  const size = Number(call.query.get('per_page') ?? 30);
  const from = Number((call.query.get('cursor') ?? 'v1_0').replace('v1_', ''));
  const next = `<${call.world.api}${call.path}?per_page=${size}&cursor=v1_${from + size}>; rel="next"`;
  return {
    status: 200,
    body: all.slice(from, from + size).map(attemptEntity),
    ...(from + size < all.length && { headers: { link: next } }),
  };
}

const attemptEntity = ({ id, guid, at, again, status }: StoredAttempt) => ({
  id,
  guid,
  delivered_at: time(at),
  redelivery: again,
  duration: 0.1,
  status: status < 300 ? 'OK' : 'Invalid HTTP Response',
  status_code: status,
  event: 'push',
  action: null,
  installation_id: null,
  repository_id: null,
});

export function redeliver(call: Call): Reply {
  const attempts = attemptsOf(call);
  const found = attempts.find(({ id }) => String(id) === call.at['delivery_id']);
  if (found === undefined) throw new Refused(422, 'Validation Failed');
  attempts.push(attempt(call.world, found.guid, call.world.hookStatus, true));
  return ok({}, 202);
}

export const attempt = (world: World, guid: string = randomUUID(), status = 200, again = false): StoredAttempt => ({
  id: world.nextId(),
  guid,
  status,
  again,
  at: world.now(),
});

export function getLabel(call: Call): Reply {
  const found = repositoryOf(call).labels.find(({ name }) => name.toLowerCase() === call.at['name']?.toLowerCase());
  if (found === undefined) throw notFound();
  return ok(found);
}

export function createLabel(call: Call): Reply {
  const repository = writable(call, 'issues=write');
  const [name, color] = [text(call, 'name'), text(call, 'color')];
  if (!/^[0-9a-f]{6}$/i.test(color)) throw new Refused(422, 'Validation Failed', [{ resource: 'Label', code: 'invalid', field: 'color' }]);
  if (repository.labels.some((label) => label.name.toLowerCase() === name.toLowerCase())) {
    throw new Refused(422, 'Validation Failed', [{ resource: 'Label', code: 'already_exists', field: 'name' }]);
  }
  const label = { name, color, description: text(call, 'description') };
  repository.labels.push(label);
  return ok(label, 201);
}
