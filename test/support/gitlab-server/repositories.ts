import { spawn } from 'node:child_process';
import { GitFailed, git } from '../git-repository.ts';
import { type Call, groupOfCall, isUnder, ok, page, pageOfRefs, projectOf, type Reply, writable } from './call.ts';
import { log, resolve, toCommit } from './commits.ts';
import type { Branch, ProtectedBranch } from './description/branches.ts';
import type { Member } from './description/members.ts';
import type { Release as DescribedRelease } from './description/releases.ts';
import type { Tag } from './description/tags.ts';
import type { CurrentUser } from './description/users.ts';
import { basicProjectEntity, commitEntity, projectEntity, userEntity } from './entities.ts';
import { message, notFound, optional, Refused, text } from './parameters.ts';
import { branchDeleted } from './pushes.ts';
import { accessOf, headOf, isProtected, levelIn, levels, mayPush, nameOf, type Project, type Release, type User } from './world.ts';

const isEmpty = (project: Project): boolean => headOf(project, project.defaultBranch) === undefined;

export const showProject = (call: Call): Reply => {
  const project = projectOf(call);
  return ok(projectEntity(call.world, project, isEmpty(project)));
};

export function listGroupProjects(call: Call): Reply {
  const group = groupOfCall(call);
  const { given } = call;
  const topics = optional(given, 'topic')?.split(',') ?? [];
  const found = call.world.projects.filter(
    (project) =>
      isUnder(project, group) &&
      levelIn(call.user, project.path) >= levels.guest &&
      (given['include_subgroups'] === true || !project.path.slice(group.length + 1).includes('/')) &&
      (given['archived'] === undefined || given['archived'] === project.archived) &&
      topics.every((topic) => project.topics.includes(topic)),
  );
  return page(
    call,
    found.map((project) =>
      given['simple'] === true ? basicProjectEntity(call.world, project) : projectEntity(call.world, project, isEmpty(project)),
    ),
  );
}

const commitFields = [
  'objectname',
  'parent',
  'authorname',
  'authoremail:trim',
  'authordate:iso-strict',
  'committername',
  'committeremail:trim',
  'committerdate:iso-strict',
  'contents',
];
const branchFields = ['refname:lstrip=2', ...commitFields];

async function refs(project: Project, prefix: string, names: readonly string[]): Promise<string[][]> {
  const format = `${names.map((name) => `%(${name})`).join('%1f')}%1e`;
  const listed = await git(project.directory, ['for-each-ref', `--format=${format}`, prefix]);
  return listed
    .toString()
    .split('\x1e')
    .map((line) => line.replace(/^\n/, '').split('\x1f'))
    .filter((line) => line.length === names.length);
}

const branchEntity = (call: Call, project: Project, [name = '', ...commit]: string[]): Branch => ({
  name,
  commit: commitEntity(call.world, project, toCommit(commit)),
  merged: false,
  protected: isProtected(project, name),
  developers_can_push: false,
  developers_can_merge: false,
  can_push: mayPush(call.user, project, name),
  default: name === project.defaultBranch,
  web_url: `${call.world.url}/${project.path}/-/tree/${encodeURIComponent(name)}`,
});

/** GitLab answers the same question of the same user from a cache for half a minute. */
const keptMs = 30_000;
const caches = new WeakMap<object, Map<string, { readonly at: number; readonly reply: Reply }>>();

/** What was answered from memory is asked of the repository again. */
export const forgetBranches = (project: object): void => void caches.delete(project);

export async function listBranches(call: Call): Promise<Reply> {
  const project = projectOf(call);
  const cache = caches.get(project) ?? new Map<string, { at: number; reply: Reply }>();
  caches.set(project, cache);
  const search = text(call.given, 'search');
  const key = JSON.stringify([call.user.id, search, call.given['page'], call.given['per_page'], project.archived]);
  const kept = cache.get(key);
  if (kept !== undefined && Date.now() - kept.at < keptMs) return kept.reply;
  const all = await refs(project, 'refs/heads/', branchFields);
  const found = all.filter(([name = '']) => name.includes(search));
  const reply = pageOfRefs(
    call,
    found.map((line) => branchEntity(call, project, line)),
    all.length,
  );
  cache.set(key, { at: Date.now(), reply });
  return reply;
}

export async function showBranch(call: Call): Promise<Reply> {
  const project = projectOf(call);
  const name = call.parts[1] ?? '';
  if (headOf(project, name) === undefined) throw notFound('Branch');
  const line = (await refs(project, 'refs/heads/', branchFields)).find(([found]) => found === name);
  if (line === undefined) throw notFound('Branch');
  return ok(branchEntity(call, project, line));
}

export async function deleteBranch(call: Call): Promise<Reply> {
  const project = writable(call);
  const name = call.parts[1] ?? '';
  if (headOf(project, name) === undefined) throw notFound('Branch');
  if (name === project.defaultBranch) throw message(403, 'Cannot remove HEAD branch');
  if (isProtected(project, name)) throw message(403, 'Protected branch cannot be removed');
  await git(project.directory, ['update-ref', '-d', `refs/heads/${name}`]);
  branchDeleted(call.world, project, name, call.user);
  return { status: 204 };
}

/** A commit as it is, or the one that an annotated tag names. */
const tagFields = [
  'refname:lstrip=2',
  'objectname',
  'objecttype',
  'taggerdate:iso-strict',
  'contents',
  ...commitFields,
  ...commitFields.map((field) => `*${field}`),
];

function tagEntity(call: Call, project: Project, [name = '', target = '', type = '', tagged = '', body = '', ...commits]: string[]): Tag {
  const annotated = type === 'tag';
  const commit = toCommit(annotated ? commits.slice(commitFields.length) : commits.slice(0, commitFields.length));
  const release = project.releases.find(({ tag }) => tag === name);
  return {
    name,
    message: annotated ? body.replace(/\n$/, '') : '',
    target,
    commit: commitEntity(call.world, project, commit),
    release: release === undefined ? null : { tag_name: name, description: release.description },
    protected: false,
    created_at: annotated ? tagged : null,
  };
}

export async function listTags(call: Call): Promise<Reply> {
  const project = projectOf(call);
  const search = text(call.given, 'search').toLowerCase();
  const plain = search.replace(/^\^/, '').replace(/\$$/, '');
  const fits = (name: string) =>
    name.includes(plain) && (!search.startsWith('^') || name.startsWith(plain)) && (!search.endsWith('$') || name.endsWith(plain));
  const all = await refs(project, 'refs/tags/', tagFields);
  const found = all.filter(([name = '']) => fits(name.toLowerCase()));
  return pageOfRefs(
    call,
    found.map((line) => tagEntity(call, project, line)),
    all.length,
  );
}

/** Lightweight, without a message. Refusals as its Tags::CreateService words them, all with status 400. */
export async function createTag(call: Call): Promise<Reply> {
  const project = writable(call);
  const [name, ref] = [text(call.given, 'tag_name'), text(call.given, 'ref')];
  const known = (tag: string) => refs(project, `refs/tags/${tag}`, tagFields);
  await git(project.directory, ['check-ref-format', `refs/tags/${name}`]).catch(() => {
    throw message(400, 'Tag name invalid');
  });
  if ((await known(name)).length > 0) throw message(400, `Tag ${name} already exists`);
  const commit = await resolve(project, ref, 'Commit').catch(() => {
    throw message(400, `Target ${ref} is invalid`);
  });
  await git(project.directory, ['update-ref', `refs/tags/${name}`, commit]);
  const [line] = await known(name);
  return ok(tagEntity(call, project, line ?? []), 201);
}

export async function listReleases(call: Call): Promise<Reply> {
  const project = projectOf(call);
  const newestFirst = project.releases.toReversed();
  return page(call, await Promise.all(newestFirst.map((release) => releaseEntity(call, project, release))));
}

async function releaseEntity(call: Call, project: Project, { tag, name, description, releasedAt }: Release): Promise<DescribedRelease> {
  const [commit] = await log(project, `refs/tags/${tag}`, 1);
  const url = `${call.world.url}/${project.path}`;
  const requests = (state: string) => `${url}/-/merge_requests?release_tag=${encodeURIComponent(tag)}&scope=all&state=${state}`;
  const issues = (state: string) => `${url}/-/issues?release_tag=${encodeURIComponent(tag)}&scope=all&state=${state}`;
  return {
    name,
    tag_name: tag,
    description,
    created_at: releasedAt.toISOString(),
    released_at: releasedAt.toISOString(),
    upcoming_release: false,
    commit: commit === undefined ? null : commitEntity(call.world, project, commit),
    assets: { count: 0, sources: [], links: [] },
    evidences: [],
    _links: {
      closed_issues_url: issues('closed'),
      closed_merge_requests_url: requests('closed'),
      merged_merge_requests_url: requests('merged'),
      opened_issues_url: issues('opened'),
      opened_merge_requests_url: requests('opened'),
      self: `${url}/-/releases/${encodeURIComponent(tag)}`,
    },
  };
}

export async function rawFile(call: Call): Promise<undefined> {
  const project = projectOf(call);
  const path = call.parts[1] ?? '';
  if (/(^|\/)\.\.?(\/|$)/.test(path)) throw new Refused(400, { error: 'file_path should be a valid file path' });
  const commit = await resolve(project, optional(call.given, 'ref') ?? project.defaultBranch, 'Commit');
  const content = await git(project.directory, ['cat-file', 'blob', `${commit}:${path}`]).catch((error: unknown) => {
    throw error instanceof GitFailed ? notFound('File') : error;
  });
  call.response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'content-length': content.length }).end(content);
  return undefined;
}

/** https://docs.gitlab.com/api/repositories/#get-file-archive */
export async function archive(call: Call): Promise<undefined> {
  const project = projectOf(call);
  const commit = await resolve(project, optional(call.given, 'sha') ?? project.defaultBranch, 'File');
  const name = `${nameOf(project.path)}-${commit}-${commit}`;
  const args = ['archive', '--format=tar.gz', `--prefix=${name}/`, commit];
  const child = spawn('git', ['-c', 'safe.directory=*', ...args], { cwd: project.directory, stdio: ['ignore', 'pipe', 'ignore'] });
  call.response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="${name}.tar.gz"`,
  });
  child.stdout.pipe(call.response);
  await new Promise((ended) => call.response.once('close', ended));
  child.kill();
  return undefined;
}

/** https://docs.gitlab.com/api/repositories/#merge-base */
export async function showMergeBase(call: Call): Promise<Reply> {
  const project = projectOf(call);
  const given = call.given['refs'] as readonly string[];
  if (given.length < 2) throw message(400, 'Provide at least 2 refs');
  const known = await Promise.all(given.map((ref) => resolve(project, ref, 'Commit').catch(() => undefined)));
  const unknown = given.filter((_, at) => known[at] === undefined);
  if (unknown.length > 0) throw message(400, `Could not find ${unknown.length > 1 ? 'refs' : 'ref'}: ${unknown.join(', ')}`);
  const base = await git(project.directory, ['merge-base', ...known.flatMap((sha) => sha ?? [])]).catch(() => {
    throw notFound('Merge Base');
  });
  const [commit] = await log(project, base.toString().trim(), 1);
  if (commit === undefined) throw notFound('Merge Base');
  return ok(commitEntity(call.world, project, commit));
}

/** One who is a member here or above. https://docs.gitlab.com/api/members/ */
export function showMember(call: Call): Reply {
  const project = projectOf(call);
  const found = call.world.users.find(({ id }) => String(id) === call.parts[1]);
  const level = found === undefined ? 0 : levelIn(found, project.path);
  if (found === undefined || level === 0) throw message(404, '404 Not found');
  return ok(memberEntity(call, found, level));
}

const memberEntity = ({ world }: Call, user: User, level: number): Member => ({
  ...userEntity(world, user),
  access_level: level as Member['access_level'],
  created_at: '2026-01-01T00:00:00.000Z',
  expires_at: null,
  membership_state: 'active',
});

export function listGroupMembers(call: Call): Reply {
  const members = call.world.groups.get((call.parts[0] ?? '').toLowerCase());
  if (members === undefined) throw message(404, '404 Group Not Found');
  return page(
    call,
    members.map((user) => memberEntity(call, user, levels.developer)),
  );
}

/** https://docs.gitlab.com/api/protected_branches/ */
export function listProtectedBranches(call: Call): Reply {
  const project = projectOf(call);
  if (levelIn(call.user, project.path) < levels.maintainer) throw message(403, '403 Forbidden');
  const named = { 0: 'No one', 30: 'Developers + Maintainers', 40: 'Maintainers' } as Readonly<Record<number, string>>;
  const access = (level: 0 | 30 | 40, id: number) => [{ id, access_level: level, access_level_description: named[level] ?? '' }];
  const rules = project.protectedBranches.map((name, at): ProtectedBranch => {
    const { push, merge } = accessOf(project, name);
    return {
      id: at + 1,
      name,
      push_access_levels: access(push, 2 * at + 1),
      merge_access_levels: access(merge, 2 * at + 2),
      allow_force_push: false,
      ...(call.world.premium ? { unprotect_access_levels: [], code_owner_approval_required: false, inherited: false } : {}),
    };
  });
  return page(call, rules);
}

export function showUser({ world, user }: Call): Reply {
  const account: CurrentUser = {
    ...userEntity(world, user),
    email: user.email,
    commit_email: user.commitEmail,
    bot: false,
    created_at: '2026-01-01T00:00:00.000Z',
    external: false,
    can_create_group: true,
    can_create_project: true,
    two_factor_enabled: false,
  };
  return ok(account);
}

export function listUsers(call: Call): Reply {
  const name = optional(call.given, 'username')?.toLowerCase();
  const found = call.world.users.filter(({ username }) => name === undefined || username.toLowerCase() === name);
  return page(
    call,
    found.map((user) => userEntity(call.world, user)),
  );
}
