import type { Octokit } from '@octokit/rest';
import { OutsideError, RefusedError } from '../../../domain/errors.ts';
import type { HttpClient } from '../../http/client.ts';
import type { Account } from './account.ts';
import { createOctokit } from './account.ts';
import { type Address, type Repository, repositoryOf } from './address.ts';
import { explained, refusalIn } from './refusals.ts';
import { createFetch, type Fetch, GitHubRefusal } from './transport.ts';

/** The methods of GitHub's REST API, as Octokit names them. */
export type Rest = Octokit['rest'];

export interface ApiOptions extends Address {
  /** Name of the forge in app.yml. */
  readonly name: string;
  readonly account: Account;
  readonly http: HttpClient;
}

export interface Listed<T> {
  readonly items: readonly T[];
  /** False when the bound was reached before the last page. */
  readonly complete: boolean;
}

/** One page of a list, as Octokit gives it. */
interface Page<T> {
  readonly data: readonly T[];
  readonly headers: { readonly link?: string | undefined };
}

/** Goes as `request` into one of Octokit's methods: in what manner this request is carried. */
export interface Carriage {
  readonly fetch: Fetch;
  readonly parseSuccessResponseBody?: false;
}

const pageSize = 100;

/** One GitHub: asks, and explains its refusals. */
export class GitHubApi {
  readonly name: string;
  readonly url: string;
  readonly host: string;
  readonly account: Account;
  readonly conditional: Carriage;
  readonly repeatable: Carriage;
  readonly streamed: Carriage;
  readonly #options: ApiOptions;
  readonly #octokits = new Map<string | undefined, Promise<Octokit>>();

  constructor(options: ApiOptions) {
    this.name = options.name;
    this.url = options.url;
    this.host = new URL(options.url).host;
    this.account = options.account;
    this.conditional = { fetch: createFetch(options.http, 'conditional') };
    this.repeatable = { fetch: createFetch(options.http, 'repeatable') };
    this.streamed = { fetch: createFetch(options.http, 'streamed'), parseSuccessResponseBody: false };
    this.#options = options;
  }

  /**
   * Asks about a repository; `doing` fits before its path: "listing the branches of"; `permission` is what it takes, where that is not a usual one.
   * Throws RefusedError for a path that is none.
   */
  async ask<T>(doing: string, path: string, work: (rest: Rest, at: Repository) => Promise<T>, permission?: string): Promise<T> {
    const at = repositoryOf(path);
    if (at === undefined) {
      throw new RefusedError(
        `${this.name}:${path}`,
        `${path}: a repository at ${this.host} is called owner/name; correct its path in app.yml`,
      );
    }
    return this.askOwner(doing, path, at.owner, (rest) => work(rest, at), permission);
  }

  /** Asks about something else that belongs to an owner; without one, about ourselves. */
  async askOwner<T>(
    doing: string,
    path: string | undefined,
    owner: string | undefined,
    work: (rest: Rest) => Promise<T>,
    permission?: string,
  ): Promise<T> {
    return explained({ forge: this.name, url: this.url, path, doing, asApp: this.account.asApp, permission }, async () =>
      work((await this.#octokit(owner)).rest),
    );
  }

  /** As `ask`; undefined where GitHub says 404. */
  async find<T>(doing: string, path: string, work: (rest: Rest, at: Repository) => Promise<T>): Promise<T | undefined> {
    return this.ask(doing, path, (rest, at) => unless404(() => work(rest, at)));
  }

  /** As `askOwner`; undefined where GitHub says 404. */
  async findOf<T>(
    doing: string,
    path: string | undefined,
    owner: string | undefined,
    work: (rest: Rest) => Promise<T>,
    permission?: string,
  ): Promise<T | undefined> {
    return this.askOwner(doing, path, owner, (rest) => unless404(() => work(rest)), permission);
  }

  /** The pages of a list; at most `maxPages`, and none after the one of which `enough` says so. A page that fails fails the whole list. */
  async list<T>(
    get: (paging: { readonly page: number; readonly per_page: number }) => Promise<Page<T>>,
    { maxPages, perPage = pageSize, enough }: { maxPages: number; perPage?: number; enough?: (page: readonly T[]) => boolean },
  ): Promise<Listed<T>> {
    const items: T[] = [];
    for (let page = 1; page <= maxPages; page += 1) {
      const { data, headers } = await get({ page, per_page: perPage });
      if (!Array.isArray(data)) throw new OutsideError(this.host, `${this.host} answered with something else than a list; is this GitHub?`);
      for (const item of data) items.push(item);
      if (!/;\s*rel="?next"?/.test(headers.link ?? '') || enough?.(data) === true) return { items, complete: true };
    }
    return { items, complete: false };
  }

  #octokit(owner: string | undefined): Promise<Octokit> {
    const { api, http, account } = this.#options;
    const key = owner?.toLowerCase();
    const found = this.#octokits.get(key) ?? createOctokit(api, http, () => account.authorization(owner));
    this.#octokits.set(key, found);
    return found;
  }
}

/** undefined where GitHub says 404. */
async function unless404<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const refusal = refusalIn(error);
    if (refusal instanceof GitHubRefusal && refusal.status === 404) return undefined;
    throw error;
  }
}
