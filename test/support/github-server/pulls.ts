import { gitText } from '../git-repository.ts';
import {
  type Call,
  headOf,
  invalid,
  mayWrite,
  ok,
  page,
  pullOf,
  Refused,
  type Reply,
  repositoryOf,
  resolve,
  text,
  writable,
} from './call.ts';
import { eventEntity, forcedEntity, labelEntity, pullEntity, retargetEntity, shownPullEntity, userEntity } from './entities.ts';
import { close, keepHead, mergeability, relabel, retarget } from './pushes.ts';
import type { Pull, Repository } from './world.ts';

export function listPulls(call: Call): Reply {
  const repository = repositoryOf(call);
  const given = (name: string, otherwise: string) => call.query.get(name) ?? otherwise;
  const [state, sort] = [given('state', 'open'), given('sort', 'created')];
  const [head, base] = [call.query.get('head'), call.query.get('base')];
  const turn = given('direction', sort === 'created' ? 'desc' : 'asc') === 'asc' ? 1 : -1;
  const at = (pull: Pull) => (sort === 'updated' ? pull.updatedAt : pull.createdAt).getTime();
  const found = repository.pulls
    .filter((pull) => state === 'all' || pull.state === state)
    .filter((pull) => base === null || base === pull.base)
    .filter((pull) => head === null || head === `${pull.headRepository.owner}:${pull.head}`)
    .sort((one, other) => turn * (at(one) - at(other) || one.number - other.number));
  const reply = page(call, found);
  return { ...reply, body: (reply.body as readonly Pull[]).map((pull) => pullEntity(call.world, pull)) };
}

export async function getPull(call: Call): Promise<Reply> {
  const pull = pullOf(call, repositoryOf(call));
  return ok(shownPullEntity(call.world, pull, await mergeability(pull)));
}

export const longest = { title: 256, body: 65_536 };

function checkTexts(call: Call): void {
  if (call.body['title'] !== undefined && text(call, 'title').trim() === '') {
    throw new Refused(422, 'Validation Failed', [{ resource: 'PullRequest', code: 'missing_field', field: 'title' }]);
  }
  if (text(call, 'title').length > longest.title) throw invalid('Issue', `title is too long (maximum is ${longest.title} characters)`);
  if (text(call, 'body').length > longest.body) throw invalid('Issue', `body is too long (maximum is ${longest.body} characters)`);
}

/** `branch`, `owner:branch` of this repository or of a fork. */
function headSide(call: Call, repository: Repository): { readonly from: Repository; readonly branch: string } {
  const [first = '', second] = text(call, 'head').split(/:(.*)/s);
  if (second === undefined) return { from: repository, branch: first };
  const from = call.world.repositories.find(({ owner, name }) => owner === first && name === repository.name);
  return { from: from ?? repository, branch: second };
}

/** https://docs.github.com/en/rest/pulls/pulls#create-a-pull-request */
export async function createPull(call: Call): Promise<Reply> {
  const repository = repositoryOf(call);
  const { from, branch } = headSide(call, repository);
  // From a fork of their own anybody may open one who may read.
  if (from === repository || repository.archived || !mayWrite(call, from)) writable(call, 'pull_requests=write');
  const base = text(call, 'base');
  checkTexts(call);
  const [sha, baseSha] = [await headOf(from, branch), await headOf(repository, base)];
  const missing = (field: string) => new Refused(422, 'Validation Failed', [{ resource: 'PullRequest', field, code: 'invalid' }]);
  if (sha === undefined) throw missing('head');
  if (baseSha === undefined) throw missing('base');
  const news = from === repository ? await ahead(repository, baseSha, sha) : 1;
  // From here to the end nothing waits: of two that open at once the second finds the first.
  const same = (pull: Pull) => pull.state === 'open' && pull.headRepository === from && pull.head === branch && pull.base === base;
  if (repository.pulls.some(same)) throw invalid('PullRequest', `A pull request already exists for ${from.owner}:${branch}.`);
  if (news === 0) throw invalid('PullRequest', `No commits between ${base} and ${branch}`);
  const at = call.world.now();
  const pull: Pull = {
    id: call.world.nextId(),
    number: repository.pulls.length + repository.issues.length + 1,
    repository,
    headRepository: from,
    head: branch,
    base,
    title: text(call, 'title'),
    body: text(call, 'body'),
    labels: [],
    events: [],
    forced: [],
    retargets: [],
    assignees: [],
    requested: [],
    author: call.user,
    state: 'open',
    draft: call.body['draft'] === true,
    createdAt: at,
    updatedAt: at,
    sha,
    baseSha,
    comments: [],
    reviews: [],
    checked: undefined,
    checking: undefined,
  };
  repository.pulls.push(pull);
  await keepHead(pull);
  return ok(shownPullEntity(call.world, pull, null), 201);
}

const ahead = async (repository: Repository, base: string, head: string): Promise<number> =>
  Number(await gitText(repository.directory, ['rev-list', '--count', `${base}..${head}`]));

export async function updatePull(call: Call): Promise<Reply> {
  const repository = writable(call, 'pull_requests=write');
  const pull = pullOf(call, repository);
  checkTexts(call);
  const { title, body, base, state } = call.body as { title?: string; body?: string; base?: string; state?: 'open' | 'closed' };
  if (base !== undefined && (await resolve(repository, `refs/heads/${base}`)) === undefined)
    throw invalid('PullRequest', `Base is invalid`);
  const before = JSON.stringify([pull.title, pull.body, pull.base, pull.state]);
  Object.assign(pull, { ...(title !== undefined && { title }), ...(body !== undefined && { body }) });
  if (base !== undefined) retarget(call.world, pull, base, call.user);
  if (state === 'closed' && pull.state === 'open') close(call.world, pull, call.user);
  if (state === 'open' && pull.state === 'closed') {
    if (pull.mergedAt !== undefined) throw invalid('PullRequest', 'state cannot be changed. The pull request was merged.');
    pull.state = 'open';
  }
  if (JSON.stringify([pull.title, pull.body, pull.base, pull.state]) !== before) pull.updatedAt = call.world.now();
  return ok(shownPullEntity(call.world, pull, await mergeability(pull)));
}

export function listEvents(call: Call): Reply {
  const pull = pullOf(call, repositoryOf(call));
  const labels = pull.events.map((event) => ({ at: event.at, entity: eventEntity(call.world, pull, event) }));
  const retargets = pull.retargets.map((event) => ({ at: event.at, entity: retargetEntity(call.world, pull, event) }));
  const all = [...labels, ...retargets].sort((one, other) => one.at.getTime() - other.at.getTime());
  return page(
    call,
    all.map(({ entity }) => entity),
  );
}

/** With the labels of before: GitHub tells much more. */
export function listTimeline(call: Call): Reply {
  const pull = pullOf(call, repositoryOf(call));
  const labels = pull.events.map((event) => ({ at: event.at, entity: eventEntity(call.world, pull, event) }));
  const forced = pull.forced.map((event) => ({ at: event.at, entity: forcedEntity(call.world, pull, event) }));
  const all = [...labels, ...forced].sort((one, other) => one.at.getTime() - other.at.getTime());
  return page(
    call,
    all.map(({ entity }) => entity),
  );
}

/** Labels that the repository does not have yet are made. */
export function addLabels(call: Call): Reply {
  const pull = pullOf(call, writable(call, 'issues=write; pull_requests=write'));
  const names = (call.body['labels'] ?? []) as readonly string[];
  relabel(call.world, pull, [...new Set([...pull.labels, ...names])], call.user);
  return ok(pull.labels.map(labelEntity));
}

/** A pull request is an issue too, which says who closed it. https://docs.github.com/en/rest/issues/issues#get-an-issue */
export function getIssue(call: Call): Reply {
  const pull = pullOf(call, repositoryOf(call));
  return ok({ ...issueEntity(call, pull), closed_by: pull.closedBy === undefined ? null : userEntity(call.world, pull.closedBy) });
}

function issueEntity(call: Call, pull: Pull) {
  const { html_url, user, labels, assignees, state, title, number, body, created_at, updated_at, closed_at } = pullEntity(call.world, pull);
  return { html_url, user, labels, assignees, state, title, number, body, created_at, updated_at, closed_at };
}

/** Who may not be assigned is left out without a word. */
export function addAssignees(call: Call): Reply {
  const pull = pullOf(call, writable(call, 'issues=write; pull_requests=write'));
  const logins = ((call.body['assignees'] ?? []) as readonly string[]).map((login) => login.toLowerCase());
  const found = call.world.users.filter((user) => user.type === 'User' && logins.includes(user.login.toLowerCase()));
  pull.assignees = [...new Set([...pull.assignees, ...found])];
  return ok(issueEntity(call, pull), 201);
}
