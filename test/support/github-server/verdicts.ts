import { type Call, exists, invalid, notFound, ok, page, Refused, type Reply, repositoryOf, resolve, text, writable } from './call.ts';
import { time, userEntity } from './entities.ts';
import { type CheckRun, pathOf, type Repository, type Status } from './world.ts';

const noCommit = (sha: string): Refused => new Refused(422, `No commit found for SHA: ${sha}`);

async function commitOf(repository: Repository, revision: string): Promise<string> {
  const sha = await resolve(repository, revision);
  if (sha === undefined) throw noCommit(revision);
  return sha;
}

const statusEntity = (call: Call, of: Status) => ({
  id: of.id,
  state: of.state,
  context: of.context,
  description: of.description,
  target_url: of.targetUrl,
  creator: userEntity(call.world, of.creator),
  url: `${call.world.api}/x`,
  avatar_url: null,
  created_at: time(of.createdAt),
  updated_at: time(of.createdAt),
});

const longest = { description: 140, context: 255, statuses: 1_000 };

/** https://docs.github.com/en/rest/commits/statuses#create-a-commit-status */
export async function createStatus(call: Call): Promise<Reply> {
  const repository = writable(call, 'statuses=write');
  const sha = call.at['sha'] ?? '';
  if (!(await exists(repository, sha, 'commit'))) throw noCommit(sha);
  const {
    target_url: targetUrl = null,
    state,
    context = 'default',
  } = call.body as { target_url?: string; state: string; context?: string };
  const description = text(call, 'description');
  if (description.length > longest.description)
    throw invalid('Status', `description is too long (maximum is ${longest.description} characters)`);
  if (context.length > longest.context) throw invalid('Status', `context is too long (maximum is ${longest.context} characters)`);
  if (targetUrl !== null && !/^https?:\/\//.test(targetUrl)) throw invalid('Status', 'target_url must use http(s) scheme');
  const same = repository.statuses.filter((one) => one.sha === sha && one.context.toLowerCase() === context.toLowerCase());
  if (same.length >= longest.statuses) throw invalid('Status', 'This SHA and context has reached the maximum number of statuses.');
  const { user: creator, world } = call;
  const status = { id: world.nextId(), sha, state, context, description, targetUrl, creator, createdAt: world.now() };
  repository.statuses.push(status);
  return ok(statusEntity(call, status), 201);
}

export async function combinedStatus(call: Call): Promise<Reply> {
  const repository = repositoryOf(call);
  const sha = await commitOf(repository, call.at['ref'] ?? '');
  const ofCommit = repository.statuses.filter((one) => one.sha === sha);
  const latest = [...new Map(ofCommit.map((one) => [one.context.toLowerCase(), one])).values()];
  const bad = latest.some(({ state }) => state === 'failure' || state === 'error');
  const state = bad ? 'failure' : latest.length > 0 && latest.every((one) => one.state === 'success') ? 'success' : 'pending';
  return page(
    call,
    latest.map((one) => statusEntity(call, one)),
    (statuses) => ({ state, sha, total_count: latest.length, statuses }),
  );
}

const runEntity = (call: Call, repository: Repository, of: CheckRun) => ({
  id: of.id,
  head_sha: of.sha,
  external_id: of.externalId,
  name: of.name,
  status: of.status,
  conclusion: of.conclusion,
  url: `${call.world.api}/repos/${pathOf(repository)}/check-runs/${of.id}`,
  html_url: `${call.world.url}/${pathOf(repository)}/runs/${of.id}`,
  details_url: of.detailsUrl,
  started_at: time(of.startedAt),
  completed_at: null,
  check_suite: { id: 1 },
  output: { title: of.title, summary: of.summary, text: null, annotations_count: of.annotations.length, annotations_url: 'https://x/' },
  app: { id: of.appId, slug: call.world.app?.slug ?? '', name: call.world.app?.slug ?? '' },
  pull_requests: [],
});

/** Only an App may write them; a token may read them. */
function asApp(call: Call): { readonly repository: Repository; readonly appId: number } {
  const repository = writable(call, 'checks=write');
  if (call.installation === undefined || call.world.app === undefined) throw new Refused(403, 'You must authenticate via a GitHub App.');
  return { repository, appId: call.world.app.id };
}

interface Output {
  readonly title?: string;
  readonly summary?: string;
  readonly annotations?: readonly CheckRun['annotations'][number][];
}

function change(run: CheckRun, body: Call['body'], homepage: string): void {
  const given = body as { status?: string; conclusion?: string; external_id?: string; details_url?: string; output?: Output };
  if (given.status === 'completed' && given.conclusion === undefined)
    throw new Refused(422, 'Invalid request.\n\nMissing required key: conclusion');
  if ((given.output?.annotations ?? []).length > 50) throw new Refused(422, 'Invalid request.\n\nNo more than 50 annotations at once');
  Object.assign(run, {
    status: given.conclusion === undefined ? (given.status ?? run.status) : 'completed',
    conclusion: given.conclusion ?? run.conclusion,
    externalId: given.external_id ?? run.externalId,
    detailsUrl: given.details_url ?? run.detailsUrl ?? homepage,
    title: given.output?.title ?? run.title,
    summary: given.output?.summary ?? run.summary,
  });
  run.annotations.push(...(given.output?.annotations ?? []));
}

/** https://docs.github.com/en/rest/checks/runs#create-a-check-run */
export async function createCheckRun(call: Call): Promise<Reply> {
  const { repository, appId } = asApp(call);
  const sha = text(call, 'head_sha');
  if (!(await exists(repository, sha, 'commit'))) throw noCommit(sha);
  const run: CheckRun = {
    id: call.world.nextId(),
    appId,
    sha,
    name: text(call, 'name'),
    status: 'queued',
    conclusion: null,
    externalId: '',
    detailsUrl: null,
    title: null,
    summary: null,
    annotations: [],
    startedAt: call.world.now(),
  };
  change(run, call.body, 'https://app.example.com/');
  repository.checkRuns.push(run);
  return ok(runEntity(call, repository, run), 201);
}

export function updateCheckRun(call: Call): Reply {
  const { repository, appId } = asApp(call);
  const run = repository.checkRuns.find(({ id }) => String(id) === call.at['check_run_id']);
  if (run === undefined || run.appId !== appId) throw notFound();
  change(run, call.body, 'https://app.example.com/');
  return ok(runEntity(call, repository, run));
}

export async function listCheckRuns(call: Call): Promise<Reply> {
  const repository = repositoryOf(call);
  const sha = await commitOf(repository, call.at['ref'] ?? '');
  const fits = (name: string, value: string) => [null, value].includes(call.query.get(name));
  const found = repository.checkRuns.filter(
    (run) => run.sha === sha && fits('check_name', run.name) && fits('app_id', String(run.appId)) && fits('status', run.status),
  );
  const latest = [...new Map(found.map((run) => [`${run.appId} ${run.name}`, run])).values()];
  const listed = call.query.get('filter') === 'all' ? found : latest;
  return page(
    call,
    listed.map((run) => runEntity(call, repository, run)),
    (runs) => ({ total_count: listed.length, check_runs: runs }),
  );
}
