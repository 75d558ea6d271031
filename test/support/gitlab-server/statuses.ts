import { gitText } from '../git-repository.ts';
import { type Call, ok, page, projectOf, type Reply, writable } from './call.ts';
import { resolve } from './commits.ts';
import type { CommitStatus, RequestPipeline } from './description/statuses.ts';
import { userEntity } from './entities.ts';
import { find } from './merge-requests.ts';
import { message, optional, Refused, text } from './parameters.ts';
import { headOf, levelIn, levels, type Project, type StoredRequest, type User, type World } from './world.ts';

type State = 'created' | 'pending' | 'running' | 'success' | 'failed' | 'canceled' | 'skipped';

interface Job {
  readonly id: number;
  readonly pipeline: Pipeline;
  readonly name: string;
  readonly author: User;
  status: State;
  description: string | null;
  targetUrl: string | null;
  readonly createdAt: Date;
}

/** In its Enums::Ci::Pipeline; those that people and other programs start without a commit, too. */
export type PipelineSource = 'push' | 'web' | 'schedule' | 'api' | 'external' | 'merge_request_event';

interface Pipeline {
  readonly id: number;
  readonly iid: number;
  readonly project: Project;
  readonly sha: string;
  readonly ref: string;
  readonly source: PipelineSource;
  readonly createdAt: Date;
  /** What was told of it last. */
  told?: State;
}

interface Jobs {
  readonly pipelines: Pipeline[];
  readonly jobs: Job[];
}

const known = new WeakMap<Project, Jobs>();

function jobsOf(project: Project): Jobs {
  const found = known.get(project) ?? { pipelines: [], jobs: [] };
  known.set(project, found);
  return found;
}

/** What a push, a schedule, a person or a merge request starts: one job, as it is now. */
export function addPipeline(world: World, project: Project, { sha, ref, job, author, source, status }: NewPipeline): void {
  const { jobs } = jobsOf(project);
  const pipeline = newPipeline(world, project, sha, ref, source);
  const about = { description: null, targetUrl: null, createdAt: world.now() };
  jobs.push({ id: world.nextId(), pipeline, name: job, author, status, ...about });
  tell(world, pipeline);
}

export interface NewPipeline {
  readonly sha: string;
  readonly ref: string;
  readonly job: string;
  readonly author: User;
  readonly source: PipelineSource;
  readonly status: State;
}

function newPipeline(world: World, project: Project, sha: string, ref: string, source: PipelineSource): Pipeline {
  const { pipelines } = jobsOf(project);
  const pipeline = { id: world.nextId(), iid: pipelines.length + 1, project, sha, ref, source, createdAt: world.now() };
  pipelines.push(pipeline);
  return pipeline;
}

/** As GitLab sums up its jobs (its Gitlab::Ci::Status::Composite), without those that were tried again. */
function statusOf(pipeline: Pipeline): State {
  const jobs = jobsOf(pipeline.project).jobs.filter((job) => job.pipeline === pipeline);
  const all = new Set([...new Map(jobs.map((job) => [job.name, job.status])).values()]);
  const unfinished = (['running', 'pending', 'created'] as const).find((state) => all.has(state));
  if (unfinished !== undefined) return unfinished === 'pending' && all.has('success') ? 'running' : unfinished;
  return (['failed', 'canceled', 'success', 'skipped'] as const).find((state) => all.has(state)) ?? 'created';
}

const requestOf = (ref: string): number | undefined => {
  const [, iid] = /^refs\/merge-requests\/(\d+)\/(?:head|merge|train)$/.exec(ref) ?? [];
  return iid === undefined ? undefined : Number(iid);
};

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#pipeline-events: whenever its state is another. */
function tell(world: World, pipeline: Pipeline): void {
  const { id, iid, project, sha, source } = pipeline;
  const status = statusOf(pipeline);
  if (pipeline.told === status) return;
  pipeline.told = status;
  const request = project.requests.find((one) => one.iid === requestOf(pipeline.ref));
  const ref = request?.sourceBranch ?? pipeline.ref;
  world.pipelineEvents.push({
    object_kind: 'pipeline',
    object_attributes: { id, iid, ref, tag: false, sha, source, status },
    merge_request: request === undefined ? null : { id: request.id, iid: request.iid, state: request.state },
    project: { id: project.id, path_with_namespace: project.path, default_branch: project.defaultBranch },
  });
}

/** As its Ci::PipelinesForMergeRequestFinder does: those of the merge request first, then those of its branch, each the newest first. */
function pipelinesOf(world: World, { project, sourceProject, sourceBranch, iid, versions }: StoredRequest): readonly Pipeline[] {
  if (!world.projects.includes(sourceProject)) return [];
  const heads = new Set(versions.map(({ sha }) => sha));
  const all = [...new Set([project, sourceProject])].flatMap((one) => jobsOf(one).pipelines);
  const own = all.filter(({ ref, source }) => source === 'merge_request_event' && requestOf(ref) === iid);
  const ofBranch = all.filter((one) => one.project === sourceProject && one.ref === sourceBranch && heads.has(one.sha));
  return [own, ofBranch].flatMap((some) => some.toSorted((one, other) => other.id - one.id));
}

export function listRequestPipelines(call: Call): Reply {
  const readable = pipelinesOf(call.world, find(call)).filter(({ project }) => levelIn(call.user, project.path) >= levels.reporter);
  return page(
    call,
    readable.map((one) => pipelineEntity(call, one)),
  );
}

/** Names of the jobs of the pipeline that its page shows, and that its merge waits for. */
export async function shownJobs(world: World, request: StoredRequest): Promise<readonly string[]> {
  for (const pipeline of pipelinesOf(world, request)) {
    const { sha, project } = pipeline;
    const isHead = sha === request.sha || (await gitText(project.directory, ['rev-parse', `${sha}^@`])).split('\n').includes(request.sha);
    if (isHead) return [...new Set(jobsOf(project).jobs.flatMap((job) => (job.pipeline === pipeline ? [job.name] : [])))];
  }
  return [];
}

const pipelineEntity = (call: Call, of: Pipeline): RequestPipeline => ({
  id: of.id,
  iid: of.iid,
  project_id: of.project.id,
  sha: of.sha,
  ref: of.ref,
  status: statusOf(of),
  source: of.source,
  created_at: of.createdAt.toISOString(),
  updated_at: of.createdAt.toISOString(),
  web_url: `${call.world.url}/${of.project.path}/-/pipelines/${of.id}`,
  name: null,
});

const entity = (call: Call, of: Job): CommitStatus => ({
  id: of.id,
  sha: of.pipeline.sha,
  ref: of.pipeline.ref,
  pipeline_id: of.pipeline.id,
  status: of.status,
  name: of.name,
  target_url: of.targetUrl,
  description: of.description,
  created_at: of.createdAt.toISOString(),
  started_at: null,
  finished_at: null,
  allow_failure: false,
  coverage: null,
  author: userEntity(call.world, of.author),
});

/** The last of each name in each pipeline, as `retried` hides the ones before. */
export async function listStatuses(call: Call): Promise<Reply> {
  const project = projectOf(call);
  if (levelIn(call.user, project.path) < levels.reporter) throw message(403, '403 Forbidden');
  const { given } = call;
  const sha = await resolve(project, call.parts[1] ?? '', 'Commit');
  const fits = (name: string, value: string) => (optional(given, name) ?? value) === value;
  const found = jobsOf(project).jobs.filter(
    ({ pipeline, name }) => pipeline.sha === sha && fits('ref', pipeline.ref) && fits('name', name),
  );
  const latest = [...new Map(found.map((job) => [`${job.pipeline.id} ${job.name}`, job])).values()];
  return page(
    call,
    (given['all'] === true ? found : latest).map((job) => entity(call, job)),
  );
}

/** From which states GitLab's state machine lets an event lead to which. */
const events = {
  pending: { event: 'enqueue', from: ['created', 'skipped'] },
  running: { event: 'run', from: ['pending'] },
  success: { event: 'success', from: ['created', 'pending', 'running'] },
  failed: { event: 'drop', from: ['created', 'pending', 'running'] },
  canceled: { event: 'cancel', from: ['created', 'pending', 'running'] },
  skipped: { event: 'skip', from: ['created', 'pending'] },
} as const satisfies Partial<Record<State, { event: string; from: readonly State[] }>>;

const longest = 255;

/** https://docs.gitlab.com/api/commits/#set-commit-pipeline-status; in GitLab's sources Ci::CreateCommitStatusService. */
export async function createStatus(call: Call): Promise<Reply> {
  const { given } = call;
  const project = writable(call);
  const sha = await resolve(project, call.parts[1] ?? '', 'Commit');
  const state = text(given, 'state') as keyof typeof events;
  const [description, targetUrl] = [optional(given, 'description') ?? null, optional(given, 'target_url') ?? null];
  const tooLong = [description, targetUrl].some((value) => (value ?? '').length > longest);
  if (tooLong) throw new Refused(400, { message: { target_url: [`is too long (maximum is ${longest} characters)`] } });
  const pipeline = pipelineFor(call, project, sha, optional(given, 'ref'), given['pipeline_id']);
  const name = optional(given, 'name') ?? optional(given, 'context') ?? 'default';
  const { jobs } = jobsOf(project);
  const unfinished = jobs.findLast(
    (job) => job.pipeline === pipeline && job.name === name && job.author === call.user && /^(pending|running)$/.test(job.status),
  );
  const job = unfinished ?? {
    id: call.world.nextId(),
    pipeline,
    name,
    author: call.user,
    status: 'created',
    description: null,
    targetUrl: null,
    createdAt: call.world.now(),
  };
  move(job, state);
  Object.assign(job, { description: description ?? job.description, targetUrl: targetUrl ?? job.targetUrl });
  if (unfinished === undefined) jobs.push(job);
  tell(call.world, pipeline);
  return ok(entity(call, job), 201);
}

function move(job: Job, state: keyof typeof events): void {
  const { event, from } = events[state];
  const now = state === 'running' && job.status === 'created' ? 'pending' : job.status;
  if (!(from as readonly State[]).includes(now)) {
    throw message(400, `Cannot transition status via :${event} from :${now} (Reason(s): Status cannot transition via "${event}")`);
  }
  job.status = state;
}

/** The newest one of the commit (and ref, and number, where given); without any, a new one. */
function pipelineFor(call: Call, project: Project, sha: string, ref: string | undefined, id: unknown): Pipeline {
  const { pipelines } = jobsOf(project);
  const found = pipelines.findLast((one) => one.sha === sha && (ref ?? one.ref) === one.ref && (id ?? one.id) === one.id);
  if (found !== undefined) return found;
  if (id !== undefined) throw message(404, '404 Pipeline for pipeline_id, sha and ref Not Found');
  const branch = ref ?? (headOf(project, project.defaultBranch) === sha ? project.defaultBranch : undefined);
  if (branch === undefined) throw message(404, '404 References for commit Not Found');
  return newPipeline(call.world, project, sha, branch, 'external');
}
