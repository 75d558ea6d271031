import type { MergeRequestSchema } from '@gitbeaker/rest';
import { ConflictError } from '../../../domain/errors.ts';
import type { MergeRequest, MergeRequestChange, NewMergeRequest } from '../../../domain/forge.ts';
import { writeOnce } from '../write-once.ts';
import type { GitLabApi } from './api.ts';
import { isOwn, toMergeRequest, toPublic } from './merge-request.ts';
import type { TokenUser } from './token-user.ts';

/** Merge requests: opening and changing them, each at most once. */
export class Proposals {
  readonly #api: GitLabApi;
  readonly #user: TokenUser;

  constructor(api: GitLabApi, user: TokenUser) {
    this.#api = api;
    this.#user = user;
  }

  async open(path: string, request: NewMergeRequest): Promise<MergeRequest> {
    const assigneeId = request.owner === undefined ? undefined : await this.#user.idOf(request.owner);
    const options = {
      description: request.description,
      labels: request.labels.join(','),
      removeSourceBranch: true,
      ...(assigneeId === undefined ? {} : { assigneeId }),
    };
    const create = () =>
      this.#api.ask(`opening a merge request for branch ${request.branch} of`, path, ({ mergeRequests }) =>
        mergeRequests.create(path, request.branch, request.target, request.title, options),
      );
    const existing = () => this.#openFor(path, request.branch);
    const made = await writeOnce(create, existing).catch(async (error: unknown) => {
      const found = error instanceof ConflictError ? await existing() : undefined;
      if (found === undefined) throw error;
      return found;
    });
    return toPublic(toMergeRequest(made));
  }

  async #openFor(path: string, branch: string): Promise<MergeRequestSchema | undefined> {
    const { items } = await this.#api.ask(`looking for the merge request of branch ${branch} of`, path, ({ mergeRequests }) =>
      this.#api.list<MergeRequestSchema>(
        (paging) => mergeRequests.all({ projectId: path, scope: 'all', state: 'opened', sourceBranch: branch, ...paging }),
        { maxPages: 1 },
      ),
    );
    return items.find(isOwn);
  }

  async edit(path: string, id: number, { target: targetBranch, ...texts }: MergeRequestChange): Promise<void> {
    const { title, description } = texts;
    await this.#put(
      path,
      id,
      { ...texts, ...(targetBranch !== undefined && { targetBranch }) },
      ['open'],
      (now) =>
        (title ?? now.title) === now.title &&
        (description ?? now.description) === now.description &&
        (targetBranch ?? now.target) === now.target,
    );
  }

  async close(path: string, id: number, description: string | undefined): Promise<void> {
    await this.#put(
      path,
      id,
      { ...(description !== undefined && { description }), stateEvent: 'close' },
      ['open', 'closed'],
      (now) => now.state !== 'open' && now.description === (description ?? now.description),
    );
  }

  async #look(path: string, id: number): Promise<MergeRequest> {
    return toMergeRequest(
      await this.#api.ask(`looking at merge request !${id} of`, path, ({ mergeRequests }) => mergeRequests.show(path, id)),
    );
  }

  async endedBy(path: string, { id }: Pick<MergeRequest, 'id'>): Promise<string | undefined> {
    return (await this.#look(path, id)).endedBy;
  }

  /** Looks first: whoever read the list of merge requests may have read it minutes ago. */
  async #put(
    path: string,
    id: number,
    change: { readonly title?: string; readonly description?: string; readonly targetBranch?: string; readonly stateEvent?: 'close' },
    allowed: readonly MergeRequest['state'][],
    isDone: (now: MergeRequest) => boolean,
  ): Promise<void> {
    const look = () => this.#look(path, id);
    const before = await look();
    if (isDone(before)) return;
    if (!allowed.includes(before.state)) {
      const text = `changing merge request !${id} of ${path} at ${this.#api.host}: it is ${before.state} by now; the next run looks again`;
      throw new ConflictError(`${this.#api.name}:${path}`, text);
    }
    await writeOnce<unknown>(
      () => this.#api.ask(`changing merge request !${id} of`, path, ({ mergeRequests }) => mergeRequests.edit(path, id, change)),
      async () => {
        const now = await look();
        return isDone(now) ? now : undefined;
      },
    );
  }
}
