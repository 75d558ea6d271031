import type { ExpandedMergeRequestSchema, MergeRequestSchema } from '@gitbeaker/rest';
import { OutsideError, RefusedError } from '../../../domain/errors.ts';
import type { ForgeUser } from '../../../domain/forge-user.ts';
import type { ListedRequest, RequestComment, RequestForge, RequestNow } from '../../../domain/request-forge.ts';
import type { GitLabApi } from './api.ts';
import type { Comments } from './comments.ts';
import { isOwn, labelsOf, toState } from './merge-request.ts';

const mostPages = 100;

/** https://docs.gitlab.com/api/members/#roles: Developer may push to branches that nothing protects. */
const developer = 30;
/** May read the files of a private project. */
const reporter = 20;

/** Anybody's merge requests, and who says what below them. See RequestForge. */
export class Requests implements RequestForge {
  readonly #api: GitLabApi;
  readonly #comments: Comments;

  constructor(api: GitLabApi, comments: Comments) {
    this.#api = api;
    this.#comments = comments;
  }

  async openRequests(path: string, target: string): Promise<readonly ListedRequest[]> {
    const doing = `listing the open merge requests into ${target} of`;
    const which = { projectId: path, scope: 'all', state: 'opened', targetBranch: target, orderBy: 'created_at', sort: 'desc' } as const;
    const { items, complete } = await this.#api.ask(doing, path, ({ mergeRequests }) =>
      this.#api.list<MergeRequestSchema>((paging) => mergeRequests.all({ ...which, ...paging }), { maxPages: mostPages }),
    );
    if (!complete) throw new OutsideError(`${this.#api.name}:${path}`, `${doing} ${path}: there are more than can be read`);
    // One that is opened while the pages are read moves others to the next page, where they are seen again.
    return [...new Map(items.filter(hasHead).map((of) => [of.iid, toListed(of)])).values()];
  }

  async request(path: string, id: number): Promise<RequestNow> {
    return this.toNow(path, await this.look(path, id));
  }

  /** As GitLab tells it, with a head. */
  async look(path: string, id: number): Promise<ExpandedMergeRequestSchema> {
    const doing = `looking at merge request !${id} of`;
    const found = await this.#api.ask(doing, path, ({ mergeRequests }) => mergeRequests.show(path, id));
    if (!hasHead(found)) throw new OutsideError(`${this.#api.name}:${path}`, `${doing} ${path}: GitLab knows no head of it yet`);
    return found;
  }

  async toNow(path: string, found: MergeRequestSchema): Promise<RequestNow> {
    const base = await this.#base(path, found.target_branch, found.sha);
    return { ...toListed(found), state: toState(found.state), ...(base === undefined ? {} : { base }) };
  }

  /** GitLab keeps a fork's commits with its merge request in the target's project too. */
  async #base(path: string, target: string, commit: string): Promise<string | undefined> {
    const doing = `looking for the merge base of ${target} and ${commit} in`;
    try {
      return (await this.#api.ask(doing, path, ({ repositories }) => repositories.mergeBase(path, [target, commit]))).id;
    } catch (error) {
      // 400: no such branch, 404: nothing in common.
      if (error instanceof RefusedError && (error.status === 400 || error.status === 404)) return undefined;
      throw error;
    }
  }

  requestComment(path: string, id: number, comment: number): Promise<RequestComment | undefined> {
    return this.#comments.one({ path, kind: 'merge request', id }, comment);
  }

  async mayWrite(path: string, user: Pick<ForgeUser, 'id' | 'name'>): Promise<boolean> {
    return (await this.#level(path, user)) >= developer;
  }

  /** Members from Reporter on, and whoever may read a public or internal project that shows its files to all of them. */
  async mayRead(path: string, user: Pick<ForgeUser, 'id' | 'name'>): Promise<boolean> {
    return (await this.#level(path, user)) >= reporter || this.#isOpenTo(path, user);
  }

  /** 0: no active member. */
  async #level(path: string, { id, name }: Pick<ForgeUser, 'id' | 'name'>): Promise<number> {
    if (!/^[1-9]\d*$/.test(id)) return 0;
    const member = await this.#api.find(`looking for ${name} among the members of`, path, ({ members }) =>
      members.show(path, Number(id), { includeInherited: true }),
    );
    if (member === undefined || String(member.id) !== id) return 0;
    const isActive = member.state === 'active' && (member['membership_state'] ?? 'active') === 'active';
    return isActive ? member.access_level : 0;
  }

  /** Internal projects are not for external users, and only to an administrator's token GitLab says who is one. https://docs.gitlab.com/user/public_access/ */
  async #isOpenTo(path: string, { id, name }: Pick<ForgeUser, 'id' | 'name'>): Promise<boolean> {
    if (!/^[1-9]\d*$/.test(id)) return false;
    const project = await this.#api.ask('looking at the visibility of', path, ({ projects }) => projects.show(path));
    const { visibility, repository_access_level: files } = project;
    if (visibility === 'private' || files !== 'enabled') return false;
    const user = await this.#api.find(`looking at ${name} for`, path, ({ users }) => users.show(Number(id)));
    if (user === undefined || String(user.id) !== id || user.state !== 'active') return false;
    return visibility === 'public' || (visibility === 'internal' && (user as { external?: unknown }).external === false);
  }
}

/** A branch that is gone, or one that GitLab has not looked at yet, has none. */
const hasHead = ({ sha }: MergeRequestSchema): boolean => typeof (sha as string | null) === 'string';

const toListed = (of: MergeRequestSchema): ListedRequest => ({
  id: of.iid,
  url: of.web_url,
  title: of.title,
  branch: of.source_branch,
  target: of.target_branch,
  commit: of.sha,
  labels: labelsOf(of),
  fork: !isOwn(of),
  author: { id: String(of.author.id), name: of.author.username },
  draft: of.draft,
});
