import * as client from 'openid-client';
import { type Checks, type Fetch, type Identity, LoginRefused, type Provider } from './provider.ts';

export interface OidcSettings {
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly forge: string;
  /** Claim with the user name at the forge; without it the provider is the forge's own, and `sub` the number there. */
  readonly username?: string;
}

/** A provider that speaks OpenID Connect. Its own description is asked for when somebody first logs in. https://openid.net/specs/openid-connect-core-1_0.html */
export function oidcProvider(settings: OidcSettings, fetch: Fetch): Provider {
  const { name, forge, username } = settings;
  let found: Promise<client.Configuration> | undefined;
  const discovered = (): Promise<client.Configuration> => {
    found ??= discover(settings, fetch).catch((error: unknown) => {
      found = undefined; // asked again by the next who comes
      throw error;
    });
    return found;
  };
  return {
    name,
    forge,
    async begin(redirectUri, { state, nonce, verifier }) {
      return client.buildAuthorizationUrl(await discovered(), {
        redirect_uri: redirectUri,
        scope: username === undefined ? 'openid' : 'openid profile',
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
    },
    finish: async (callback, checks) => identityOf(await claimsOf(await discovered(), callback, checks), settings),
  };
}

async function discover({ issuer, clientId, clientSecret }: OidcSettings, fetch: Fetch): Promise<client.Configuration> {
  const url = new URL(issuer);
  const ours: client.CustomFetch = (address, { method, headers, body }) =>
    fetch(address, { method, headers, ...(body !== null && body !== undefined && { body: textOf(body) }) });
  const execute = [client.enableNonRepudiationChecks, ...(url.protocol === 'http:' ? [client.allowInsecureRequests] : [])];
  const found = await client.discovery(url, clientId, clientSecret, undefined, { execute, [client.customFetch]: ours });
  const configuration = new client.Configuration(found.serverMetadata(), clientId, clientSecret, authentication(found, clientSecret));
  configuration[client.customFetch] = ours;
  for (const one of execute) one(configuration);
  return configuration;
}

/** By header where nothing else is said, as the standard has it. https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication */
function authentication(found: client.Configuration, secret: string): client.ClientAuth {
  const { token_endpoint_auth_methods_supported: supported = ['client_secret_basic'] } = found.serverMetadata();
  return supported.includes('client_secret_basic') ? client.ClientSecretBasic(secret) : client.ClientSecretPost(secret);
}

function textOf(body: NonNullable<client.FetchBody>): string {
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new TypeError('a body of another sort than forms have');
}

type Claims = Readonly<Record<string, unknown>>;

/** What the ID token says, and what it leaves to the userinfo endpoint. */
async function claimsOf(configuration: client.Configuration, callback: URL, { state, nonce, verifier }: Checks): Promise<Claims> {
  if (callback.searchParams.get('error') === 'access_denied') throw new LoginRefused('You did not agree there to be logged in here.');
  const tokens = await client.authorizationCodeGrant(configuration, callback, {
    expectedState: state,
    expectedNonce: nonce,
    pkceCodeVerifier: verifier,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  if (claims === undefined) throw new Error('the provider sent no ID token');
  if (configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
  return { ...(await client.fetchUserInfo(configuration, tokens.access_token, claims.sub)), ...claims };
}

/** `sub` of a GitLab is the number of the user: https://docs.gitlab.com/integration/openid_connect_provider/#shared-information */
function identityOf(claims: Claims, { name, username }: OidcSettings): Identity {
  const text = (claim: string): string | undefined =>
    typeof claims[claim] === 'string' && claims[claim] !== '' ? claims[claim] : undefined;
  if (username !== undefined) {
    const found = text(username);
    if (found !== undefined) return { name: found };
    throw new LoginRefused(
      `${name} does not say your user name: its answer has no claim "${username}" (server.login.providers.${name}.username).`,
    );
  }
  const [id, found] = [text('sub'), text('preferred_username') ?? text('nickname')];
  if (id !== undefined && found !== undefined) return { id, name: found };
  throw new LoginRefused(`${name} does not say your user name: is it a GitLab (server.login.providers.${name}.issuer)?`);
}
