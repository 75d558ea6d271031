import { git } from '../../test/support/git-repository.ts';
import { ok, page, projectOf } from '../../test/support/gitlab-server/call.ts';
import { resolve } from '../../test/support/gitlab-server/commits.ts';
import { check, notFound, optional, paging } from '../../test/support/gitlab-server/parameters.ts';
import type { Answer, Route } from '../../test/support/gitlab-server/routes.ts';

/** https://docs.gitlab.com/api/version/ */
const version: Answer = () => ok({ version: '18.5.1-ee', revision: '0123456789a' });

/** https://docs.gitlab.com/api/repositories/#list-all-repository-trees-in-a-project */
const tree: Answer = async (call) => {
  const project = projectOf(call);
  const given = check(call.given, { path: { kind: 'string' }, ref: { kind: 'string' }, recursive: { kind: 'boolean' }, ...paging });
  const commit = await resolve(project, optional(given, 'ref') ?? project.defaultBranch, 'Tree');
  const folder = optional(given, 'path') ?? '';
  const listed = await git(project.directory, ['ls-tree', '-z', `${commit}:${folder}`]).catch(() => {
    throw notFound('Tree');
  });
  const entries = listed
    .toString()
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const [, mode = '', type = '', id = '', name = ''] = /^(\d+) (\w+) (\w+)\t(.*)$/s.exec(line) ?? [];
      return { id, name, type, path: folder === '' ? name : `${folder}/${name}`, mode };
    });
  return page(call, entries);
};

/** Nobody has opened an issue: https://docs.gitlab.com/api/issues/#list-all-project-issues */
const issues: Answer = (call) => {
  projectOf(call);
  return page(call, []);
};

/** What Renovate asks a GitLab and Lockkeeper does not. */
export const peerRoutes: readonly Route[] = [
  ['GET /version', version],
  ['GET /projects/:id/issues', issues],
  ['GET /projects/:id/repository/tree', tree],
];
