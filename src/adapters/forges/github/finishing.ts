import pLimit from 'p-limit';
import { RefusedError } from '../../../domain/errors.ts';
import type { NewMergeRequest } from '../../../domain/forge.ts';
import type { Store } from '../../../domain/store.ts';
import type { GitHubApi } from './api.ts';
import type { KnownPull } from './pull-request.ts';

const space = 'github-unfinished';

/** What a pull request still has to get after it was opened: GitHub takes neither with the opening itself. */
type Wanted = Pick<NewMergeRequest, 'labels' | 'owner'>;

/** Labels and assignees of new pull requests. What is to come is noted before the opening, so that a process that dies between the two is made up for. */
export class Finishing {
  readonly #api: GitHubApi;
  readonly #store: Store;
  readonly #noting = pLimit(1);

  constructor(api: GitHubApi, store: Store) {
    this.#api = api;
    this.#store = store;
  }

  note(path: string, branch: string, { labels, owner }: NewMergeRequest): Promise<void> {
    return this.#change(path, (notes) => ({ ...notes, [branch]: { labels, ...(owner === undefined ? {} : { owner }) } }));
  }

  /** Gives what was noted for the pull request's branch, and forgets it. */
  async finish(path: string, { id, branch, labels: present }: Pick<KnownPull, 'id' | 'branch' | 'labels'>): Promise<readonly string[]> {
    const wanted = (await this.#notes(path))[branch];
    if (wanted === undefined) return present;
    const labels = wanted.labels.filter((label) => !present.includes(label));
    const request = this.#api.repeatable;
    if (labels.length > 0) {
      await this.#api.ask(`labelling pull request #${id} of`, path, (rest, at) =>
        rest.issues.addLabels({ ...at, issue_number: id, labels, request }),
      );
    }
    if (wanted.owner !== undefined) await this.#assign(path, id, wanted.owner);
    await this.#change(path, (notes) => Object.fromEntries(Object.entries(notes).filter(([name]) => name !== branch)));
    return [...present, ...labels];
  }

  /** Makes up for what an earlier process did not come to. */
  async catchUp(path: string, requests: readonly KnownPull[]): Promise<readonly KnownPull[]> {
    const notes = await this.#notes(path);
    return Promise.all(
      requests.map(async (request) =>
        request.state === 'open' && notes[request.branch] !== undefined
          ? { ...request, labels: await this.finish(path, request) }
          : request,
      ),
    );
  }

  /** GitHub leaves out by itself who may not be assigned; some versions refuse them. A team cannot be assigned at all. */
  async #assign(path: string, id: number, owner: string): Promise<void> {
    const login = owner.replace(/^@/, '');
    if (!/^[\w-]+$/.test(login)) return;
    try {
      await this.#api.ask(`assigning pull request #${id} of`, path, (rest, at) =>
        rest.issues.addAssignees({ ...at, issue_number: id, assignees: [login], request: this.#api.repeatable }),
      );
    } catch (error) {
      if (!(error instanceof RefusedError) || error.status !== 422) throw error;
    }
  }

  async #notes(path: string): Promise<Readonly<Record<string, Wanted>>> {
    return (await this.#store.get<Record<string, Wanted>>(space, this.#key(path))) ?? {};
  }

  #change(path: string, change: (notes: Readonly<Record<string, Wanted>>) => Readonly<Record<string, Wanted>>): Promise<void> {
    return this.#noting(async () => this.#store.put(space, this.#key(path), change(await this.#notes(path))));
  }

  #key(path: string): string {
    return `${this.#api.url} ${path.toLowerCase()}`;
  }
}
