import { RefusedError } from '../../../domain/errors.ts';
import type { NewMergeRequest } from '../../../domain/forge.ts';
import type { GitHubApi } from './api.ts';

/** What a pull request still has to get after it was opened: GitHub takes neither with the opening itself. */
type Finish = Pick<NewMergeRequest, 'labels' | 'owner'>;

/** Labels and assignees of new pull requests. Each step may happen twice; the label comes last, so that it tells that nothing is missing. */
export class Finishing {
  readonly #api: GitHubApi;

  constructor(api: GitHubApi) {
    this.#api = api;
  }

  async finish(path: string, id: number, { labels, owner }: Finish): Promise<void> {
    if (owner !== undefined) await this.#assign(path, id, owner);
    if (labels.length === 0) return; // GitHub refuses an empty list
    await this.#api.ask(`labelling pull request #${id} of`, path, (rest, at) =>
      rest.issues.addLabels({ ...at, issue_number: id, labels: [...labels], request: this.#api.repeatable }),
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
}
