import { OutsideError, RefusedError } from '../../../domain/errors.ts';
import type { HttpClient } from '../../http/client.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import type { Location } from './location.ts';

interface Token {
  readonly header: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Of the specification: a token that does not say how long it lives, lives a minute. */
const defaultLifeSeconds = 60;
const margin = 5_000;

/**
 * The authorization of one registry: nothing, basic, or a bearer token per repository.
 * https://distribution.github.io/distribution/spec/auth/token/
 */
export class Authorization {
  readonly #http: HttpClient;
  readonly #registry: Pick<Location, 'host' | 'base' | 'settings' | 'dockerHub'>;
  #challenge: Promise<Challenge | undefined> | undefined;
  readonly #tokens = new Map<string, Promise<Token>>();

  constructor(http: HttpClient, registry: Pick<Location, 'host' | 'base' | 'settings' | 'dockerHub'>) {
    this.#http = http;
    this.#registry = registry;
  }

  /** The header to send for a repository; empty for none. */
  async header(repository: string): Promise<string> {
    if (this.#challenge === undefined && this.#registry.settings.password !== undefined) {
      this.#challenge = this.#ping().catch((error: unknown) => {
        this.#challenge = undefined; // asked again by the next request
        throw error;
      });
    }
    const challenge = await this.#challenge;
    return challenge === undefined ? '' : this.#answer(challenge, repository);
  }

  /** After a 401 to `used`: another header to try, once; undefined when there is none. */
  async renew(repository: string, wwwAuthenticate: string | undefined, used: string): Promise<string | undefined> {
    const challenge = best(parseChallenges(wwwAuthenticate ?? ''), this.#registry.settings.password !== undefined);
    if (challenge === undefined) return undefined;
    this.#challenge = Promise.resolve(challenge);
    const known = await this.#tokens.get(repository)?.catch(() => undefined);
    if (known?.header === used) this.#tokens.delete(repository);
    const header = await this.#answer(challenge, repository);
    return header === used ? undefined : header;
  }

  /** With credentials the registry is asked how it wants them, since one that serves anybody something never asks by itself. */
  async #ping(): Promise<Challenge | undefined> {
    const reply = await this.#http.request({ url: `${this.#registry.base}/v2/`, headers: { authorization: '' }, maxBytes: 1024 * 1024 });
    return reply.status === 401 ? best(parseChallenges(reply.headers['www-authenticate'] ?? ''), true) : undefined;
  }

  async #answer(challenge: Challenge, repository: string): Promise<string> {
    if (challenge.scheme === 'basic') return this.#basic();
    const known = this.#tokens.get(repository);
    const token = await known?.catch(() => undefined);
    if (token !== undefined && token.until > Date.now()) return token.header;
    if (this.#tokens.get(repository) === known) this.#tokens.set(repository, this.#ask(challenge, repository));
    const asked = this.#tokens.get(repository);
    return asked === undefined ? '' : (await asked).header;
  }

  #basic(): string {
    const { username = '', password = '' } = this.#registry.settings;
    return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }

  async #ask(challenge: Challenge, repository: string): Promise<Token> {
    const { host } = this.#registry;
    const { realm = '', service, scope } = challenge.parameters;
    const url = URL.canParse(realm) ? new URL(realm) : undefined;
    if (url === undefined || !this.#mayAsk(url)) throw new OutsideError(host, `${host} names a token service that is not asked: ${realm}`);
    if (service !== undefined) url.searchParams.set('service', service);
    url.searchParams.set('scope', ownScope(scope, repository));
    const authorization = this.#mayHaveCredentials(url) ? this.#basic() : '';
    const reply = await this.#http.request({
      url: url.href,
      headers: { accept: 'application/json', authorization },
      maxBytes: 1024 * 1024,
    });
    const what = `asking ${url.host} for a token to read ${repository} at ${host}`;
    if (reply.status !== 200) throw this.#refusal(what, url, reply.status, authorization !== '');
    return readToken(reply.body.toString('utf8'), `${what}: the reply holds no token`, host);
  }

  #refusal(what: string, realm: URL, status: number, withCredentials: boolean): RefusedError {
    const { host, settings } = this.#registry;
    const missing = settings.password !== undefined && !withCredentials;
    const help = missing
      ? `the credentials were not sent, because ${realm.host} is not in tokenHosts of registries["${host}"]`
      : `check username and password of registries["${host}"]`;
    return new RefusedError(host, `${what}: status ${status}; ${help}`, { status });
  }

  /** A registry reached over TLS has no business naming an unprotected token service. */
  #mayAsk(realm: URL): boolean {
    return realm.protocol === 'https:' || (realm.protocol === 'http:' && this.#registry.settings.insecure === true);
  }

  #mayHaveCredentials(realm: URL): boolean {
    const { host, settings, dockerHub } = this.#registry;
    if (settings.password === undefined) return false;
    return realm.host === host || (dockerHub && realm.host === 'auth.docker.io') || (settings.tokenHosts ?? []).includes(realm.host);
  }
}

/** A token, where the registry gives them; else basic, where there is something to say. */
function best(challenges: readonly Challenge[], hasCredentials: boolean): Challenge | undefined {
  const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters['realm'] !== undefined);
  return bearer ?? (hasCredentials ? challenges.find(({ scheme }) => scheme === 'basic') : undefined);
}

/** Reading only, under the name that the challenge uses where that is this repository's: a registry may know it by a longer one. */
function ownScope(scope: string | undefined, repository: string): string {
  const name = scope?.startsWith('repository:') === true ? scope.split(':')[1] : undefined;
  return `repository:${name?.endsWith(repository) === true ? name : repository}:pull`;
}

function readToken(text: string, problem: string, host: string): Token {
  try {
    const { token, access_token: access, expires_in: life } = JSON.parse(text) as Record<string, unknown>;
    const value = [token, access].find((one): one is string => typeof one === 'string' && /^[\x21-\x7e]+$/.test(one));
    if (value === undefined) throw new OutsideError(host, problem);
    const seconds = typeof life === 'number' && life > 0 ? life : defaultLifeSeconds;
    return { header: `Bearer ${value}`, until: Date.now() + seconds * 1000 - margin };
  } catch (error) {
    // The parser's own words hold a piece of the reply, which may be a token.
    throw error instanceof OutsideError ? error : new OutsideError(host, problem);
  }
}
