import type { CommitSchema, EventSchema, MergeRequestDiffVersionsSchema } from '@gitbeaker/rest';
import type { Hand } from '../../../domain/access-forge.ts';
import { OutsideError } from '../../../domain/errors.ts';
import type { GitLabApi } from './api.ts';
import type { Comments } from './comments.ts';
import { isOwn } from './merge-request.ts';
import type { Requests } from './requests.ts';
import type { Account, Users } from './users.ts';

const mostVersionPages = 20;
const mostEventPages = 200;
/** Who pushed to the branch, or any of its commits elsewhere, before it was opened: that far back is looked, and further where a head's pusher is not known. */
const lookedBackMs = 7 * 24 * 3_600_000;

/** How GitLab notes that somebody changed the branch (app/services/system_notes/commit_service.rb and merge_requests_service.rb of GitLab). */
const branchNote = /^(?:added \d+ (?:new )?commits?\b|applied \d+ suggestions?\b|restored source branch\b)/;

/** https://docs.gitlab.com/api/events/ */
type PushEvent = Pick<EventSchema, 'created_at'> & {
  /** Absent for a user who was deleted. */
  readonly author?: Account;
  readonly push_data?: { readonly commit_to: string | null; readonly ref: string | null };
};

interface Opened {
  readonly id: number;
  readonly branch: string;
  /** Branch to which it goes: who merges it pushes to that. */
  readonly target: string;
  /** Of every version. */
  readonly heads: ReadonlySet<string>;
  /** Of every version, heads among them. */
  readonly commits: ReadonlySet<string>;
  readonly createdAt: string;
}

/** Who had a hand in a merge request. */
export class AccessHands {
  readonly #api: GitLabApi;
  readonly #users: Users;
  readonly #requests: Requests;
  readonly #comments: Comments;

  constructor(api: GitLabApi, users: Users, requests: Requests, comments: Comments) {
    this.#api = api;
    this.#users = users;
    this.#requests = requests;
    this.#comments = comments;
  }

  /** Throws OutsideError where GitLab does not say who pushed a version. Of a fork's branch only its notes tell. */
  async of(path: string, id: number): Promise<readonly Hand[]> {
    const versions = await this.#versions(path, id);
    const request = await this.#requests.look(path, id);
    const newest = versions.toSorted((one, other) => other.id - one.id)[0];
    if (newest?.head_commit_sha !== request.sha) throw this.#failed(path, id, 'GitLab has not worked out its newest version yet');
    const commits = await this.#commits(path, id, versions);
    const heads = new Set(versions.map((one) => one.head_commit_sha));
    const opened: Opened = {
      id,
      branch: request.source_branch,
      target: request.target_branch,
      heads,
      commits: new Set([...heads, ...commits.map((commit) => commit.id)]),
      createdAt: request.created_at,
    };
    const noted = await this.#noted(path, id);
    const pushed = isOwn(request) ? await this.#pushers(path, opened) : [];
    const pushers = new Map([...noted, ...pushed].map((account) => [account.id, account]));
    return [
      { how: 'opener', user: await this.#users.of(request.author) },
      ...new Map(commits.flatMap(signedBy).map((hand) => [JSON.stringify(hand), hand])).values(),
      ...(await Promise.all(
        [...pushers.values()].map(async (account): Promise<Hand> => ({ how: 'pusher', user: await this.#users.of(account) })),
      )),
    ];
  }

  async #versions(path: string, id: number): Promise<readonly MergeRequestDiffVersionsSchema[]> {
    const { items, complete } = await this.#api.ask(`listing the versions of merge request !${id} of`, path, ({ mergeRequests }) =>
      this.#api.list<MergeRequestDiffVersionsSchema>((paging) => mergeRequests.allDiffVersions(path, id, paging), {
        maxPages: mostVersionPages,
      }),
    );
    if (!complete) throw this.#failed(path, id, 'it has more versions than can be read');
    return items;
  }

  async #commits(path: string, id: number, versions: readonly MergeRequestDiffVersionsSchema[]): Promise<readonly CommitSchema[]> {
    const found: CommitSchema[] = [];
    for (const version of versions) {
      const { commits } = await this.#api.ask(`looking at version ${version.id} of merge request !${id} of`, path, ({ mergeRequests }) =>
        mergeRequests.showDiffVersion(path, id, version.id),
      );
      found.push(...commits);
    }
    return found;
  }

  async #noted(path: string, id: number): Promise<readonly Account[]> {
    const notes = await this.#comments.all({ path, kind: 'merge request', id });
    return notes.filter(({ system, body }) => system && branchNote.test(body)).map(({ author }) => author);
  }

  /** Newest first, back to before it was opened. GitLab names none for a push of many branches at once, and forgets those of deleted users. */
  async #pushers(path: string, { id, branch, target, heads, commits, createdAt }: Opened): Promise<readonly Account[]> {
    const unknown = new Set(heads);
    const found: Account[] = [];
    const since = Date.parse(createdAt) - lookedBackMs;
    let page: number | undefined = 1;
    while (page !== undefined) {
      if (page > mostEventPages) throw this.#failed(path, id, 'there are more pushes than can be read');
      const { data, next } = await this.#events(path, page);
      for (const { push_data: push, author } of data) {
        if (author === undefined || typeof push?.commit_to !== 'string' || push.ref === target) continue;
        if (push.ref !== branch && !commits.has(push.commit_to)) continue;
        found.push(author);
        unknown.delete(push.commit_to);
      }
      const oldest = data.at(-1)?.created_at;
      if (unknown.size === 0 && oldest !== undefined && Date.parse(oldest) < since) return found;
      page = next;
    }
    const [head] = unknown;
    if (head !== undefined) throw this.#failed(path, id, `GitLab does not say who pushed ${head}; push it again, on a branch of its own`);
    return found;
  }

  #events(path: string, page: number) {
    return this.#api.ask('listing the pushes to', path, ({ events }) =>
      this.#api.page<PushEvent>((paging) => events.all({ projectId: path, action: 'pushed', sort: 'desc', ...paging } as object), page),
    );
  }

  #failed(path: string, id: number, why: string): OutsideError {
    return new OutsideError(`${this.#api.name}:${path}`, `looking for who had a hand in merge request !${id} of ${path}: ${why}`);
  }
}

const signedBy = (of: CommitSchema): readonly Hand[] => [
  { how: 'author', name: of.author_name, email: of.author_email },
  ...(of.committer_name === undefined || of.committer_email === undefined
    ? []
    : [{ how: 'committer', name: of.committer_name, email: of.committer_email } as const]),
];
