import type { CommitStatusSchema } from '@gitbeaker/rest';
import { RefusedError } from '../../../domain/errors.ts';
import type { CommitStatus, NewStatus, StatusState, StatusTarget } from '../../../domain/forge.ts';
import { fitDescription } from '../description.ts';
import { writeOnce } from '../write-once.ts';
import type { GitLabApi } from './api.ts';

/** A job of a pipeline, or what the API wrote beside them. */
interface Status extends CommitStatusSchema {
  /** Absent in older versions. */
  readonly pipeline_id?: number;
}

/** https://docs.gitlab.com/api/commits/#set-commit-pipeline-status */
const descriptionLimit = 255;
const mostPages = 20;

/** Verdicts on commits, which to GitLab are jobs of a pipeline. */
export class Statuses {
  readonly #api: GitLabApi;

  constructor(api: GitLabApi) {
    this.#api = api;
  }

  async set(path: string, target: StatusTarget, status: NewStatus): Promise<void> {
    const own = pipelineOf(await this.#list(path, target.commit), target);
    if (target.fork === undefined || own.at !== undefined) return this.#put(path, target, status, own);
    const fork = await this.#forkOf(path, target.fork);
    const inFork: StatusTarget = { commit: target.commit, branch: target.branch };
    try {
      await this.#put(fork, inFork, status, pipelineOf(await this.#list(fork, inFork.commit), inFork));
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      const text = `setting the status ${status.name} of merge request !${target.fork} of ${path} at ${this.#api.host}: its branch lies in a fork, where GitLab takes a status from a Developer of the fork alone`;
      throw new RefusedError(`${this.#api.name}:${path}`, text, {
        cause: error,
        ...(error.status === undefined ? {} : { status: error.status }),
      });
    }
  }

  /** Number of the project that a merge request's branch lies in; the same GitLab, so the token goes nowhere else. */
  async #forkOf(path: string, id: number): Promise<string> {
    const found = await this.#api.ask(`looking at merge request !${id} of`, path, ({ mergeRequests }) => mergeRequests.show(path, id));
    const fork = found.source_project_id as number | null;
    if (fork === null)
      throw new RefusedError(`${this.#api.name}:${path}`, `merge request !${id} of ${path} at ${this.#api.host}: its fork is gone`);
    return String(fork);
  }

  async #put(path: string, target: StatusTarget, { name, state: given, description, url }: NewStatus, shown: Shown): Promise<void> {
    const { commit, branch } = target;
    const wanted = { state: toGitLab(given), description: fitDescription(description, descriptionLimit), url: url ?? null };
    if (isSettled(shown.newest(name), wanted)) return;
    const at = shown.at ?? { ref: branch };
    const options = { name, ...at, description: wanted.description, ...(url === undefined ? {} : { targetUrl: url }) };
    await writeOnce<unknown>(
      () =>
        this.#api.ask(`setting the status ${name} of commit ${commit} of`, path, ({ commits }) =>
          commits.editStatus(path, commit, wanted.state, options),
        ),
      async () => {
        const now = pipelineOf(await this.#list(path, commit), target).newest(name);
        return isSettled(now, wanted) ? now : undefined;
      },
    );
  }

  async of(path: string, commit: string): Promise<readonly CommitStatus[]> {
    const byAge = (await this.#list(path, commit)).toSorted((one, other) => one.id - other.id);
    return [...new Map(byAge.map((status) => [status.name, status])).values()].map(toStatus);
  }

  /** The newest of each name in each pipeline of the commit. */
  async #list(path: string, commit: string): Promise<readonly Status[]> {
    const { items } = await this.#api.ask(`listing the statuses of commit ${commit} of`, path, ({ commits }) =>
      this.#api.list<Status>((paging) => commits.allStatuses(path, commit, paging), { maxPages: mostPages }),
    );
    return items;
  }
}

type Shown = ReturnType<typeof pipelineOf>;

/**
 * The pipeline that the merge request shows: its newest, of the branch or of the merge request itself; of a fork's, only the latter can lie
 * in the target's project. Without a word about it GitLab would take any pipeline of the commit, another branch's too; where there is none
 * (`at` undefined) it makes one for the branch.
 */
function pipelineOf(all: readonly Status[], { branch, fork }: StatusTarget) {
  const requestOf = (ref: string): string | undefined => /^refs\/merge-requests\/(\d+)\/(?:head|merge)$/.exec(ref)?.[1];
  const own = all.filter(({ ref }) =>
    fork === undefined ? ref === branch || requestOf(ref) !== undefined : requestOf(ref) === String(fork),
  );
  const newest = own.toSorted((one, other) => (other.pipeline_id ?? 0) - (one.pipeline_id ?? 0))[0];
  const pipelineId = newest?.pipeline_id;
  return {
    at: newest === undefined || pipelineId === undefined ? undefined : { ref: newest.ref, pipelineId },
    newest: (name: string) =>
      own
        .filter((status) => status.name === name && status.pipeline_id === pipelineId)
        .toSorted((one, other) => other.id - one.id)
        .at(0),
  };
}

type State = 'pending' | 'running' | 'success' | 'failed';

interface Wanted {
  readonly state: State;
  readonly description: string;
  readonly url: string | null;
}

/** GitLab refuses to begin again what is waiting or running (`Cannot transition status via :run from :running`), and to change its words. */
function isSettled(status: Status | undefined, { state, description, url }: Wanted): boolean {
  if (status === undefined) return false;
  const unfinished: readonly State[] =
    status.status === 'running' ? ['pending', 'running'] : status.status === 'pending' ? ['pending'] : [];
  const same = status.status === state && (status.description ?? '') === description && (status.target_url ?? null) === url;
  return same || unfinished.includes(state);
}

const toGitLab = (state: StatusState): State => (state === 'failure' || state === 'error' ? 'failed' : state);

/** What was cancelled or skipped came to no verdict; what waits for a person, or for its turn, is pending. */
const states: Readonly<Record<string, StatusState>> = {
  success: 'success',
  failed: 'failure',
  running: 'running',
  canceled: 'error',
  canceling: 'error',
  skipped: 'error',
};

const toStatus = ({ name, status, description, target_url: url }: Status): CommitStatus => ({
  name,
  state: states[status] ?? 'pending',
  description: description ?? '',
  ...((url as string | null) === null ? {} : { url }),
});
