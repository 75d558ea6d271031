import type { RestEndpointMethodTypes } from '@octokit/rest';
import type { GatedRequest } from '../../../domain/access-forge.ts';
import { OutsideError } from '../../../domain/errors.ts';
import type { ForgeUser } from '../../../domain/forge-user.ts';
import type { ListedRequest, RequestForge, RequestNow } from '../../../domain/request-forge.ts';
import type { GitHubApi } from './api.ts';
import { isOwn, type ListedPull, stateOf, utc } from './pull-request.ts';
import { toUser } from './users.ts';

type ShownPull = RestEndpointMethodTypes['pulls']['get']['response']['data'];

const mostPages = 100;

/** Anybody's pull requests. See RequestForge. */
export class Requests implements Omit<RequestForge, 'requestComment'> {
  readonly #api: GitHubApi;

  constructor(api: GitHubApi) {
    this.#api = api;
  }

  async openRequests(path: string, target: string): Promise<readonly ListedRequest[]> {
    const doing = `listing the open pull requests into ${target} of`;
    const request = this.#api.conditional;
    const which = { state: 'open', base: target, sort: 'created', direction: 'desc', request } as const;
    const { items, complete } = await this.#api.ask(doing, path, (rest, at) =>
      this.#api.list<ListedPull>((paging) => rest.pulls.list({ ...at, ...which, ...paging }), { maxPages: mostPages }),
    );
    if (!complete) throw new OutsideError(`${this.#api.name}:${path}`, `${doing} ${path}: there are more than can be read`);
    // One that is opened while the pages are read moves others to the next page, where they are seen again.
    return [...new Map(items.map((of) => [of.number, toListed(of)])).values()];
  }

  async request(path: string, id: number): Promise<RequestNow> {
    return this.#now(path, await this.#shown(path, id));
  }

  /** See AccessForge. */
  async gatedRequest(path: string, id: number): Promise<GatedRequest> {
    const of = await this.#shown(path, id);
    const merged = toMerged(of);
    return { ...(await this.#now(path, of)), createdAt: utc(of.created_at), ...(merged !== undefined && { merged }) };
  }

  async #shown(path: string, id: number): Promise<ShownPull> {
    const { data } = await this.#api.ask(`looking at pull request #${id} of`, path, (rest, at) =>
      rest.pulls.get({ ...at, pull_number: id }),
    );
    return data;
  }

  async #now(path: string, of: ShownPull): Promise<RequestNow> {
    // Of a merged one the target contains the head: what it was before does not.
    const base = await this.#base(path, of.merged_at === null ? of.base.ref : of.base.sha, of.head.sha);
    return { ...toListed(of), state: stateOf(of), ...(base === undefined ? {} : { base }) };
  }

  /** A repository and its forks share their commits, so the base's can compare them all. */
  async #base(path: string, target: string, commit: string): Promise<string | undefined> {
    const basehead = `${target}...${commit}`;
    const compared = await this.#api.find(`comparing ${basehead} in`, path, (rest, at) =>
      rest.repos.compareCommitsWithBasehead({ ...at, basehead, per_page: 1 }),
    );
    return compared?.data.merge_base_commit.sha;
  }

  async mayWrite(path: string, user: Pick<ForgeUser, 'id' | 'name'>): Promise<boolean> {
    const permission = await this.#permission(path, user);
    return permission === 'admin' || permission === 'write';
  }

  async mayRead(path: string, user: Pick<ForgeUser, 'id' | 'name'>): Promise<boolean> {
    return ['admin', 'write', 'read'].includes((await this.#permission(path, user)) ?? '');
  }

  /** Maintainers count as who may write, triagers as who may read. https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user */
  async #permission(path: string, { id, name }: Pick<ForgeUser, 'id' | 'name'>): Promise<string | undefined> {
    if (name === '') return undefined;
    const found = await this.#api.find(`looking at the permission of ${name} in`, path, (rest, at) =>
      rest.repos.getCollaboratorPermissionLevel({ ...at, username: name }),
    );
    // A login can be given up, and taken by somebody else.
    return found !== undefined && String(found.data.user?.id) === id ? found.data.permission : undefined;
  }
}

const toListed = (of: ListedPull | ShownPull): ListedRequest => ({
  id: of.number,
  url: of.html_url,
  title: of.title,
  branch: of.head.ref,
  target: of.base.ref,
  commit: of.head.sha,
  labels: of.labels.map(({ name }) => name),
  fork: !isOwn(of),
  author: of.user === null ? { id: '', name: 'ghost' } : { id: String(of.user.id), name: of.user.login },
  draft: of.draft === true,
});

/** Until it is merged, `merge_commit_sha` is a trial of GitHub's. */
function toMerged({ merged_at: at, merged_by: by, merge_commit_sha: commit }: ShownPull): GatedRequest['merged'] {
  return at === null || commit === null ? undefined : { at: utc(at), ...(by !== null && { by: toUser(by) }), commit };
}
