import type { RestEndpointMethodTypes } from '@octokit/rest';
import type { CommitStatus, NewStatus, StatusState } from '../../../domain/forge.ts';
import { fitDescription } from '../description.ts';
import { writeOnce } from '../write-once.ts';
import type { GitHubApi } from './api.ts';
import { CheckRuns } from './check-runs.ts';

type CombinedStatus = RestEndpointMethodTypes['repos']['getCombinedStatusForRef']['response']['data']['statuses'][number];

/** GitHub answers a longer one with 422 `description is too long (maximum is 140 characters)`. */
const descriptionLimit = 140;
const mostPages = 20;

/** Verdicts on commits: check runs with annotations where an App writes them (GitHub takes them from nobody else), commit statuses for a token. */
export class Statuses {
  readonly #api: GitHubApi;
  readonly #checks: CheckRuns;

  constructor(api: GitHubApi) {
    this.#api = api;
    this.#checks = new CheckRuns(api);
  }

  async set(path: string, commit: string, status: NewStatus): Promise<void> {
    const { appId } = this.#api.account;
    return appId === undefined ? this.#setStatus(path, commit, status) : this.#checks.set(path, commit, status, appId);
  }

  async #setStatus(path: string, commit: string, { name, state, description, url }: NewStatus): Promise<void> {
    const wanted = {
      context: name,
      state: toGitHub(state),
      description: fitDescription(description, descriptionLimit),
      target_url: url ?? null,
    };
    const standing = async () => {
      const found = (await this.#combined(path, commit)).find(({ context }) => context.toLowerCase() === name.toLowerCase());
      return found !== undefined && isSame(found, wanted) ? found : undefined;
    };
    if ((await standing()) !== undefined) return;
    await writeOnce<unknown>(
      () =>
        this.#api.ask(`setting the status ${name} of commit ${commit} of`, path, (rest, at) =>
          rest.repos.createCommitStatus({ ...at, sha: commit, ...wanted }),
        ),
      standing,
    );
  }

  async of(path: string, commit: string): Promise<readonly CommitStatus[]> {
    const [statuses, checks] = await Promise.all([this.#combined(path, commit), this.#checks.of(path, commit)]);
    return [...statuses.map(toStatus), ...checks];
  }

  /** The newest of each context. */
  async #combined(path: string, commit: string): Promise<readonly CombinedStatus[]> {
    const { items } = await this.#api.ask(`listing the statuses of commit ${commit} of`, path, (rest, at) =>
      this.#api.list<CombinedStatus>(
        async (paging) => {
          const { data, headers } = await rest.repos.getCombinedStatusForRef({ ...at, ref: commit, ...paging });
          return { data: data.statuses, headers };
        },
        { maxPages: mostPages },
      ),
    );
    return items;
  }
}

const toGitHub = (state: StatusState) => (state === 'running' ? 'pending' : state);

const isSame = (one: CombinedStatus, other: Pick<CombinedStatus, 'state' | 'description' | 'target_url'>): boolean =>
  one.state === other.state && (one.description ?? '') === other.description && one.target_url === other.target_url;

const toStatus = ({ context, state, description, target_url: url }: CombinedStatus): CommitStatus => ({
  name: context,
  state: state === 'success' || state === 'failure' || state === 'pending' ? state : 'error',
  description: description ?? '',
  ...(url === null ? {} : { url }),
});
