import { type Call, ok, page, projectOf, type Reply, writable } from './call.ts';
import { resolve } from './commits.ts';
import type { CommitStatus } from './description/statuses.ts';
import { userEntity } from './entities.ts';
import { message, optional, Refused, text } from './parameters.ts';
import { headOf, levelIn, levels, type Project, type User, type World } from './world.ts';

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

interface Pipeline {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
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

/** What GitLab's own runners make of a push, a schedule or a merge request. */
export function addPipeline(world: World, project: Project, sha: string, ref: string, job: string, author: User): void {
  const { pipelines, jobs } = jobsOf(project);
  const pipeline = { id: world.nextId(), sha, ref };
  pipelines.push(pipeline);
  const about = { description: null, targetUrl: null, createdAt: world.now() };
  jobs.push({ id: world.nextId(), pipeline, name: job, author, status: 'success', ...about });
}

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
  const made = { id: call.world.nextId(), sha, ref: branch };
  pipelines.push(made);
  return made;
}
