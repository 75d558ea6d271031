import type {
  Branches,
  Commits,
  Events,
  GroupHooks,
  GroupMembers,
  Groups,
  IssueNotes,
  MergeRequestApprovals,
  MergeRequestNotes,
  MergeRequests,
  ProjectHooks,
  ProjectLabels,
  ProjectMembers,
  ProjectReleases,
  Projects,
  ProtectedBranches,
  Repositories,
  RepositoryFiles,
  Tags,
  Users,
} from '@gitbeaker/rest';
import { OutsideError } from '../../../domain/errors.ts';
import type { HttpClient } from '../../http/client.ts';
import { explained } from './refusals.ts';
import { createRequestHandler, GitLabRefusal } from './transport.ts';

/** The parts of GitLab's REST API that we use, as @gitbeaker names them. */
export interface Resources {
  readonly approvals: MergeRequestApprovals;
  readonly branches: Branches;
  readonly commits: Commits;
  readonly events: Events;
  readonly groups: Groups;
  readonly groupHooks: GroupHooks;
  readonly groupMembers: GroupMembers;
  readonly issueNotes: IssueNotes;
  readonly labels: ProjectLabels;
  readonly notes: MergeRequestNotes;
  readonly members: ProjectMembers;
  readonly mergeRequests: MergeRequests;
  readonly releases: ProjectReleases;
  readonly projects: Projects;
  readonly projectHooks: ProjectHooks;
  readonly protectedBranches: ProtectedBranches;
  readonly repositories: Repositories;
  readonly files: RepositoryFiles;
  readonly tags: Tags;
  readonly users: Users;
}

export interface ApiOptions {
  /** Name of the forge in app.yml. */
  readonly name: string;
  /** GitLab's address without a trailing slash: `https://gitlab.com`, `https://host/gitlab`. */
  readonly url: string;
  readonly token: string;
  readonly http: HttpClient;
}

/** What one page of a list asks for; @gitbeaker's own paging is not used, so that a page has a bound and says when it is the last. */
export interface Paging {
  readonly page: number;
  readonly perPage: number;
  readonly showExpanded: true;
}

interface PageInfo {
  readonly next: number | null;
  /** Of the reply's headers; NaN where they are missing. */
  readonly perPage?: number;
  readonly totalPages?: number;
}

interface Page<T> {
  readonly data: readonly T[];
  readonly paginationInfo: PageInfo;
}

export interface Listed<T> {
  readonly items: readonly T[];
  /** False when the bound was reached before the last page. */
  readonly complete: boolean;
}

const pageSize = 100;

/** One GitLab: asks, and explains its refusals. */
export class GitLabApi {
  readonly name: string;
  readonly url: string;
  readonly host: string;
  readonly #options: ApiOptions;
  #resources: Promise<Resources> | undefined;

  constructor(options: ApiOptions) {
    this.name = options.name;
    this.url = options.url;
    this.host = new URL(options.url).host;
    this.#options = options;
  }

  /** Asks about a project or group; `doing` fits before the path: "listing the branches of"; `role` is the one that it takes, where that is not Developer. */
  async ask<T>(doing: string, path: string | undefined, work: (resources: Resources) => Promise<T>, role?: string): Promise<T> {
    this.#resources ??= connect(this.#options);
    const resources = await this.#resources;
    return explained({ forge: this.name, url: this.url, path, doing, role }, () => work(resources));
  }

  /** As `ask`; undefined where GitLab says 404. */
  async find<T>(doing: string, path: string | undefined, work: (resources: Resources) => Promise<T>): Promise<T | undefined> {
    return this.ask(doing, path, async (resources) => {
      try {
        return await work(resources);
      } catch (error) {
        if (error instanceof GitLabRefusal && error.status === 404) return undefined;
        throw error;
      }
    });
  }

  /**
   * All branches or tags. Their first page names a second one whether there is one or not, and holds everything that a search found, so
   * that reading on would give it twice (`paginate_first_page_via_gitaly` in GitLab's lib/gitlab/pagination/gitaly_keyset_pager.rb): only
   * after a page of exactly the size that was asked for there may be another.
   */
  async listRefs<T>(
    get: (paging: Paging) => Promise<unknown>,
    { maxPages, perPage = pageSize }: { readonly maxPages: number; readonly perPage?: number },
  ): Promise<readonly T[]> {
    const items: T[] = [];
    for (let page = 1; page <= maxPages; page += 1) {
      const { data } = await this.page<T>(get, page, perPage);
      items.push(...data);
      if (data.length !== perPage) break;
    }
    return items;
  }

  /** The pages of a list, from the first or the given one to the last; at most `maxPages`. A page that fails fails the whole list. */
  async list<T>(
    get: (paging: Paging) => Promise<unknown>,
    { maxPages, perPage = pageSize, from = 1 }: { readonly maxPages: number; readonly perPage?: number; readonly from?: number },
  ): Promise<Listed<T>> {
    const items: T[] = [];
    for (let page = from; page < from + maxPages; page += 1) {
      const { data, next } = await this.page<T>(get, page, perPage);
      for (const item of data) items.push(item);
      if (next === undefined) return { items, complete: true };
    }
    return { items, complete: false };
  }

  /** One page, and the number of the next one. */
  async page<T>(
    get: (paging: Paging) => Promise<unknown>,
    page: number,
    perPage = pageSize,
  ): Promise<{ data: readonly T[]; next: number | undefined; totalPages: number | undefined }> {
    const { data, paginationInfo } = (await get({ page, perPage, showExpanded: true })) as Page<T>;
    if (!Array.isArray(data)) throw this.#odd('something else than a list');
    const { totalPages = Number.NaN } = paginationInfo;
    const next = nextPage(paginationInfo, page, data.length >= perPage);
    if (next !== undefined && next !== page + 1) throw this.#odd(`page ${next} as the one after page ${page}`);
    return { data, next, totalPages: Number.isNaN(totalPages) ? undefined : totalPages };
  }

  #odd(what: string): OutsideError {
    return new OutsideError(this.host, `${this.host} answered with ${what}; is this GitLab, and no proxy in between?`);
  }
}

/** Where a proxy took the paging headers away, a full page means that there may be another. */
function nextPage({ next, perPage }: PageInfo, page: number, full: boolean): number | undefined {
  const saysNothing = next === null && Number.isNaN(perPage ?? Number.NaN);
  return saysNothing && full ? page + 1 : (next ?? undefined);
}

/** @gitbeaker takes a tenth of a second and 13 MB to load: only who talks to a GitLab pays for it. */
async function connect({ url, token, http }: ApiOptions): Promise<Resources> {
  const [rest, { createRequesterFn }] = await Promise.all([import('@gitbeaker/rest'), import('@gitbeaker/requester-utils')]);
  const requesterFn = createRequesterFn((_, request) => Promise.resolve(request), createRequestHandler(http));
  const options = { host: url, token, requesterFn, queryTimeout: null, rateLimits: {} };
  return {
    approvals: new rest.MergeRequestApprovals(options),
    branches: new rest.Branches(options),
    commits: new rest.Commits(options),
    events: new rest.Events(options),
    groups: new rest.Groups(options),
    groupHooks: new rest.GroupHooks(options),
    groupMembers: new rest.GroupMembers(options),
    issueNotes: new rest.IssueNotes(options),
    labels: new rest.ProjectLabels(options),
    notes: new rest.MergeRequestNotes(options),
    members: new rest.ProjectMembers(options),
    mergeRequests: new rest.MergeRequests(options),
    releases: new rest.ProjectReleases(options),
    projects: new rest.Projects(options),
    projectHooks: new rest.ProjectHooks(options),
    protectedBranches: new rest.ProtectedBranches(options),
    repositories: new rest.Repositories(options),
    files: new rest.RepositoryFiles(options),
    tags: new rest.Tags(options),
    users: new rest.Users(options),
  };
}
