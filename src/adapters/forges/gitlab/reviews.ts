import { OutsideError } from '../../../domain/errors.ts';
import type { Review, Reviews } from '../../../domain/forge.ts';
import type { GitLabApi } from './api.ts';
import type { Comments } from './comments.ts';
import { utc } from './merge-request.ts';
import type { Account, Users } from './users.ts';

interface Approval {
  readonly user: Account;
  /** Absent in older versions. */
  readonly approved_at?: string;
}

/**
 * Who approves a merge request, as every edition of GitLab tells it (https://docs.gitlab.com/api/merge_request_approvals/): the users whose
 * approval stands, and never for which commit. `approved` and `approvals_left` say nothing about who it was, and are not looked at.
 */
export class MergeRequestReviews {
  readonly #api: GitLabApi;
  readonly #users: Users;
  readonly #comments: Comments;

  constructor(api: GitLabApi, users: Users, comments: Comments) {
    this.#api = api;
    this.#users = users;
    this.#comments = comments;
  }

  async of(path: string, id: number): Promise<Reviews> {
    const approvals = await this.#approvals(path, id);
    const times = approvals.every(({ approved_at: at }) => at !== undefined) ? new Map() : await this.#noted(path, id);
    const reviews = await Promise.all(
      approvals.map(async ({ user, approved_at: at = times.get(user.id) }): Promise<Review> => {
        const submittedAt = at === undefined ? {} : { submittedAt: utc(at) };
        return { user: await this.#users.of(user), state: 'approved', ...submittedAt };
      }),
    );
    // The head is asked for last: a push in between makes an approval look too old, and never too new.
    const [versions, request] = await this.#api.ask(`looking at merge request !${id} of`, path, async ({ mergeRequests }) => [
      await mergeRequests.allDiffVersions(path, id),
      await mergeRequests.show(path, id),
    ]);
    const newest = versions.toSorted((one, other) => other.id - one.id)[0];
    const since = newest?.head_commit_sha === request.sha ? { since: utc(newest.created_at) } : {};
    reviews.sort((one, other) => (one.submittedAt ?? '').localeCompare(other.submittedAt ?? ''));
    return { author: await this.#users.of(request.author), commit: request.sha, ...since, reviews };
  }

  async #approvals(path: string, id: number): Promise<readonly Approval[]> {
    const doing = `listing the approvals of merge request !${id} of`;
    const found = await this.#api.ask(doing, path, ({ approvals }) => approvals.showConfiguration(path, { mergerequestIId: id }));
    if (!Array.isArray(found.approved_by)) throw new OutsideError(`${this.#api.name}:${path}`, `${doing} ${path}: GitLab names nobody`);
    return found.approved_by as unknown as readonly Approval[];
  }

  /** When each user's approval that still stands was noted, where the approvals themselves do not say it. */
  async #noted(path: string, id: number): Promise<ReadonlyMap<number, string>> {
    const times = new Map<number, string>();
    for (const { system, body, author, created_at: at } of await this.#comments.all({ path, kind: 'merge request', id })) {
      if (!system) continue;
      if (body === 'approved this merge request') times.set(author.id, at);
      if (body === 'unapproved this merge request') times.delete(author.id);
    }
    return times;
  }
}
