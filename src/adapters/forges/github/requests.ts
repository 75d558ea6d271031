import type { RestEndpointMethodTypes } from '@octokit/rest';
import { OutsideError } from '../../../domain/errors.ts';
import type { ForgeUser } from '../../../domain/forge-user.ts';
import type { ListedRequest, RequestComment, RequestForge, RequestNow } from '../../../domain/request-forge.ts';
import type { GitHubApi } from './api.ts';
import { isOwn, type ListedPull, stateOf, utc } from './pull-request.ts';
import { toUser } from './reviews.ts';
import type { Writer } from './writer.ts';

type ShownPull = RestEndpointMethodTypes['pulls']['get']['response']['data'];

const mostPages = 100;

/** Anybody's pull requests, and who says what below them. See RequestForge. */
export class Requests implements RequestForge {
  readonly #api: GitHubApi;
  readonly #writer: Writer;

  constructor(api: GitHubApi, writer: Writer) {
    this.#api = api;
    this.#writer = writer;
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
    const { data } = await this.#api.ask(`looking at pull request #${id} of`, path, (rest, at) =>
      rest.pulls.get({ ...at, pull_number: id }),
    );
    const base = await this.#base(path, data.base.ref, data.head.sha);
    return { ...toListed(data), state: stateOf(data), ...(base === undefined ? {} : { base }) };
  }

  /** A repository and its forks share their commits, so the base's can compare them all. */
  async #base(path: string, target: string, commit: string): Promise<string | undefined> {
    const basehead = `${target}...${commit}`;
    const compared = await this.#api.find(`comparing ${basehead} in`, path, (rest, at) =>
      rest.repos.compareCommitsWithBasehead({ ...at, basehead, per_page: 1 }),
    );
    return compared?.data.merge_base_commit.sha;
  }

  /** Times are whole seconds: an edit within the second in which it was written does not show. */
  async requestComment(path: string, id: number, comment: number): Promise<RequestComment | undefined> {
    const found = await this.#api.find(`looking at comment ${comment} on pull request #${id} of`, path, (rest, at) =>
      rest.issues.getComment({ ...at, comment_id: comment }),
    );
    // It is asked for by its own number: which pull request it belongs to, its address says.
    if (found === undefined || !found.data.issue_url.endsWith(`/issues/${id}`) || found.data.user === null) return undefined;
    const { body = '', user, created_at: created, updated_at: updated } = found.data;
    const isOurs = user.login.toLowerCase() === (await this.#writer.login()).toLowerCase();
    const author = toUser(user);
    return {
      id: comment,
      text: body,
      author: { ...author, bot: author.bot || isOurs },
      createdAt: utc(created),
      edited: updated !== created,
    };
  }

  /** Maintainers count as who may write, triagers as who may read. https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user */
  async mayWrite(path: string, { id, name }: Pick<ForgeUser, 'id' | 'name'>): Promise<boolean> {
    const found = await this.#api.find(`looking at the permission of ${name} in`, path, (rest, at) =>
      rest.repos.getCollaboratorPermissionLevel({ ...at, username: name }),
    );
    // A login can be given up, and taken by somebody else.
    if (found === undefined || String(found.data.user?.id) !== id) return false;
    return found.data.permission === 'admin' || found.data.permission === 'write';
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
