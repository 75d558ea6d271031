import { spawn } from 'node:child_process';
import { GitFailed, git } from '../git-repository.ts';
import { type Call, groupOfCall, isUnder, ok, page, projectOf, type Reply, writable } from './call.ts';
import { resolve } from './commits.ts';
import { commitEntity, projectEntity, time, userEntity } from './entities.ts';
import { check, message, notFound, optional, paging, Refused, text } from './parameters.ts';
import { branchDeleted } from './pushes.ts';
import { headOf, isProtected, levelIn, levels, mayPush, nameOf, type Project } from './world.ts';

const isEmpty = (project: Project): boolean => headOf(project, project.defaultBranch) === undefined;

export const showProject = (call: Call): Reply => {
  const project = projectOf(call);
  return ok(projectEntity(call.world, project, isEmpty(project)));
};

export function listGroupProjects(call: Call): Reply {
  const group = groupOfCall(call);
  const given = check(call.given, {
    archived: { kind: 'boolean' },
    include_subgroups: { kind: 'boolean' },
    with_shared: { kind: 'boolean' },
    simple: { kind: 'boolean' },
    topic: { kind: 'string' },
    search: { kind: 'string' },
    order_by: { kind: ['id', 'name', 'path', 'created_at', 'updated_at', 'similarity', 'star_count', 'last_activity_at'] },
    sort: { kind: ['asc', 'desc'] },
    ...paging,
  });
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
    found.map((project) => projectEntity(call.world, project, isEmpty(project))),
  );
}

const branchFields = [
  'refname:lstrip=2',
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

async function refs(project: Project, prefix: string, names: readonly string[]): Promise<string[][]> {
  const format = `${names.map((name) => `%(${name})`).join('%1f')}%1e`;
  const listed = await git(project.directory, ['for-each-ref', `--format=${format}`, prefix]);
  return listed
    .toString()
    .split('\x1e')
    .map((line) => line.replace(/^\n/, '').split('\x1f'))
    .filter((line) => line.length === names.length);
}

function branchEntity(
  call: Call,
  project: Project,
  [name = '', sha = '', parent = '', an = '', ae = '', ad = '', cn = '', ce = '', cd = '', body = '']: string[],
) {
  const commit = {
    sha,
    parents: parent.split(' ').filter(Boolean),
    message: body.replace(/\n$/, ''),
    author: { name: an, email: ae, date: ad },
    committer: { name: cn, email: ce, date: cd },
  };
  return {
    name,
    commit: commitEntity(call.world, project, commit),
    merged: false,
    protected: isProtected(project, name),
    developers_can_push: false,
    developers_can_merge: false,
    can_push: mayPush(call.user, project, name),
    default: name === project.defaultBranch,
    web_url: `${call.world.url}/${project.path}/-/tree/${encodeURIComponent(name)}`,
  };
}

/** GitLab answers the same question of the same user from a cache for half a minute. */
const keptMs = 30_000;
const caches = new WeakMap<object, Map<string, { readonly at: number; readonly reply: Reply }>>();

/** What was answered from memory is asked of the repository again. */
export const forgetBranches = (project: object): void => void caches.delete(project);

export async function listBranches(call: Call): Promise<Reply> {
  const project = projectOf(call);
  check(call.given, {
    search: { kind: 'string' },
    regex: { kind: 'string' },
    sort: { kind: 'string' },
    page_token: { kind: 'string' },
    ...paging,
  });
  const cache = caches.get(project) ?? new Map<string, { at: number; reply: Reply }>();
  caches.set(project, cache);
  const key = JSON.stringify([call.user.id, call.given, project.archived]);
  const kept = cache.get(key);
  if (kept !== undefined && Date.now() - kept.at < keptMs) return kept.reply;
  const search = text(call.given, 'search');
  const listed = (await refs(project, 'refs/heads/', branchFields)).filter(([name = '']) => name.includes(search));
  const reply = page(
    call,
    listed.map((line) => branchEntity(call, project, line)),
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

const tagFields = [
  'refname:lstrip=2',
  'objectname',
  '*objectname',
  'committerdate:iso-strict',
  'taggerdate:iso-strict',
  'contents:subject',
];

export async function listTags(call: Call): Promise<Reply> {
  const project = projectOf(call);
  const given = check(call.given, {
    search: { kind: 'string' },
    order_by: { kind: ['name', 'updated', 'version'] },
    sort: { kind: ['asc', 'desc'] },
    ...paging,
  });
  const search = text(given, 'search').toLowerCase();
  const plain = search.replace(/^\^/, '').replace(/\$$/, '');
  const fits = (name: string) =>
    name.includes(plain) && (!search.startsWith('^') || name.startsWith(plain)) && (!search.endsWith('$') || name.endsWith(plain));
  const listed = (await refs(project, 'refs/tags/', tagFields)).filter(([name = '']) => fits(name.toLowerCase()));
  const tags = listed.map(([name = '', object = '', peeled = '', committed = '', tagged = '', subject = '']) => ({
    name,
    message: peeled === '' ? '' : subject,
    target: object,
    commit: { id: peeled === '' ? object : peeled, short_id: object.slice(0, 8), title: subject, created_at: committed || tagged },
    release: null,
    protected: false,
    created_at: tagged === '' ? null : tagged,
  }));
  return page(call, tags);
}

export function listReleases(call: Call): Reply {
  const project = projectOf(call);
  check(call.given, { order_by: { kind: ['released_at', 'created_at'] }, sort: { kind: ['asc', 'desc'] }, ...paging });
  const newestFirst = project.releases.toReversed();
  return page(
    call,
    newestFirst.map((release) => ({
      tag_name: release.tag,
      name: release.name,
      description: release.description,
      created_at: time(release.releasedAt),
      released_at: time(release.releasedAt),
      upcoming_release: false,
      author: null,
      _links: { self: `${call.world.url}/${project.path}/-/releases/${encodeURIComponent(release.tag)}` },
    })),
  );
}

export async function rawFile(call: Call): Promise<undefined> {
  const project = projectOf(call);
  const path = call.parts[1] ?? '';
  const given = check(call.given, { ref: { kind: 'string' } });
  if (/(^|\/)\.\.?(\/|$)/.test(path)) throw new Refused(400, { error: 'file_path should be a valid file path' });
  const commit = await resolve(project, optional(given, 'ref') ?? project.defaultBranch, 'Commit');
  const content = await git(project.directory, ['cat-file', 'blob', `${commit}:${path}`]).catch((error: unknown) => {
    throw error instanceof GitFailed ? notFound('File') : error;
  });
  call.response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'content-length': content.length }).end(content);
  return undefined;
}

/** https://docs.gitlab.com/api/repositories/#get-file-archive */
export async function archive(call: Call): Promise<undefined> {
  const project = projectOf(call);
  const given = check(call.given, { sha: { kind: 'string' }, path: { kind: 'string' } });
  const commit = await resolve(project, optional(given, 'sha') ?? project.defaultBranch, 'File');
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

export const showUser = (call: Call): Reply =>
  ok({ ...userEntity(call.world, call.user), email: call.user.email, commit_email: call.user.commitEmail, bot: false });

export function listUsers(call: Call): Reply {
  const given = check(call.given, { username: { kind: 'string' }, search: { kind: 'string' }, ...paging });
  const name = optional(given, 'username')?.toLowerCase();
  const found = call.world.users.filter(({ username }) => name === undefined || username.toLowerCase() === name);
  return page(
    call,
    found.map((user) => userEntity(call.world, user)),
  );
}
