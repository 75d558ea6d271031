import { ConflictError, RefusedError } from '../../../domain/errors.ts';
import type { MergeRequest, MergeRequestChange, NewMergeRequest } from '../../../domain/forge.ts';
import { writeOnce } from '../write-once.ts';
import type { GitHubApi } from './api.ts';
import type { Finishing } from './finishing.ts';
import { isOwn, type KnownPull, type ListedPull, toPublic, toPull } from './pull-request.ts';

interface Change {
  readonly title?: string;
  readonly body?: string;
  readonly base?: string;
  readonly state?: 'closed';
}

/** Pull requests: opening and changing them, each at most once. */
export class Proposals {
  readonly #api: GitHubApi;
  readonly #finishing: Finishing;

  constructor(api: GitHubApi, finishing: Finishing) {
    this.#api = api;
    this.#finishing = finishing;
  }

  async open(path: string, request: NewMergeRequest): Promise<MergeRequest> {
    const { branch, target, title, description } = request;
    const create = async () =>
      this.#api.ask(`opening a pull request for branch ${branch} of`, path, async (rest, at) =>
        toPull((await rest.pulls.create({ ...at, head: branch, base: target, title, body: description })).data),
      );
    const existing = () => this.#openFor(path, branch);
    const made = await writeOnce(create, existing).catch(async (error: unknown) => {
      const found = error instanceof RefusedError && error.status === 422 ? await existing() : undefined;
      if (found === undefined) throw error;
      return found;
    });
    await this.#finishing.finish(path, made.id, request);
    return toPublic({ ...made, labels: [...new Set([...made.labels, ...request.labels])] });
  }

  async #openFor(path: string, branch: string): Promise<KnownPull | undefined> {
    const { data } = await this.#api.ask(`looking for the pull request of branch ${branch} of`, path, (rest, at) =>
      rest.pulls.list({ ...at, state: 'open', head: `${at.owner}:${branch}`, per_page: 100 }),
    );
    const found = data.find((one: ListedPull) => isOwn(one) && one.head.ref === branch);
    return found && toPull(found);
  }

  async edit(path: string, id: number, { title, description, target }: MergeRequestChange): Promise<void> {
    const change = {
      ...(title !== undefined && { title }),
      ...(description !== undefined && { body: description }),
      ...(target !== undefined && { base: target }),
    };
    await this.#change(
      path,
      id,
      change,
      ['open'],
      (now) =>
        (title ?? now.title) === now.title && (description ?? now.description) === now.description && (target ?? now.target) === now.target,
    );
  }

  async close(path: string, id: number, description: string | undefined): Promise<void> {
    await this.#change(
      path,
      id,
      { ...(description !== undefined && { body: description }), state: 'closed' },
      ['open', 'closed'],
      (now) => now.state !== 'open' && now.description === (description ?? now.description),
    );
  }

  /** Looks first: whoever read the list of pull requests may have read it minutes ago. */
  async #change(
    path: string,
    id: number,
    change: Change,
    allowed: readonly MergeRequest['state'][],
    isDone: (now: KnownPull) => boolean,
  ): Promise<void> {
    const look = () =>
      this.#api.ask(`looking at pull request #${id} of`, path, async (rest, at) =>
        toPull((await rest.pulls.get({ ...at, pull_number: id })).data),
      );
    const before = await look();
    if (isDone(before)) return;
    if (!allowed.includes(before.state)) {
      const text = `changing pull request #${id} of ${path} at ${this.#api.host}: it is ${before.state} by now; the next run looks again`;
      throw new ConflictError(`${this.#api.name}:${path}`, text);
    }
    await writeOnce<unknown>(
      () => this.#api.ask(`changing pull request #${id} of`, path, (rest, at) => rest.pulls.update({ ...at, pull_number: id, ...change })),
      async () => {
        const now = await look();
        return isDone(now) ? now : undefined;
      },
    );
  }

  /** A list does not say it, and of a closed one only its issue does. */
  async endedBy(path: string, { id, state }: Pick<MergeRequest, 'id' | 'state'>): Promise<string | undefined> {
    const user = await this.#api.ask(`looking at pull request #${id} of`, path, async (rest, at) =>
      state === 'merged'
        ? (await rest.pulls.get({ ...at, pull_number: id })).data.merged_by
        : (await rest.issues.get({ ...at, issue_number: id })).data.closed_by,
    );
    return user?.login;
  }
}
