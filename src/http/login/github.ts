import { createHash } from 'node:crypto';
import { type Fetch, type Identity, LoginRefused, type Provider } from './provider.ts';

export interface GitHubSettings {
  readonly name: string;
  /** Of GitHub's pages, and of its REST API; without a trailing slash. */
  readonly url: string;
  readonly api: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly forge: string;
}

/** An OAuth App (or a GitHub App's users): it asks for no permission, as who somebody is needs none. https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps */
export function githubProvider(settings: GitHubSettings, fetch: Fetch): Provider {
  const { name, forge, url, clientId } = settings;
  return {
    name,
    forge,
    begin(redirectUri, { state, verifier }) {
      const address = new URL(`${url}/login/oauth/authorize`);
      address.search = new URLSearchParams({
        client_id: clientId,
        redirect_uri: redirectUri,
        state,
        allow_signup: 'false',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
      }).toString();
      return Promise.resolve(address);
    },
    async finish({ origin, pathname, searchParams }, { state, verifier }) {
      if (searchParams.get('state') !== state) throw new Error('the answer is to another question: its state differs');
      if (searchParams.get('error') === 'access_denied') throw new LoginRefused('You did not agree there to be logged in here.');
      const code = searchParams.get('code');
      if (code === null) throw new Error(`GitHub sent no code: ${word(searchParams.get('error'))}`);
      return whoIs(settings, fetch, await tokenFor(settings, fetch, { code, verifier, redirectUri: `${origin}${pathname}` }));
    },
  };
}

interface Code {
  readonly code: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

async function tokenFor(
  { url, clientId, clientSecret }: GitHubSettings,
  fetch: Fetch,
  { code, verifier, redirectUri }: Code,
): Promise<string> {
  const body = new URLSearchParams({
    client_id: clientId,
    client_secret: clientSecret,
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  }).toString();
  const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
  const found = await read(await fetch(`${url}/login/oauth/access_token`, { method: 'POST', headers, body }));
  // Refused with 200: https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors
  if (typeof found['access_token'] === 'string') return found['access_token'];
  throw new Error(`GitHub gave no token: ${word(found['error'])}`);
}

async function whoIs({ api }: GitHubSettings, fetch: Fetch, token: string): Promise<Identity> {
  const headers = { accept: 'application/vnd.github+json', authorization: `Bearer ${token}`, 'x-github-api-version': '2022-11-28' };
  const { id, login } = await read(await fetch(`${api}/user`, { method: 'GET', headers }));
  if (Number.isSafeInteger(id) && typeof login === 'string') return { id: String(id), name: login };
  throw new Error('GitHub did not say who the token is of');
}

async function read(response: Response): Promise<Readonly<Record<string, unknown>>> {
  if (response.status !== 200) throw new Error(`GitHub answered with ${response.status}`);
  const found: unknown = await response.json();
  return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : {};
}

/** An error's name, as the standards have it; nothing else that somebody may have put there. */
const word = (text: unknown): string => (typeof text === 'string' && /^\w{1,60}$/.test(text) ? text : 'without a reason');
