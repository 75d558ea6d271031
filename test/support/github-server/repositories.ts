import { git, gitText } from '../git-repository.ts';
import {
  type Call,
  filled,
  links,
  mayRead,
  notFound,
  ok,
  page,
  permissionOf,
  Refused,
  type Reply,
  repositoryOf,
  resolve,
  resolveBranch,
} from './call.ts';
import { changedFiles } from './changes.ts';
import { commitEntity, log, repositoryEntity, time, userEntity } from './entities.ts';
import { pathOf, type Repository } from './world.ts';

export const getRepository = (call: Call): Reply => ok(repositoryEntity(call.world, repositoryOf(call)));

const visible = (call: Call, fits: (repository: Repository) => boolean): readonly unknown[] =>
  call.world.repositories.filter((one) => fits(one) && mayRead(call, one)).map((one) => repositoryEntity(call.world, one));

/** Owners are organisations, unless a user is called so. */
export function listOrganisation(call: Call): Reply {
  const owner = (call.at['org'] ?? '').toLowerCase();
  const isUser = call.world.users.some(({ login }) => login.toLowerCase() === owner);
  const found = visible(call, (one) => one.owner.toLowerCase() === owner);
  if (isUser || found.length === 0) throw notFound();
  return page(call, found);
}

export function listUser(call: Call): Reply {
  const name = (call.at['username'] ?? '').toLowerCase();
  if (!call.world.users.some(({ login }) => login.toLowerCase() === name)) throw notFound();
  return page(
    call,
    visible(call, (one) => one.owner.toLowerCase() === name),
  );
}

export const listOwn = (call: Call): Reply =>
  page(
    call,
    visible(call, (one) => one.owner === call.user.login),
  );

export function listInstallation(call: Call): Reply {
  if (call.installation === undefined) throw new Refused(403, 'Resource not accessible by personal access token');
  const found = visible(call, () => true);
  return page(call, found, (repositories) => ({ total_count: found.length, repositories }));
}

/** With what was merged, newest first; of one file, as `git log` simplifies it. https://docs.github.com/en/rest/commits/commits#list-commits */
export async function listCommits(call: Call): Promise<Reply> {
  const repository = await filled(repositoryOf(call));
  const head = await resolveBranch(repository, call.query.get('sha') ?? repository.defaultBranch);
  if (head === undefined) throw notFound();
  const file = call.query.get('path');
  const ids = await gitText(repository.directory, ['rev-list', head, '--', ...(file === null ? [] : [`:(literal)${file}`])]);
  const found = await Promise.all(
    ids
      .split('\n')
      .filter(Boolean)
      .map(async (id) => (await log(repository, ['--max-count=1', id])).map((one) => commitEntity(call.world, repository, one))),
  );
  return page(call, found.flat());
}

export async function compare(call: Call): Promise<Reply> {
  const repository = await filled(repositoryOf(call));
  const [from = '', to = ''] = (call.at['basehead'] ?? '').split('...');
  const [base, head] = [await resolveBranch(repository, from), await resolveBranch(repository, to)];
  if (base === undefined || head === undefined) throw notFound();
  const commits = await log(repository, [`${base}..${head}`]);
  const behind = (await log(repository, [`${head}..${base}`])).length;
  const [number, size] = [Number(call.query.get('page') ?? 1), Number(call.query.get('per_page') ?? 250)];
  const mergeBase = await gitText(repository.directory, ['merge-base', base, head]).catch(() => {
    throw new Refused(404, `No common ancestor between ${from} and ${to}.`);
  });
  const [[baseCommit], [baseOfBoth]] = [
    await log(repository, ['--max-count=1', base]),
    await log(repository, ['--max-count=1', mergeBase]),
  ];
  if (baseCommit === undefined || baseOfBoth === undefined) throw notFound();
  const status = commits.length > 0 ? (behind > 0 ? 'diverged' : 'ahead') : behind > 0 ? 'behind' : 'identical';
  const body = {
    status,
    ahead_by: commits.length,
    behind_by: behind,
    total_commits: commits.length,
    base_commit: commitEntity(call.world, repository, baseCommit),
    merge_base_commit: commitEntity(call.world, repository, baseOfBoth),
    commits: commits.slice((number - 1) * size, number * size).map((commit) => commitEntity(call.world, repository, commit)),
    ...(number === 1 && { files: (await changedFiles(call.world, repository, mergeBase, head)).slice(0, 300) }),
  };
  return { status: 200, body, headers: links(call, number, Math.ceil(commits.length / size)) };
}

/** The address of the archive, which works for whoever has it. https://docs.github.com/en/rest/repos/contents#download-a-repository-archive-tar */
export async function tarball(call: Call): Promise<Reply> {
  const repository = await filled(repositoryOf(call));
  const sha = await resolveBranch(repository, call.at['ref'] ?? '');
  if (sha === undefined) throw notFound();
  return { status: 302, headers: { location: `${call.world.codeload}/${pathOf(repository)}/legacy.tar.gz/${sha}?token=archive-token` } };
}

export async function getContent(call: Call): Promise<Reply> {
  const repository = await filled(repositoryOf(call));
  const path = call.at['path'] ?? '';
  const commit = await resolveBranch(repository, call.query.get('ref') ?? repository.defaultBranch);
  if (commit === undefined || /(^|\/)\.\.?(\/|$)/.test(path)) throw notFound();
  if (call.accept !== 'application/vnd.github.raw+json') throw new Error('this stand-in knows raw contents only');
  const raw = await git(repository.directory, ['cat-file', 'blob', `${commit}:${path}`]).catch(() => {
    throw notFound();
  });
  return { status: 200, raw };
}

export async function listTags(call: Call): Promise<Reply> {
  const repository = repositoryOf(call);
  const listed = await gitText(repository.directory, ['for-each-ref', '--format=%(refname:lstrip=2)', 'refs/tags/']);
  const names = listed.split('\n').filter(Boolean);
  const tags = await Promise.all(
    names.map(async (name) => ({ name, commit: { sha: (await resolve(repository, `refs/tags/${name}`)) ?? '', url: call.world.api } })),
  );
  return page(call, tags);
}

export function listReleases(call: Call): Reply {
  const repository = repositoryOf(call);
  const listed = repository.releases.toReversed().map((release) => ({
    id: release.id,
    html_url: `${call.world.url}/${pathOf(repository)}/releases/tag/${encodeURIComponent(release.tag)}`,
    tag_name: release.tag,
    name: release.name,
    body: release.body,
    draft: release.draft,
    prerelease: false,
    created_at: time(release.publishedAt),
    published_at: release.draft ? null : time(release.publishedAt),
  }));
  return page(call, listed);
}

/** https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user */
export function getPermission(call: Call): Reply {
  const repository = repositoryOf(call);
  const found = call.world.users.find(({ login }) => login.toLowerCase() === (call.at['username'] ?? '').toLowerCase());
  if (found === undefined) throw notFound();
  const role = found.role ?? permissionOf(found, repository.owner) ?? 'none';
  const permission = { maintain: 'write', triage: 'read', admin: 'admin', write: 'write', read: 'read', none: 'none' }[role];
  return ok({ permission, role_name: role, user: { ...userEntity(call.world, found), role_name: role } });
}

export function getUser(call: Call): Reply {
  if (call.installation !== undefined) throw new Refused(403, 'Resource not accessible by integration');
  return ok({ ...userEntity(call.world, call.user), user_view_type: 'private' });
}
