import type { ExpandedHookSchema, GroupHooks, ProjectHooks } from '@gitbeaker/rest';
import type { Hook, HookPlace, StoppingForge, WantedHook, WebhookForge } from '../../../domain/webhook-forge.ts';
import { writeOnce } from '../write-once.ts';
import { addressOf } from './address.ts';
import { type ApiOptions, GitLabApi } from './api.ts';
import { discover } from './discovery.ts';

const mostPages = 10;

/** Webhooks and labels of a GitLab. https://docs.gitlab.com/api/project_webhooks/, https://docs.gitlab.com/api/group_webhooks/ */
export function createGitLabWebhooks(options: ApiOptions): WebhookForge & StoppingForge {
  const api = new GitLabApi({ ...options, url: addressOf(options) });
  const ask = <T>(doing: string, place: HookPlace, work: (hooks: GroupHooks | ProjectHooks) => Promise<T>): Promise<T> =>
    api.ask(
      doing,
      place.path,
      ({ groupHooks, projectHooks }) => work(place.kind === 'group' ? groupHooks : projectHooks),
      place.kind === 'group' ? 'Owner (and GitLab Premium)' : 'Maintainer',
    );
  const hook = async (place: HookPlace, wanted: WantedHook): Promise<Hook | undefined> => {
    const { items } = await ask('listing the webhooks of', place, (hooks) =>
      api.list<ExpandedHookSchema>((paging) => hooks.all(place.path, paging), { maxPages: mostPages }),
    );
    const found = items.find(({ url }) => url === wanted.url);
    return found && toHook(found, wanted);
  };
  return {
    name: options.name,
    asApp: false,
    discover: (group, topic) => discover(api, group, topic),
    hook,
    createHook: async (place, wanted) => {
      // GitLab would make a second one with the same address.
      await writeOnce<unknown>(
        () => ask<unknown>('making a webhook of', place, (hooks) => hooks.add(place.path, wanted.url, settingsOf(wanted))),
        () => hook(place, wanted),
      );
    },
    changeHook: async (place, { id }, wanted) => {
      await ask<unknown>('changing the webhook of', place, (hooks) => hooks.edit(place.path, id, wanted.url, settingsOf(wanted)));
    },
    // GitLab starts it again when the test is answered: https://docs.gitlab.com/user/project/integrations/webhooks/#re-enable-disabled-webhooks
    wake: async (place, { id }) => {
      const address = `${encodeURIComponent(place.path)}/hooks/${id}/test/push_events`;
      await ask('testing the webhook of', place, (hooks) => hooks.requester.post(address, {}));
    },
    hasLabel: async (path, name) => {
      const { items } = await api.ask('listing the labels of', path, ({ labels }) =>
        api.list<{ readonly name: string }>((paging) => labels.all(path, { search: name, includeAncestorGroups: true, ...paging }), {
          maxPages: mostPages,
        }),
      );
      return items.some((label) => label.name === name);
    },
    createLabel: async (path, { name, color, description }) =>
      void (await api.ask('making a label in', path, ({ labels }) => labels.create(path, name, color, { description }), 'Reporter')),
  };
}

/** Secrets that begin so sign deliveries, others are sent along with them. */
const isSigningToken = (secret: string): boolean => secret.startsWith('whsec_');

const settingsOf = ({ secret, events }: WantedHook) => ({
  ...Object.fromEntries(events.map((event) => [`${event}_events`, true])),
  ...(!events.includes('push') && { push_events: false }), // which is on unless it is said
  enableSslVerification: true,
  ...(isSigningToken(secret) ? { signing_token: secret } : { token: secret }),
});

function toHook(found: ExpandedHookSchema, wanted: WantedHook): Hook {
  const events = Object.entries(found).flatMap(([key, on]) =>
    key.endsWith('_events') && on === true ? [key.replace(/_events$/, '')] : [],
  );
  const missing = wanted.events.filter((event) => !events.includes(event));
  // Only newer GitLabs say whether there is one.
  const proof = found[isSigningToken(wanted.secret) ? 'signing_token_present' : 'token_present'];
  const { alert_status: status, disabled_until: until } = found;
  return {
    id: found.id,
    events,
    differs: [
      ...(missing.length > 0 ? [`without ${missing.join(', ')}`] : []),
      ...(found.enable_ssl_verification ? [] : ['SSL verification off']),
      ...(proof === false ? ['no secret'] : []),
    ],
    ...((status === 'disabled' || status === 'temporarily_disabled') && { stopped: typeof until === 'string' ? { until } : {} }),
  };
}
