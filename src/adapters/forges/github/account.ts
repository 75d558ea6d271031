import type { Octokit } from '@octokit/rest';
import { RefusedError, UsageError } from '../../../domain/errors.ts';
import type { HttpClient } from '../../http/client.ts';
import { refusalIn } from './refusals.ts';
import { createFetch, GitHubRefusal, type Manner } from './transport.ts';

/** A token, or a GitHub App with its private key (PEM). */
export type Credentials = { readonly token: string } | { readonly appId: number; readonly privateKey: string };

/** Whom we act as. */
export interface Account {
  readonly asApp: boolean;
  /** The App's number; undefined for a token. */
  readonly appId: number | undefined;
  /** Value of the header `authorization` for what belongs to the owner; without one, for ourselves. */
  authorization(owner: string | undefined): Promise<string>;
  /** The same for what anybody may read: without an installation at the owner, that of another; undefined where there is none at all. */
  reading(owner: string): Promise<string | undefined>;
  /** Our name on commits and comments: a user's login, or `slug[bot]`. */
  login(): Promise<string>;
  /** Accounts in which the App is installed and not suspended; undefined for a token. */
  owners(): Promise<readonly string[] | undefined>;
}

export interface AccountOptions {
  readonly name: string;
  /** Base URL of the REST API. */
  readonly api: string;
  readonly credentials: Credentials;
  readonly http: HttpClient;
}

const apiVersion = '2022-11-28';
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** An Octokit over our HTTP client; @octokit/rest is loaded only by who talks to a GitHub. */
export async function createOctokit(api: string, http: HttpClient, authorization: () => Promise<string>): Promise<Octokit> {
  const octokit = await bareOctokit(api, http, 'plain');
  octokit.hook.before('request', async ({ headers }) => {
    headers.authorization = await authorization();
    headers['x-github-api-version'] = apiVersion;
  });
  return octokit;
}

async function bareOctokit(api: string, http: HttpClient, manner: Manner): Promise<Octokit> {
  const { Octokit } = await import('@octokit/rest');
  return new Octokit({ baseUrl: api, log: silent, request: { fetch: createFetch(http, manner) } });
}

export const createAccount = (options: AccountOptions): Account =>
  'token' in options.credentials ? new TokenAccount(options, options.credentials.token) : new AppAccount(options, options.credentials);

/** Runs once; a failure is forgotten. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => {
    done ??= work();
    done.catch(() => {
      done = undefined;
    });
    return done;
  };
}

class TokenAccount implements Account {
  readonly asApp = false;
  readonly appId = undefined;
  readonly login: () => Promise<string>;
  readonly #token: string;

  constructor({ api, http }: AccountOptions, token: string) {
    this.#token = token;
    this.login = once(async () => {
      const octokit = await createOctokit(api, http, () => this.authorization());
      try {
        return (await octokit.rest.users.getAuthenticated()).data.login;
      } catch (error) {
        // The token of a workflow belongs to no user.
        const refusal = refusalIn(error);
        if (refusal instanceof GitHubRefusal && refusal.status === 403) return 'github-actions[bot]';
        throw error;
      }
    });
  }

  authorization(): Promise<string> {
    return Promise.resolve(`Bearer ${this.#token}`);
  }

  reading(): Promise<string> {
    return this.authorization();
  }

  owners(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}

/** Of @octokit/auth-app: keeps an installation's token until a minute before its end. */
type AppAuth = (options: { readonly type: 'app' } | { readonly type: 'installation'; readonly installationId: number }) => Promise<{
  readonly token: string;
}>;

/** Acts as itself for questions about itself, and as its installation for what belongs to an owner. */
class AppAccount implements Account {
  readonly asApp = true;
  readonly appId: number;
  readonly login: () => Promise<string>;
  readonly #name: string;
  readonly #auth: () => Promise<AppAuth>;
  readonly #octokit: () => Promise<Octokit>;
  #installations: Promise<ReadonlyMap<string, Installation>> | undefined;
  #listedAt = 0;

  constructor({ name, api, http }: AccountOptions, { appId, privateKey }: { readonly appId: number; readonly privateKey: string }) {
    this.#name = name;
    this.appId = appId;
    this.#auth = once(async () => {
      const [{ createAppAuth }, { request }] = await Promise.all([import('@octokit/auth-app'), bareOctokit(api, http, 'repeatable')]);
      return createAppAuth({ appId, privateKey, request, log: silent }) as AppAuth;
    });
    this.#octokit = once(() => createOctokit(api, http, () => this.authorization(undefined)));
    this.login = once(async () => {
      const { data } = await (await this.#octokit()).rest.apps.getAuthenticated();
      return `${data?.slug ?? ''}[bot]`;
    });
  }

  async authorization(owner: string | undefined): Promise<string> {
    if (owner === undefined) return `Bearer ${await this.#token({ type: 'app' })}`;
    const { id: installationId } = await this.#installation(owner);
    return `Bearer ${await this.#token({ type: 'installation', installationId })}`;
  }

  async reading(owner: string): Promise<string | undefined> {
    const all = await this.#all();
    const usable = [all.get(owner.toLowerCase()), ...all.values()].find((one) => one?.suspended === false);
    return usable === undefined ? undefined : this.authorization(usable.login);
  }

  async #token(of: Parameters<AppAuth>[0]): Promise<string> {
    const auth = await this.#auth();
    try {
      return (await auth(of)).token;
    } catch (error) {
      const known = refusalIn(error);
      if (known !== error || error instanceof GitHubRefusal) throw known;
      throw new UsageError(`forges.${this.#name}.privateKey: not a usable private key; give the whole PEM file of the App's key`);
    }
  }

  async owners(): Promise<readonly string[]> {
    return [...(await this.#all()).values()].filter(({ suspended }) => !suspended).map(({ login }) => login);
  }

  async #installation(owner: string): Promise<Installation> {
    const found = (await this.#all()).get(owner.toLowerCase());
    if (found !== undefined && !found.suspended) return found;
    const why = found === undefined ? `is not installed in ${owner}; install it there` : `is suspended in ${owner}; unsuspend it there`;
    throw new RefusedError(
      `${this.#name}:${owner}`,
      `forges.${this.#name}: the GitHub App ${why}, or take its repositories out of app.yml`,
      { status: 403 },
    );
  }

  #all(): Promise<ReadonlyMap<string, Installation>> {
    if (this.#installations === undefined || Date.now() - this.#listedAt > installationsFor) {
      this.#listedAt = Date.now();
      const listed = this.#list();
      this.#installations = listed;
      listed.catch(() => {
        this.#installations = undefined;
      });
    }
    return this.#installations;
  }

  async #list(): Promise<ReadonlyMap<string, Installation>> {
    const octokit = await this.#octokit();
    const found = new Map<string, Installation>();
    for (let page = 1; page <= mostPages; page += 1) {
      const { data } = await octokit.rest.apps.listInstallations({ per_page: pageSize, page });
      for (const { id, account, suspended_at: suspended } of data) {
        const login = account !== null && 'login' in account ? account.login : '';
        found.set(login.toLowerCase(), { id, login, suspended: suspended !== null });
      }
      if (data.length < pageSize) break;
    }
    return found;
  }
}

interface Installation {
  readonly id: number;
  readonly login: string;
  readonly suspended: boolean;
}

/** Milliseconds after which the installations are listed again. */
const installationsFor = 300_000;
const pageSize = 100;
const mostPages = 100;
