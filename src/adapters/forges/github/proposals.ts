import { RefusedError } from '../../../domain/errors.ts';
import type { MergeRequest, NewMergeRequest } from '../../../domain/forge.ts';
import { writeOnce } from '../write-once.ts';
import type { GitHubApi } from './api.ts';
import { Comments } from './comments.ts';
import type { Finishing } from './finishing.ts';
import { isOwn, type KnownPull, type ListedPull, toPublic, toPull } from './pull-request.ts';
import type { Writer } from './writer.ts';

interface Change {
  readonly title?: string;
  readonly description?: string;
  readonly state?: 'closed';
}

/** Pull requests: opening, changing and commenting them, each at most once. */
export class Proposals {
  readonly #api: GitHubApi;
  readonly #finishing: Finishing;
  readonly #comments: Comments;

  constructor(api: GitHubApi, finishing: Finishing, writer: Writer) {
    this.#api = api;
    this.#finishing = finishing;
    this.#comments = new Comments(api, writer);
  }

  async open(path: string, request: NewMergeRequest): Promise<MergeRequest> {
    const { branch, target, title, description } = request;
    await this.#finishing.note(path, branch, request);
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
    return toPublic({ ...made, labels: await this.#finishing.finish(path, made) });
  }

  async #openFor(path: string, branch: string): Promise<KnownPull | undefined> {
    const { data } = await this.#api.ask(`looking for the pull request of branch ${branch} of`, path, (rest, at) =>
      rest.pulls.list({ ...at, state: 'open', head: `${at.owner}:${branch}`, per_page: 100 }),
    );
    const found = data.find((one: ListedPull) => isOwn(one) && one.head.ref === branch);
    return found && toPull(found);
  }

  async edit(path: string, id: number, change: { readonly title?: string; readonly description?: string }): Promise<void> {
    await this.#change(path, id, change, (now) =>
      [change.title ?? now.title, change.description ?? now.description].every((text, at) => text === [now.title, now.description][at]),
    );
  }

  async close(path: string, id: number, description: string): Promise<void> {
    await this.#change(path, id, { description, state: 'closed' }, (now) => now.state !== 'open' && now.description === description);
  }

  async #change(path: string, id: number, { description, ...change }: Change, isDone: (now: KnownPull) => boolean): Promise<void> {
    const body = description === undefined ? {} : { body: description };
    await writeOnce<unknown>(
      () =>
        this.#api.ask(`changing pull request #${id} of`, path, (rest, at) =>
          rest.pulls.update({ ...at, pull_number: id, ...change, ...body }),
        ),
      async () => {
        const { data } = await this.#api.ask(`looking at pull request #${id} of`, path, (rest, at) =>
          rest.pulls.get({ ...at, pull_number: id }),
        );
        return isDone(toPull(data)) ? true : undefined;
      },
    );
  }

  comment(path: string, id: number, key: string, text: string): Promise<void> {
    return this.#comments.write(path, id, key, text);
  }
}
