import type { Attempt, ForgetfulForge, Hook, HookPlace, Label, WantedHook, WebhookForge } from '../../../domain/webhook-forge.ts';
import { writeOnce } from '../write-once.ts';
import { createAccount } from './account.ts';
import { addressOf } from './address.ts';
import { GitHubApi, type Rest } from './api.ts';
import { discover } from './discovery.ts';
import type { GitHubOptions } from './github.ts';

/** Webhooks and labels of a GitHub. https://docs.github.com/en/rest/repos/webhooks */
export function createGitHubWebhooks({ name, url: given, credentials, http }: Omit<GitHubOptions, 'store'>): WebhookForge & ForgetfulForge {
  const { url, api: base } = addressOf(name, given);
  const api = new GitHubApi({ name, url, api: base, account: createAccount({ name, api: base, credentials, http }), http });
  const hook = async (place: HookPlace, wanted: WantedHook): Promise<Hook | undefined> => {
    const found = await findHook(api, place, wanted.url);
    return found && toHook(found, wanted, place);
  };
  return {
    name,
    asApp: api.account.asApp,
    discover: (group, topic) => discover(api, group, topic),
    hook,
    createHook: async (place, wanted) => {
      await writeOnce(
        () => ask(api, 'making a webhook of', place, (rest, at) => create(rest, place, at, wanted)),
        () => hook(place, wanted),
      );
    },
    changeHook: async (place, found, wanted) =>
      void (await ask(api, 'changing the webhook of', place, (rest, at) => change(rest, place, at, found, wanted))),
    attempts: (place, found, since) => attemptsSince(api, place, found.id, since),
    redeliver: async (place, { id }, attempt) =>
      void (await ask(api, 'asking for a delivery again of the webhook of', place, (rest, at) => redeliver(rest, place, at, id, attempt))),
    hasLabel: async (path, label) =>
      (await api.find(`looking for the label ${label} of`, path, (rest, at) => rest.issues.getLabel({ ...at, name: label }))) !== undefined,
    createLabel: async (path, label) => createLabel(api, path, label),
  };
}

/** Owner and repository of a repository, `org` alone of an organisation; both empty for the App. */
interface At {
  readonly owner: string;
  readonly repo: string;
  readonly org: string;
}

function ask<T>(api: GitHubApi, doing: string, { kind, path }: HookPlace, work: (rest: Rest, at: At) => Promise<T>): Promise<T> {
  if (kind === 'repository')
    return api.ask(
      doing,
      path,
      (rest, at) => work(rest, { ...at, org: '' }),
      'webhooks: read and write (of a classic token: admin:repo_hook)',
    );
  const at = { owner: '', repo: '', org: path };
  if (kind === 'app') return api.askOwner(`${doing} the App`, undefined, undefined, (rest) => work(rest, at));
  return api.askOwner(
    doing,
    path,
    path,
    (rest) => work(rest, at),
    'organization webhooks: read and write (of a classic token: admin:org_hook)',
  );
}

/** As GitHub tells them; of an App's there is the address alone. */
interface Found {
  readonly id: number;
  readonly active: boolean;
  readonly events: readonly string[];
  readonly config: {
    readonly url?: string;
    readonly content_type?: string;
    readonly insecure_ssl?: string | number;
    readonly secret?: string;
  };
}

const mostPages = 10;

async function findHook(api: GitHubApi, place: HookPlace, url: string): Promise<Found | undefined> {
  if (place.kind === 'app') {
    const { data: config } = await ask(api, 'looking at the webhook of', place, (rest) => rest.apps.getWebhookConfigForApp());
    return { id: 0, active: true, events: [], config };
  }
  const { items } = await ask(api, 'listing the webhooks of', place, (rest, { org, ...at }) =>
    api.list<Found>((paging) => (org === '' ? rest.repos.listWebhooks({ ...at, ...paging }) : rest.orgs.listWebhooks({ org, ...paging })), {
      maxPages: mostPages,
    }),
  );
  return items.find(({ config }) => config.url === url);
}

function toHook({ id, active, events, config }: Found, wanted: WantedHook, { kind }: HookPlace): Hook {
  const isApp = kind === 'app'; // its events belong to the App, and are set on its page
  const missing = isApp ? [] : wanted.events.filter((event) => !events.includes(event));
  const differs = [
    ...(config.url === wanted.url ? [] : ['another address']),
    ...(missing.length > 0 ? [`without ${missing.join(', ')}`] : []),
    ...(active ? [] : ['not active']),
    ...(config.content_type === 'json' ? [] : ['sends forms']),
    ...(String(config.insecure_ssl ?? '0') === '0' ? [] : ['SSL verification off']),
    ...((config.secret ?? '') === '' ? ['no secret'] : []), // of one that is there, asterisks are told
  ];
  return { id, events, differs };
}

const configOf = ({ url, secret }: WantedHook) => ({ url, secret, content_type: 'json', insecure_ssl: '0' });

/** As `data`, which goes out as it is: Octokit takes a parameter `url` for the address to ask, and the App's token would go there. */
const changeApp = (rest: Rest, wanted: WantedHook): Promise<unknown> =>
  rest.apps.updateWebhookConfigForApp({ data: configOf(wanted) } as Parameters<Rest['apps']['updateWebhookConfigForApp']>[0]);

function create(rest: Rest, { kind }: HookPlace, { org, ...at }: At, wanted: WantedHook): Promise<unknown> {
  if (kind === 'app') return changeApp(rest, wanted);
  const hook = { name: 'web', active: true, events: [...wanted.events], config: configOf(wanted) };
  return org === '' ? rest.repos.createWebhook({ ...at, ...hook }) : rest.orgs.createWebhook({ org, ...hook });
}

function change(rest: Rest, { kind }: HookPlace, { org, ...at }: At, { id, events }: Hook, wanted: WantedHook): Promise<unknown> {
  if (kind === 'app') return changeApp(rest, wanted);
  const hook = { hook_id: id, active: true, events: [...new Set([...events, ...wanted.events])], config: configOf(wanted) };
  return org === '' ? rest.repos.updateWebhook({ ...at, ...hook }) : rest.orgs.updateWebhook({ org, ...hook });
}

interface Delivery {
  readonly id: number;
  readonly guid: string;
  readonly delivered_at: string;
  readonly redelivery: boolean;
  readonly status_code: number;
}

/** https://docs.github.com/en/rest/apps/webhooks#list-deliveries-for-an-app-webhook */
async function attemptsSince(api: GitHubApi, place: HookPlace, id: number, since: Date): Promise<readonly Attempt[]> {
  const attempts: Attempt[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const { data, headers } = await ask(api, 'listing the deliveries of the webhook of', place, (rest, at) =>
      deliveries(rest, place, at, id, cursor),
    );
    const recent = data.filter(({ delivered_at: at }) => Date.parse(at) > since.getTime());
    attempts.push(...recent.map(toAttempt));
    cursor = nextCursor(headers.link ?? '');
    if (cursor === undefined || recent.length < data.length) break;
  }
  return attempts;
}

/** https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api */
function nextCursor(link: string): string | undefined {
  const next = link.split(',').find((part) => part.includes('rel="next"')) ?? '';
  return URL.parse(next.slice(next.indexOf('<') + 1, Math.max(next.indexOf('>'), 0)))?.searchParams.get('cursor') ?? undefined;
}

const toAttempt = ({ id, guid, delivered_at, redelivery, status_code: status }: Delivery): Attempt => ({
  id,
  delivery: guid,
  at: delivered_at,
  succeeded: status >= 200 && status < 300,
  again: redelivery,
});

interface DeliveryPage {
  readonly data: readonly Delivery[];
  readonly headers: { readonly link?: string | undefined };
}

function deliveries(
  rest: Rest,
  { kind }: HookPlace,
  { org, ...at }: At,
  hook_id: number,
  cursor: string | undefined,
): Promise<DeliveryPage> {
  const paging = { per_page: 100, ...(cursor !== undefined && { cursor: decodeURIComponent(cursor) }) };
  if (kind === 'app') return rest.apps.listWebhookDeliveries(paging);
  return org === ''
    ? rest.repos.listWebhookDeliveries({ ...at, hook_id, ...paging })
    : rest.orgs.listWebhookDeliveries({ org, hook_id, ...paging });
}

function redeliver(rest: Rest, { kind }: HookPlace, { org, ...at }: At, hook_id: number, delivery_id: number): Promise<unknown> {
  if (kind === 'app') return rest.apps.redeliverWebhookDelivery({ delivery_id });
  return org === ''
    ? rest.repos.redeliverWebhookDelivery({ ...at, hook_id, delivery_id })
    : rest.orgs.redeliverWebhookDelivery({ org, hook_id, delivery_id });
}

async function createLabel(api: GitHubApi, path: string, { name, color, description }: Label): Promise<void> {
  await api.ask(
    'making a label in',
    path,
    (rest, at) => rest.issues.createLabel({ ...at, name, color: color.replace('#', ''), description }),
    'issues: read and write',
  );
}
