import { addressOf } from '../../adapters/forges/github/address.ts';
import type { Config } from '../../config/schema.ts';
import { choosePage, loginProblem } from '../../dashboard/login/pages.ts';
import type { Viewer } from '../../domain/site.ts';
import { parseDuration } from '../../domain/time.ts';
import type { Entrance } from '../../http/login/entrance.ts';
import { githubProvider } from '../../http/login/github.ts';
import { loginEntrance, type SessionUser } from '../../http/login/login.ts';
import { oidcProvider } from '../../http/login/oidc.ts';
import type { Fetch, Provider } from '../../http/login/provider.ts';
import type { Services } from '../../services.ts';
import { knownEnvironments } from '../../updates/fleet/read.ts';
import type { DashboardParts } from './parts.ts';
import { personOf } from './person.ts';
import { UserRights } from './rights.ts';

type LoginConfig = NonNullable<Config['server']['login']>;
type LoginParts = Pick<DashboardParts, 'config' | 'services' | 'log'>;

/** People log in at a provider and may here what the forge lets them. */
export function configuredLogin({ secret, sessions, providers }: LoginConfig, { config, services, log }: LoginParts): Entrance {
  const { forges, persistence, settings } = services;
  const warn = (text: string) => log.warn(text);
  const now = () => new Date();
  const rights = new UserRights({
    forge: (name) => forges.get(name),
    environments: () => knownEnvironments(persistence.store, settings.environments),
    warn,
    now,
  });
  return loginEntrance({
    url: config.server.url,
    secret,
    sessions: parseDuration(sessions),
    providers: Object.entries(providers).map(([name, provider]) => providerOf(name, provider, { config, services })),
    person: (forge, identity) => personOf(forges.get(forge), { forge, identity, config }),
    known: (user) => knownAs(user, rights),
    pages: { choose: choosePage, problem: loginProblem },
    log: { warn, info: (text) => log.info(text) },
    now,
  });
}

async function knownAs(user: SessionUser, rights: UserRights): Promise<Omit<Viewer, 'token'>> {
  const { sees, acts, all } = await rights.of(user);
  const isEvery = (some: ReadonlySet<string>) => all.length > 0 && all.every((name) => some.has(name));
  const [seesAll, actsOnAll] = [isEvery(sees), isEvery(acts)];
  return {
    name: user.name,
    actor: `${user.forge}:${user.name}`,
    user,
    way: { kind: 'session' },
    sees: (environment) => (environment === undefined ? seesAll : sees.has(environment)),
    acts: (environment) => (environment === undefined ? actsOnAll : acts.has(environment)),
  };
}

function providerOf(
  name: string,
  provider: LoginConfig['providers'][string],
  { config, services }: Pick<LoginParts, 'config' | 'services'>,
): Provider {
  const fetch = fetchOver(services.http);
  if (provider.type === 'oidc') return oidcProvider({ name, ...provider }, fetch);
  const forge = config.forges[provider.forge];
  const url = forge?.type === 'github' ? forge.url : ''; // another one is a mistake in app.yml
  return githubProvider({ name, ...addressOf(provider.forge, url), ...provider }, fetch);
}

/** Bytes and milliseconds: somebody waits. */
const limits = { maxBytes: 1024 * 1024, timeoutMs: 10_000 };

/** A login is not worth waiting for long: who comes again asks again. */
const fetchOver =
  (http: Services['http']): Fetch =>
  async (url, { method, headers, body }) => {
    const send = { url, method: method === 'POST' ? 'POST' : 'GET', headers, retry: false, redirects: 0, ...limits } as const;
    const reply = await http.request({ ...send, ...(body !== undefined && { body }) });
    const bare = [204, 205, 304].includes(reply.status);
    return new Response(bare ? null : new Uint8Array(reply.body), { status: reply.status, headers: reply.headers });
  };
