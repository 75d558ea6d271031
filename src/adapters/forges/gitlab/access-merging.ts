import type { ExpandedMergeRequestSchema, MergeRequestSchema } from '@gitbeaker/rest';
import type { AccessForge, GatedRequest } from '../../../domain/access-forge.ts';
import { ConflictError, OutsideError, RefusedError } from '../../../domain/errors.ts';
import { writeOnce } from '../write-once.ts';
import { versionAt } from './access-versions.ts';
import type { GitLabApi } from './api.ts';
import { toState, utc } from './merge-request.ts';
import type { Requests } from './requests.ts';
import type { TokenUser } from './token-user.ts';
import type { Account, Users } from './users.ts';

type Merged = Awaited<ReturnType<AccessForge['merge']>>;

const mostPages = 10;

/** https://docs.gitlab.com/api/merge_requests/#merge-status: GitLab has not made up its mind. */
const passing: readonly unknown[] = ['unchecked', 'checking', 'preparing', 'approvals_syncing'];

/** The same page; what somebody has to do about it. */
const missing: Readonly<Record<string, string>> = {
  ci_must_pass: 'a pipeline has to pass',
  ci_still_running: 'a pipeline is still running',
  commits_status: 'its branch is gone, or has no commits',
  conflict: 'it conflicts with its target',
  discussions_not_resolved: 'threads are not resolved',
  draft_status: 'it is a draft',
  merge_request_blocked: 'another merge request has to be merged before it',
  merge_time: 'it may not be merged yet',
  need_rebase: 'it has to be rebased onto its target',
  not_approved: 'approvals that GitLab demands are missing',
  not_open: 'it is not open',
  requested_changes: 'a reviewer has requested changes',
  status_checks_must_pass: 'external status checks have to pass',
};

/** How a merge request comes to the default branch, and from which one a commit came. */
export class AccessMerging {
  readonly #api: GitLabApi;
  readonly #users: Users;
  readonly #requests: Requests;
  readonly #me: TokenUser;

  constructor(api: GitLabApi, me: TokenUser, users: Users, requests: Requests) {
    this.#api = api;
    this.#me = me;
    this.#users = users;
    this.#requests = requests;
  }

  async gatedRequest(path: string, id: number): Promise<GatedRequest> {
    const found = await this.#requests.look(path, id);
    const now = await this.#requests.toNow(path, found);
    const isOurs = now.author.id === String(await this.#me.id());
    const request = { ...now, createdAt: utc(found.created_at), ...(isOurs && { ours: true as const }) };
    if (toState(found.state) !== 'merged') return request;
    const { merged_at: at, ...of } = found;
    if (typeof at !== 'string') throw this.#error(OutsideError, path, `merge request !${id}: GitLab does not say when it was merged`);
    const by = (of['merge_user'] ?? of['merged_by']) as Account | null | undefined;
    // The target contains all of it by now.
    const { base_commit_sha: base } = await versionAt(this.#api, path, id, found.sha);
    return { ...request, base, merged: { at: utc(at), commit: broughtBy(found), ...(by ? { by: await this.#users.of(by) } : {}) } };
  }

  /**
   * GitLab also names merge requests that a commit merely lies in (`by_related_commit_sha` in its app/models/merge_request.rb), and takes one for merged when
   * somebody pushes its head to the target: then its merge commit is that head, which no merge of GitLab's makes it.
   */
  async mergedWith(path: string, commit: string): Promise<readonly number[]> {
    const doing = `listing the merge requests of commit ${commit} of`;
    const { items, complete } = await this.#api.ask(doing, path, ({ commits }) =>
      this.#api.list<MergeRequestSchema>((paging) => commits.allMergeRequests(path, commit, paging), { maxPages: mostPages }),
    );
    if (!complete) throw this.#error(OutsideError, path, `${doing} ${path}: there are more than can be read`);
    if (items.length === 0) return [];
    const { default_branch: main } = await this.#api.ask('looking at', path, ({ projects }) => projects.show(path));
    return items
      .filter((of) => of.state === 'merged' && of.target_branch === main && of.merge_commit_sha !== of.sha)
      .filter((of) => isFastForward(of) || broughtBy(of) === commit)
      .map(({ iid }) => iid);
  }

  /** Where it was merged at that head already, that is as good. */
  async merge(path: string, id: number, head: string): Promise<Merged> {
    const before = await this.#requests.look(path, id);
    const state = toState(before.state);
    if (before.sha !== head)
      throw this.#error(ConflictError, path, `merging !${id}: its head is ${before.sha} by now; the next run looks again`);
    if (state === 'merged') return { outcome: 'merged' };
    if (state === 'closed') return { outcome: 'refused', reason: 'it is closed' };
    try {
      await writeOnce<unknown>(
        () => this.#api.ask(`merging merge request !${id} of`, path, ({ mergeRequests }) => mergeRequests.merge(path, id, { sha: head })),
        async () => (await this.#isMerged(path, id, head)) || undefined,
      );
      return { outcome: 'merged' };
    } catch (error) {
      if (!(error instanceof RefusedError) || ![401, 403, 405, 406, 422].includes(error.status ?? 0)) throw error;
      return this.#refused(path, id, head, error);
    }
  }

  async #isMerged(path: string, id: number, head: string): Promise<boolean> {
    const { sha, state } = await this.#requests.look(path, id);
    return sha === head && toState(state) === 'merged';
  }

  /** GitLab's own words are a status: why, the merge request says. */
  async #refused(path: string, id: number, head: string, error: RefusedError): Promise<Merged> {
    const now = await this.#requests.look(path, id);
    if (now.sha === head && toState(now.state) === 'merged') return { outcome: 'merged' };
    const status = now['detailed_merge_status'];
    if (error.status === 401 || error.status === 403)
      return {
        outcome: 'refused',
        reason: `the token's user may not merge into ${now.target_branch} (Settings › Repository › Protected branches)`,
      };
    if (passing.includes(status)) {
      throw this.#error(OutsideError, path, `merging !${id}: GitLab is still working out whether it can be merged; try again in a moment`);
    }
    return { outcome: 'refused', reason: missing[String(status)] ?? error.message };
  }

  #error<E>(kind: new (scope: string, message: string) => E, path: string, text: string): E {
    return new kind(`${this.#api.name}:${path}`, `${path} at ${this.#api.host}: ${text}`);
  }
}

const isFastForward = (of: MergeRequestSchema): boolean => !of.merge_commit_sha && !of.squash_commit_sha;

/** What stands on the target's own line. */
const broughtBy = (of: MergeRequestSchema | ExpandedMergeRequestSchema): string => of.merge_commit_sha || of.squash_commit_sha || of.sha;
