import { type Call, groupOfCall, isUnder, ok, page, projectOf, type Reply, writable } from './call.ts';
import { describedOperation } from './description/described.ts';
import { listedEntity, requestEntity } from './entities.ts';
import { message, notFound, optional, type Parameters, Refused, text } from './parameters.ts';
import { addSystemNote, closeRequest, keepHead, recheck, retarget } from './pushes.ts';
import { headOf, levelIn, levels, noteQuickActions, type Project, type StoredRequest } from './world.ts';

export function listGroupRequests(call: Call): Reply {
  const group = groupOfCall(call);
  const projects = call.world.projects.filter((project) => isUnder(project, group) && !project.archived && mayRead(call, project));
  return list(
    call,
    projects.flatMap(({ requests }) => requests),
    'created_by_me',
  );
}

export function listProjectRequests(call: Call): Reply {
  const project = projectOf(call);
  if (!mayRead(call, project)) throw message(403, '403 Forbidden');
  return list(call, project.requests, 'all');
}

const mayRead = (call: Call, project: Project): boolean => levelIn(call.user, project.path) >= levels.reporter;

function list(call: Call, all: readonly StoredRequest[], defaultScope: string): Reply {
  const { given } = call;
  const field = given['order_by'] === 'updated_at' ? 'updatedAt' : 'createdAt';
  const turn = given['sort'] === 'asc' ? 1 : -1;
  const found = all
    .filter((request) => fits(call, request, optional(given, 'scope') ?? defaultScope))
    .sort((one, other) => turn * (one[field].getTime() - other[field].getTime() || one.id - other.id));
  const reply = page(call, found);
  const shown = (reply.body as StoredRequest[]).map((request) => {
    const entity = listedEntity(call.world, request);
    if (given['with_merge_status_recheck'] === true && mayRecheck(call, request)) recheck(request);
    return entity;
  });
  return { ...reply, body: shown };
}

const mayRecheck = (call: Call, request: StoredRequest): boolean => levelIn(call.user, request.project.path) >= levels.developer;

function fits(call: Call, of: StoredRequest, scope: string): boolean {
  const { given } = call;
  const after = (name: string, at: Date) => given[name] === undefined || at.getTime() >= Date.parse(text(given, name));
  const same = (name: string, value: string) => given[name] === undefined || given[name] === value;
  return (
    (scope === 'all' || (scope.startsWith('created') && of.author === call.user)) &&
    ['all', of.state].includes(optional(given, 'state') ?? 'all') &&
    after('updated_after', of.updatedAt) &&
    after('created_after', of.createdAt) &&
    (given['updated_before'] === undefined || of.updatedAt.getTime() <= Date.parse(text(given, 'updated_before'))) &&
    same('source_branch', of.sourceBranch) &&
    same('target_branch', of.targetBranch) &&
    (given['author_id'] === undefined || given['author_id'] === of.author.id) &&
    (given['labels'] === undefined ||
      text(given, 'labels')
        .split(',')
        .every((label) => of.labels.includes(label)))
  );
}

export function find(call: Call): StoredRequest {
  const project = projectOf(call);
  const found = project.requests.find(({ iid }) => String(iid) === call.parts[1]);
  if (found === undefined || !mayRead(call, project)) throw message(404, '404 Not found');
  return found;
}

export const show = (call: Call): Reply => {
  const request = find(call);
  const entity = requestEntity(call, request);
  recheck(request);
  return ok(entity);
};

const longestTitle = 255;
const longestDescription = 1_048_576;

function checkTexts(given: Parameters): void {
  const tooLong = (name: string, most: number) => ({ message: { [name]: [`is too long (maximum is ${most} characters)`] } });
  if (given['title'] === '') throw new Refused(400, { error: 'title is empty' });
  if (text(given, 'title').length > longestTitle) throw new Refused(400, tooLong('title', longestTitle));
  if (text(given, 'description').length > longestDescription) throw new Refused(400, tooLong('description', longestDescription));
}

/** https://docs.gitlab.com/api/merge_requests/#create-mr */
export async function create(call: Call): Promise<Reply> {
  const { given } = call;
  const sourceProject = writable(call);
  const project = call.world.projects.find(({ id }) => id === (given['target_project_id'] ?? sourceProject.id));
  if (project === undefined) throw notFound('Project');
  checkTexts(given);
  const [sourceBranch, targetBranch] = [text(given, 'source_branch'), text(given, 'target_branch')];
  const sha = checkBranches(sourceProject, project, sourceBranch, targetBranch);
  const at = call.world.now();
  const request: StoredRequest = {
    id: call.world.nextId(),
    iid: project.requests.length + 1,
    project,
    sourceProject,
    sourceBranch,
    targetBranch,
    title: text(given, 'title'),
    description: text(given, 'description'),
    labels: labelsOf(given),
    assignees: call.world.users.filter(({ id }) => id === given['assignee_id']),
    reviewers: [],
    author: call.user,
    state: 'opened',
    createdAt: at,
    updatedAt: at,
    sha,
    removeSourceBranch: given['remove_source_branch'] === true,
    notes: [],
    versions: [{ id: call.world.nextId(), sha, target: headOf(project, targetBranch) ?? '', createdAt: at }],
    checked: undefined,
    checking: undefined,
  };
  noteQuickActions(call.world, request.description);
  project.requests.push(request);
  await keepHead(request);
  recheck(request);
  if (request.assignees.length > 0) addSystemNote(call.world, request, `assigned to @${request.assignees[0]?.username ?? ''}`);
  return ok(requestEntity(call, request), 201);
}

const labelsOf = (given: Parameters): string[] => text(given, 'labels').split(',').filter(Boolean).sort();

function checkBranches(sourceProject: Project, project: Project, source: string, target: string): string {
  if (sourceProject === project && source === target)
    throw new Refused(422, { error: ["You can't use same project/branch for source and target"] });
  const other = project.requests.find(
    (request) =>
      request.state === 'opened' &&
      request.sourceProject === sourceProject &&
      request.sourceBranch === source &&
      request.targetBranch === target,
  );
  if (other !== undefined) throw message(409, [`Another open merge request already exists for this source branch: !${other.iid}`]);
  const sha = headOf(sourceProject, source);
  if (sha === undefined) throw new Refused(422, { error: [`Source branch "${source}" does not exist`] });
  if (headOf(project, target) === undefined) throw new Refused(422, { error: [`Target branch "${target}" does not exist`] });
  return sha;
}

/** One without a licence, and then the first that was named or none (MergeRequests::BaseService of GitLab); who may not see it is left out. */
function setReviewers({ world }: Call, request: StoredRequest, ids: readonly number[]): void {
  const taken = world.premium ? ids : ids.slice(0, 1);
  const found = taken.flatMap((id) => world.users.find((user) => user.id === id) ?? []);
  const able = found.filter((user) => levelIn(user, request.project.path) >= levels.reporter);
  if (able.length > 0 || ids.length === 0) request.reviewers = able;
}

const described = describedOperation('PUT /projects/:id/merge_requests/:merge_request_iid');
const changeable = [...Object.keys(described.parameters?.properties ?? {}), ...(described.unmodelled ?? [])];

export function update(call: Call): Reply {
  const request = find(call);
  const { project } = request;
  if (project.archived || (levelIn(call.user, project.path) < levels.developer && request.author !== call.user))
    throw message(403, '403 Forbidden');
  const { given } = call;
  if (Object.keys(given).length === 0) {
    throw new Refused(400, { error: `${changeable.join(', ')} are missing, at least one parameter must be provided` });
  }
  checkTexts(given);
  const before = JSON.stringify([request.title, request.description, request.state, request.targetBranch, request.labels]);
  apply(call, request, given);
  const after = JSON.stringify([request.title, request.description, request.state, request.targetBranch, request.labels]);
  if (before !== after) request.updatedAt = call.world.now();
  return ok(requestEntity(call, request));
}

function apply(call: Call, request: StoredRequest, given: Parameters): void {
  request.title = optional(given, 'title') ?? request.title;
  retarget(call.world, request, optional(given, 'target_branch') ?? request.targetBranch);
  if (given['labels'] !== undefined) request.labels = labelsOf(given);
  if (given['reviewer_ids'] !== undefined) setReviewers(call, request, given['reviewer_ids'] as readonly number[]);
  if (given['description'] !== undefined) {
    request.description = text(given, 'description');
    noteQuickActions(call.world, request.description);
  }
  if (given['state_event'] === 'close' && request.state === 'opened') {
    closeRequest(call.world, request, call.user);
  } else if (given['state_event'] === 'reopen' && request.state === 'closed') {
    request.state = 'opened';
    addSystemNote(call.world, request, 'reopened');
  }
}
