import { type Call, groupOfCall, isUnder, ok, page, projectOf, type Reply, writable } from './call.ts';
import { requestEntity } from './entities.ts';
import { check, message, notFound, optional, type Parameters, paging, Refused, text } from './parameters.ts';
import { addSystemNote, closeRequest, mergeStatus, recheck } from './pushes.ts';
import { headOf, levelIn, levels, noteQuickActions, type Project, type StoredRequest } from './world.ts';

const filters = {
  state: { kind: ['opened', 'closed', 'locked', 'merged', 'all'] },
  scope: { kind: ['created-by-me', 'assigned-to-me', 'created_by_me', 'assigned_to_me', 'reviews_for_me', 'all'] },
  order_by: { kind: ['created_at', 'updated_at', 'merged_at', 'title', 'label_priority', 'milestone_due', 'popularity', 'priority'] },
  sort: { kind: ['asc', 'desc'] },
  updated_after: { kind: 'datetime' },
  updated_before: { kind: 'datetime' },
  created_after: { kind: 'datetime' },
  source_branch: { kind: 'string' },
  target_branch: { kind: 'string' },
  labels: { kind: 'string' },
  author_id: { kind: 'integer' },
  with_merge_status_recheck: { kind: 'boolean' },
  non_archived: { kind: 'boolean' },
  ...paging,
} as const;

export function listGroupRequests(call: Call): Reply {
  const group = groupOfCall(call);
  const given = check(call.given, filters);
  const projects = call.world.projects.filter((project) => isUnder(project, group) && !project.archived && mayRead(call, project));
  return list(
    call,
    given,
    projects.flatMap(({ requests }) => requests),
    'created_by_me',
  );
}

export function listProjectRequests(call: Call): Reply {
  const project = projectOf(call);
  if (!mayRead(call, project)) throw message(403, '403 Forbidden');
  return list(call, check(call.given, filters), project.requests, 'all');
}

const mayRead = (call: Call, project: Project): boolean => levelIn(call.user, project.path) >= levels.reporter;

function list(call: Call, given: Parameters, all: readonly StoredRequest[], defaultScope: string): Reply {
  const field = given['order_by'] === 'updated_at' ? 'updatedAt' : 'createdAt';
  const turn = given['sort'] === 'asc' ? 1 : -1;
  const found = all
    .filter((request) => fits(call, given, request, optional(given, 'scope') ?? defaultScope))
    .sort((one, other) => turn * (one[field].getTime() - other[field].getTime() || one.id - other.id));
  const reply = page(call, found);
  const shown = (reply.body as StoredRequest[]).map((request) => {
    const entity = requestEntity(call.world, request, mergeStatus(request));
    if (given['with_merge_status_recheck'] === true && mayRecheck(call, request)) recheck(request);
    return entity;
  });
  return { ...reply, body: shown };
}

const mayRecheck = (call: Call, request: StoredRequest): boolean => levelIn(call.user, request.project.path) >= levels.developer;

function fits(call: Call, given: Parameters, of: StoredRequest, scope: string): boolean {
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
  const entity = requestEntity(call.world, request, mergeStatus(request));
  recheck(request);
  return ok(entity);
};

const shared = {
  description: { kind: 'string' },
  assignee_id: { kind: 'integer' },
  assignee_ids: { kind: 'array' },
  reviewer_ids: { kind: 'array' },
  labels: { kind: 'string' },
  remove_source_branch: { kind: 'boolean' },
  squash: { kind: 'boolean' },
} as const;

const longestTitle = 255;
const longestDescription = 1_048_576;

function checkTexts(given: Parameters): void {
  const tooLong = (name: string, most: number) => ({ message: { [name]: [`is too long (maximum is ${most} characters)`] } });
  if (given['title'] === '') throw new Refused(400, { error: 'title is empty' });
  if (text(given, 'title').length > longestTitle) throw new Refused(400, tooLong('title', longestTitle));
  if (text(given, 'description').length > longestDescription) throw new Refused(400, tooLong('description', longestDescription));
}

/** https://docs.gitlab.com/api/merge_requests/#create-mr */
export function create(call: Call): Reply {
  const given = check(call.given, {
    title: { kind: 'string', required: true },
    source_branch: { kind: 'string', required: true },
    target_branch: { kind: 'string', required: true },
    target_project_id: { kind: 'integer' },
    ...shared,
  });
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
    author: call.user,
    state: 'opened',
    createdAt: at,
    updatedAt: at,
    sha,
    removeSourceBranch: given['remove_source_branch'] === true,
    notes: [],
    versions: [{ id: call.world.nextId(), sha, createdAt: at }],
    checked: undefined,
    checking: undefined,
  };
  noteQuickActions(call.world, request.description);
  project.requests.push(request);
  recheck(request);
  if (request.assignees.length > 0) addSystemNote(call.world, request, `assigned to @${request.assignees[0]?.username ?? ''}`);
  return ok(requestEntity(call.world, request, mergeStatus(request)), 201);
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

const changeable = [...Object.keys(shared), 'title', 'target_branch', 'state_event', 'add_labels', 'remove_labels'];

export function update(call: Call): Reply {
  const request = find(call);
  const { project } = request;
  if (project.archived || (levelIn(call.user, project.path) < levels.developer && request.author !== call.user))
    throw message(403, '403 Forbidden');
  const given = check(call.given, {
    title: { kind: 'string' },
    target_branch: { kind: 'string', filled: true },
    state_event: { kind: ['close', 'reopen'] },
    ...shared,
  });
  if (!changeable.some((name) => call.given[name] !== undefined)) {
    throw new Refused(400, { error: `${changeable.join(', ')} are missing, at least one parameter must be provided` });
  }
  checkTexts(given);
  const before = JSON.stringify([request.title, request.description, request.state, request.targetBranch, request.labels]);
  apply(call, request, given);
  const after = JSON.stringify([request.title, request.description, request.state, request.targetBranch, request.labels]);
  if (before !== after) request.updatedAt = call.world.now();
  return ok(requestEntity(call.world, request, mergeStatus(request)));
}

function apply(call: Call, request: StoredRequest, given: Parameters): void {
  request.title = optional(given, 'title') ?? request.title;
  request.targetBranch = optional(given, 'target_branch') ?? request.targetBranch;
  if (given['labels'] !== undefined) request.labels = labelsOf(given);
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
