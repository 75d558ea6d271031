import type { CommitStatusSchema, PipelineSchema } from '@gitbeaker/rest';
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
    const fork = target.fork === true ? await this.#forkOf(path, target.request) : undefined;
    const shown = await this.#shown(path, target);
    const isHere = fork === undefined || (shown !== undefined && String(shown.project_id) !== fork);
    const at = { commit: shown?.sha ?? target.commit, ref: shown?.ref ?? target.branch, pipelineId: shown?.id };
    if (isHere) return this.#put({ project: path, ...at }, status);
    try {
      await this.#put({ project: fork, ...at }, status);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      const text = `setting the status ${status.name} of merge request !${target.request} of ${path} at ${this.#api.host}: its branch lies in a fork, where GitLab takes a status from a Developer of the fork alone`;
      throw new RefusedError(`${this.#api.name}:${path}`, text, {
        cause: error,
        ...(error.status === undefined ? {} : { status: error.status }),
      });
    }
  }

  /**
   * The pipeline that the merge request shows, and that its merge waits for: the first of its list that is of the head, as GitLab puts its own
   * pipelines before the branch's and newer before older (its Ci::PipelinesForMergeRequestFinder). One of merged results is of a commit of its
   * own, which joins target and head. Undefined where there is none yet.
   */
  async #shown(path: string, { request, commit }: StatusTarget): Promise<PipelineSchema | undefined> {
    const { data } = await this.#api.ask(`listing the pipelines of merge request !${request} of`, path, ({ mergeRequests }) =>
      this.#api.page<PipelineSchema>((paging) => mergeRequests.allPipelines(path, request, paging), 1),
    );
    const newest = data.find(({ ref }) => /^refs\/merge-requests\/\d+\/(?:merge|train)$/.test(ref));
    const merged = newest !== undefined && (await this.#joins(path, newest.sha, commit)) ? newest : undefined;
    return data.find((pipeline) => pipeline.sha === commit || pipeline === merged);
  }

  async #joins(path: string, sha: string, head: string): Promise<boolean> {
    const commit = await this.#api.find(`looking at commit ${sha} of`, path, ({ commits }) => commits.show(path, sha));
    return commit?.parent_ids?.includes(head) === true;
  }

  /** Number of the project that a merge request's branch lies in; the same GitLab, so the token goes nowhere else. */
  async #forkOf(path: string, id: number): Promise<string> {
    const found = await this.#api.ask(`looking at merge request !${id} of`, path, ({ mergeRequests }) => mergeRequests.show(path, id));
    const fork = found.source_project_id as number | null;
    if (fork === null)
      throw new RefusedError(`${this.#api.name}:${path}`, `merge request !${id} of ${path} at ${this.#api.host}: its fork is gone`);
    return String(fork);
  }

  async #put(spot: Spot, { name, state: given, description, url }: NewStatus): Promise<void> {
    const { project, commit } = spot;
    const wanted = { state: toGitLab(given), description: fitDescription(description, descriptionLimit), url: url ?? null };
    const standing = standingAt(spot, name, await this.#list(project, commit));
    if (isSettled(standing.newest, wanted)) return;
    const options = { name, ...standing.at, description: wanted.description, ...(url === undefined ? {} : { targetUrl: url }) };
    await writeOnce<unknown>(
      () =>
        this.#api.ask(`setting the status ${name} of commit ${commit} of`, project, ({ commits }) =>
          commits.editStatus(project, commit, wanted.state, options),
        ),
      async () => {
        const now = standingAt(spot, name, await this.#list(project, commit)).newest;
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

/** Where a status is to stand. */
interface Spot {
  readonly project: string;
  readonly commit: string;
  readonly ref: string;
  /** Undefined: in the newest pipeline of the ref, or in one that GitLab makes for it. */
  readonly pipelineId: number | undefined;
}

/** What of that name stands there now, and how GitLab is told where: by the number alone it would not find a merge request's pipeline. */
function standingAt({ ref, pipelineId }: Spot, name: string, all: readonly Status[]) {
  const there = all.filter(
    (status) => status.ref === ref && (pipelineId === undefined || (status.pipeline_id ?? pipelineId) === pipelineId),
  );
  const pipelines = there.flatMap((status) => status.pipeline_id ?? []);
  const id = pipelineId ?? (pipelines.length > 0 ? Math.max(...pipelines) : undefined);
  return {
    at: { ref, ...(id === undefined ? {} : { pipelineId: id }) },
    newest: there
      .filter((status) => status.name === name && (status.pipeline_id ?? id) === id)
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
