import { createHash } from 'node:crypto';
import type { RestEndpointMethodTypes } from '@octokit/rest';
import type { Annotation, CommitStatus, NewStatus, StatusState } from '../../../domain/forge.ts';
import { fitDescription } from '../description.ts';
import { writeOnce } from '../write-once.ts';
import type { GitHubApi } from './api.ts';

type CheckRun = RestEndpointMethodTypes['checks']['listForRef']['response']['data']['check_runs'][number];

/** https://docs.github.com/en/rest/checks/runs#create-a-check-run */
const most = { pages: 20, annotations: 500, perRequest: 50, message: 20_000, title: 255 };

/**
 * Verdicts as check runs of the App. GitHub only ever adds annotations to a run, 50 with each request: a verdict that has some gets a run
 * of its own, and `external_id` says which verdict it is and how many of its requests were made, so that whoever dies between two goes on.
 */
export class CheckRuns {
  readonly #api: GitHubApi;

  constructor(api: GitHubApi) {
    this.#api = api;
  }

  async set(path: string, commit: string, status: NewStatus, appId: number): Promise<void> {
    const steps = stepsOf(status);
    const find = () => this.#own(path, commit, status.name, appId);
    let run = await find();
    let done = run === undefined ? 0 : steps.findLastIndex(({ external_id: id }) => id === run?.external_id) + 1;
    if (done === 0 && !isReusable(run)) run = undefined;
    for (const step of steps.slice(done)) {
      const known = run;
      const isDone = async () => {
        const now = await find();
        return now?.external_id === step.external_id ? now : undefined;
      };
      run = await writeOnce(
        () => (known === undefined ? this.#create(path, commit, status.name, step) : this.#update(path, status.name, known.id, step)),
        isDone,
      );
      done += 1;
    }
  }

  /** The newest run of ours with that name. */
  async #own(path: string, commit: string, name: string, appId: number): Promise<CheckRun | undefined> {
    const { data } = await this.#api.ask(`listing the check runs ${name} of commit ${commit} of`, path, (rest, at) =>
      rest.checks.listForRef({ ...at, ref: commit, check_name: name, app_id: appId, filter: 'latest', per_page: 100 }),
    );
    return data.check_runs.toSorted((one, other) => other.id - one.id)[0];
  }

  async #create(path: string, commit: string, name: string, step: Step): Promise<CheckRun> {
    const { data } = await this.#api.ask(`making the check run ${name} of commit ${commit} of`, path, (rest, at) =>
      rest.checks.create({ ...at, name, head_sha: commit, ...step }),
    );
    return data;
  }

  async #update(path: string, name: string, id: number, step: Step): Promise<CheckRun> {
    const { data } = await this.#api.ask(`changing the check run ${name} of`, path, (rest, at) =>
      rest.checks.update({ ...at, check_run_id: id, ...step }),
    );
    return data;
  }

  /** The newest of each name, of all Apps. */
  async of(path: string, commit: string): Promise<readonly CommitStatus[]> {
    const { items } = await this.#api.ask(`listing the check runs of commit ${commit} of`, path, (rest, at) =>
      this.#api.list<CheckRun>(
        async (paging) => {
          const { data, headers } = await rest.checks.listForRef({ ...at, ref: commit, filter: 'latest', ...paging });
          return { data: data.check_runs, headers };
        },
        { maxPages: most.pages },
      ),
    );
    const newestLast = items.toSorted((one, other) => one.id - other.id);
    return [...new Map(newestLast.map((run) => [`${run.app?.id} ${run.name}`, run])).values()].map(toStatus);
  }
}

type Step = ReturnType<typeof stepsOf>[number];

/** One request each: the first ones bring annotations, the last one the verdict. */
function stepsOf({ name, state, description, url, annotations = [] }: NewStatus) {
  const shown = annotations.slice(0, most.annotations).map(toGitHub);
  const left = annotations.length - shown.length;
  const batches = Array.from({ length: Math.max(1, Math.ceil(shown.length / most.perRequest)) }, (_, at) =>
    shown.slice(at * most.perRequest, (at + 1) * most.perRequest),
  );
  const digest = createHash('sha256')
    .update(JSON.stringify([name, state, description, url, annotations]))
    .digest('hex')
    .slice(0, 32);
  const title = fitDescription(description, most.title) || name;
  const summary = left === 0 ? title : `${title}\n\n${left} more are not shown beside their lines.`;
  return batches.map((batch, at) => ({
    ...(at === batches.length - 1 ? progress[state] : progress.running),
    external_id: `lockkeeper ${digest} ${at + 1}/${batches.length}`,
    ...(url === undefined ? {} : { details_url: url }),
    output: { title, summary, ...(batch.length === 0 ? {} : { annotations: batch }) },
  }));
}

/** What GitHub calls a state. `action_required` holds a merge up as a failure does, without saying that the change is wrong. */
const progress = {
  pending: { status: 'queued' },
  running: { status: 'in_progress' },
  success: { status: 'completed', conclusion: 'success' },
  failure: { status: 'completed', conclusion: 'failure' },
  error: { status: 'completed', conclusion: 'action_required' },
} as const satisfies Record<StatusState, unknown>;

const levels = { error: 'failure', warning: 'warning', notice: 'notice' } as const;

const toGitHub = ({ file, line, severity, message }: Annotation) => ({
  path: file,
  start_line: line,
  end_line: line,
  annotation_level: levels[severity],
  message: message.slice(0, most.message),
});

/** A finished run is history, and annotations cannot be taken back. */
const isReusable = (run: CheckRun | undefined): boolean => run?.status !== 'completed' && run?.output.annotations_count === 0;

function toStatus({ name, status, conclusion, output, details_url: url }: CheckRun): CommitStatus {
  return { name, state: stateOf(status, conclusion), description: output.title ?? '', ...(url === null ? {} : { url }) };
}

function stateOf(status: string, conclusion: string | null): StatusState {
  if (status !== 'completed') return status === 'in_progress' ? 'running' : 'pending';
  if (conclusion === 'success' || conclusion === 'neutral' || conclusion === 'skipped') return 'success';
  return conclusion === 'failure' ? 'failure' : 'error';
}
