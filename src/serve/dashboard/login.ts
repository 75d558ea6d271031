import { addressOf } from '../../adapters/forges/github/address.ts';
import { repositoryRef } from '../../config/repository.ts';
import type { Config } from '../../config/schema.ts';
import { choosePage, loginProblem } from '../../dashboard/login/pages.ts';
import type { Forge } from '../../domain/forge.ts';
import type { Viewer } from '../../domain/site.ts';
import { parseDuration } from '../../domain/time.ts';
import type { Entrance } from '../../http/login/entrance.ts';
import { githubProvider } from '../../http/login/github.ts';
import { loginEntrance, type SessionUser } from '../../http/login/login.ts';
import { oidcProvider } from '../../http/login/oidc.ts';
import { type Fetch, type Identity, LoginRefused, type Provider } from '../../http/login/provider.ts';
import type { Services } from '../../services.ts';
import { knownEnvironments } from '../../updates/fleet/read.ts';
import type { DashboardParts } from './parts.ts';
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

interface Whom {
  readonly forge: string;
  readonly identity: Identity;
  readonly config: Pick<Config, 'environments'>;
}

/** Whom the forge knows under that name, and that number where the provider told it. */
async function personOf(connected: Forge | undefined, { forge, identity: { id, name }, config }: Whom): Promise<SessionUser> {
  const place = placesOf(config).find((one) => one.forge === forge);
  if (connected === undefined || place === undefined)
    throw new LoginRefused(`There is nothing to see for people of ${forge}: app.yml has no environment there.`);
  const person = await connected.person(place.path, name);
  if (person === undefined || person.bot)
    throw new LoginRefused(
      `${forge} knows no person with the user name ${name}: ask for an account there, or for another name at the provider.`,
    );
  if (id !== undefined && person.id !== id) throw new LoginRefused(`${forge} knows ${name} as somebody else than the provider does.`);
  if (!person.active) throw new LoginRefused(`The account ${name} at ${forge} is blocked.`);
  return { forge, id: person.id, name: person.name };
}

/** Where an account is looked for: GitHub wants an owner, the others nothing. */
const placesOf = ({ environments }: Pick<Config, 'environments'>) =>
  environments
    .map((one) => ('discover' in one ? one.discover.replace(/\/\*$/, '') : one.repository))
    .flatMap((text) => repositoryRef(text) ?? []);
