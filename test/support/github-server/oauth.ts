import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { User, World } from './world.ts';

/** An OAuth App that somebody registered there. https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps */
export interface OAuthApp {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly callback: string;
}

interface Code {
  readonly app: OAuthApp;
  readonly user: User;
  readonly redirectUri: string;
  readonly challenge: string | undefined;
  readonly until: number;
}

const tenMinutes = 600_000;

/** What of GitHub is no API: people agree, and a code becomes a token. */
export class OAuth {
  readonly apps: OAuthApp[] = [];
  /** Who sits before the browser; undefined: somebody who does not agree. */
  login: string | undefined;
  readonly #world: World;
  readonly #codes = new Map<string, Code>();
  readonly #tokens: Map<string, User>;

  constructor(world: World, tokens: Map<string, User>) {
    this.#world = world;
    this.#tokens = tokens;
  }

  /** False for what is none of it. */
  answer({ method, url = '/', headers }: IncomingMessage, response: ServerResponse, body: string): boolean {
    const { pathname, searchParams } = new URL(url, this.#world.url);
    if (method === 'GET' && pathname === '/login/oauth/authorize') this.#authorize(searchParams, response);
    else if (method === 'POST' && pathname === '/login/oauth/access_token') {
      const form = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
      this.#answer(headers.accept ?? '', response, this.#token(form ? new URLSearchParams(body) : new URLSearchParams()));
    } else return false;
    return true;
  }

  #authorize(query: URLSearchParams, response: ServerResponse): void {
    const app = this.apps.find(({ clientId }) => clientId === query.get('client_id'));
    const redirectUri = query.get('redirect_uri') ?? app?.callback;
    if (app === undefined || redirectUri === undefined) return void response.writeHead(404).end('Not Found');
    const to = new URL(isBelow(redirectUri, app.callback) ? redirectUri : app.callback);
    const user = this.#world.users.find(({ login }) => login === this.login);
    const challenge = query.get('code_challenge') ?? undefined;
    const isWrong = !isBelow(redirectUri, app.callback) ? 'redirect_uri_mismatch' : user === undefined ? 'access_denied' : undefined;
    if (isWrong !== undefined || user === undefined) {
      to.searchParams.set('error', isWrong ?? '');
      to.searchParams.set('error_description', 'The user has denied your application access.');
    } else {
      const code = randomBytes(10).toString('hex');
      this.#codes.set(code, { app, user, redirectUri, challenge, until: Date.now() + tenMinutes });
      to.searchParams.set('code', code);
    }
    const state = query.get('state');
    if (state !== null) to.searchParams.set('state', state);
    response.writeHead(302, { location: to.href }).end();
  }

  /** Errors come with status 200. https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors */
  #token(form: URLSearchParams): Readonly<Record<string, string>> {
    const app = this.apps.find(
      ({ clientId, clientSecret }) => clientId === form.get('client_id') && clientSecret === form.get('client_secret'),
    );
    if (app === undefined) return refusal('incorrect_client_credentials');
    const code = form.get('code') ?? '';
    const found = this.#codes.get(code);
    this.#codes.delete(code);
    if (found?.app !== app || found.until < Date.now() || !isProven(found, form.get('code_verifier')))
      return refusal('bad_verification_code');
    if (form.has('redirect_uri') && form.get('redirect_uri') !== found.redirectUri) return refusal('redirect_uri_mismatch');
    const token = `gho_${randomBytes(18).toString('hex')}`;
    this.#tokens.set(token, found.user);
    return { access_token: token, scope: '', token_type: 'bearer' };
  }

  /** JSON only for who asks for it. */
  #answer(accept: string, response: ServerResponse, reply: Readonly<Record<string, string>>): void {
    const isJson = accept.includes('application/json');
    const type = isJson ? 'application/json; charset=utf-8' : 'application/x-www-form-urlencoded; charset=utf-8';
    response.writeHead(200, { 'content-type': type }).end(isJson ? JSON.stringify(reply) : new URLSearchParams(reply).toString());
  }
}

const refusal = (error: string) => ({ error, error_description: 'as its page says', error_uri: 'https://docs.github.com/' });

/** https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#redirect-urls */
function isBelow(url: string, callback: string): boolean {
  const [a, b] = [URL.parse(url), new URL(callback)];
  return a !== null && a.origin === b.origin && (a.pathname === b.pathname || a.pathname.startsWith(`${b.pathname.replace(/\/$/, '')}/`));
}

const isProven = ({ challenge }: Code, verifier: string | null): boolean =>
  challenge === undefined || (verifier !== null && createHash('sha256').update(verifier).digest('base64url') === challenge);
