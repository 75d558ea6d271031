import { isDeepStrictEqual } from 'node:util';
import { label } from '../../../domain/identifiers.ts';
import type { Store } from '../../../domain/store.ts';
import { stillNeeded } from '../still-needed.ts';
import type { GitHubApi } from './api.ts';
import { isOurs, type KnownPull, type ListedPull, mayBeUnfinished, toPull, utc } from './pull-request.ts';

const space = 'github-pull-requests';

interface Kept {
  /** Time of the newest change seen, as GitHub's own clock says. */
  readonly seen: string;
  readonly requests: readonly KnownPull[];
}

/** What the heads of branches are, and what commits of ours were built on, as far as this process knows. */
export interface Heads {
  readonly head: (path: string, branch: string) => string | undefined;
  readonly baseOf: (commit: string) => string | undefined;
}

/** Changes may become visible a little later than others that are newer. */
const overlapMs = 5 * 60_000;
const mostPages = 1_000;

/** At the first reading of a repository, and when only what is new is asked for: an entry is 20 kB long. */
const pageSizes = { first: 100, later: 30 };

/** The pull requests from our branches: each reading asks for what changed since the one before, which the store keeps. */
export class PullRequestLists {
  readonly #api: GitHubApi;
  readonly #store: Store;
  readonly #heads: Heads;

  constructor(api: GitHubApi, store: Store, heads: Heads) {
    this.#api = api;
    this.#store = store;
    this.#heads = heads;
  }

  /** Newest first. */
  async of(path: string): Promise<readonly KnownPull[]> {
    const key = `${this.#api.url} ${path.toLowerCase()}`;
    const kept = await this.#store.get<Kept>(space, key);
    const changed = await this.#changed(path, kept?.seen);
    const known = (kept?.requests ?? []).filter(stillNeeded(new Date()));
    const all = new Map(known.map((request) => [request.id, request]));
    for (const request of changed.filter(isOurs).map(toPull)) all.set(request.id, withKnown(request, all.get(request.id)));
    const sorted = [...all.values()].sort((one, other) => other.id - one.id);
    const requests = await Promise.all(sorted.map(async (request) => this.#labelled(path, await this.#checked(path, request))));
    const seen = changed.map(({ updated_at: at }) => utc(at)).reduce((one, other) => (other > one ? other : one), kept?.seen ?? '');
    const next: Kept = { seen, requests };
    if (!isDeepStrictEqual(next, kept)) await this.#store.put(space, key, next);
    return requests;
  }

  async #changed(path: string, seen: string | undefined): Promise<readonly ListedPull[]> {
    const since = seen === undefined || seen === '' ? undefined : Date.parse(seen) - overlapMs;
    const isOld = (request: ListedPull | undefined) =>
      since !== undefined && request !== undefined && Date.parse(request.updated_at) < since;
    const { items } = await this.#api.ask('listing the pull requests of', path, (rest, at) =>
      this.#api.list<ListedPull>(
        ({ page, per_page }) =>
          rest.pulls.list({
            ...at,
            state: 'all',
            sort: 'updated',
            direction: 'desc',
            page,
            per_page,
            ...(since !== undefined && page === 1 ? { request: this.#api.conditional } : {}),
          }),
        { maxPages: mostPages, perPage: since === undefined ? pageSizes.first : pageSizes.later, enough: (page) => isOld(page.at(-1)) },
      ),
    );
    return items.filter((request) => !isOld(request));
  }

  /**
   * A list says nothing of conflicts, which come and go with both branches: each open one is asked for when one of them has moved, and
   * again until GitHub, which works it out later, knows. https://docs.github.com/en/rest/pulls/pulls#get-a-pull-request
   */
  async #checked(path: string, request: KnownPull): Promise<KnownPull> {
    const target = this.#heads.head(path, request.target);
    const heads = `${target} ${request.commit}`;
    if (request.state !== 'open' || target === undefined || request.checked === heads) return request;
    if (this.#heads.baseOf(request.commit) === target) return { ...request, conflicts: false, checked: heads };
    const { data } = await this.#api.ask(`looking at pull request #${request.id} of`, path, (rest, at) =>
      rest.pulls.get({ ...at, pull_number: request.id }),
    );
    return data.mergeable === null ? { ...request, conflicts: false } : { ...request, conflicts: !data.mergeable, checked: heads };
  }

  /**
   * A label that is missing was taken off by a person, or the process that opened the pull request ended before it put it on. Only the
   * pull request's own history tells. https://docs.github.com/en/rest/issues/events#list-issue-events-for-an-issue
   */
  async #labelled(path: string, request: KnownPull): Promise<KnownPull> {
    if (request.labelled === true) return request;
    if (!request.labels.includes(label) && (!mayBeUnfinished(request) || !(await this.#wasLabelled(path, request.id)))) return request;
    return { ...request, labelled: true };
  }

  async #wasLabelled(path: string, id: number): Promise<boolean> {
    const { items } = await this.#api.ask(`reading the events of pull request #${id} of`, path, (rest, at) =>
      this.#api.list((paging) => rest.issues.listEvents({ ...at, issue_number: id, ...paging }), { maxPages: mostPages }),
    );
    return items.some((event) => event.event === 'labeled' && 'label' in event && event.label?.name === label);
  }
}

/** As it is listed now, with what was found out about it before. */
function withKnown(request: KnownPull, { checked, conflicts, labelled }: Partial<KnownPull> = {}): KnownPull {
  return {
    ...request,
    ...(checked !== undefined && { checked, conflicts: conflicts === true }),
    ...(labelled !== undefined && { labelled }),
  };
}
