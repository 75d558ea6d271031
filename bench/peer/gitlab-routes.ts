import { Type } from 'typebox';
import { git } from '../../test/support/git-repository.ts';
import { ok, page, projectOf } from '../../test/support/gitlab-server/call.ts';
import { resolve } from '../../test/support/gitlab-server/commits.ts';
import { optional, paging, text } from '../../test/support/gitlab-server/description/shapes.ts';
import { notFound } from '../../test/support/gitlab-server/parameters.ts';
import type { Answer, DescribedRoute } from '../../test/support/gitlab-server/routes.ts';

/** https://docs.gitlab.com/api/version/ */
const version: Answer = () => ok({ version: '18.5.1-ee', revision: '0123456789a' });

/** https://docs.gitlab.com/api/repositories/#list-all-repository-trees-in-a-project */
const tree: Answer = async (call) => {
  const project = projectOf(call);
  const { path = '', ref = project.defaultBranch } = call.given as { readonly path?: string; readonly ref?: string };
  const commit = await resolve(project, ref, 'Tree');
  const listed = await git(project.directory, ['ls-tree', '-z', `${commit}:${path}`]).catch(() => {
    throw notFound('Tree');
  });
  const entries = listed
    .toString()
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const [, mode = '', type = '', id = '', name = ''] = /^(\d+) (\w+) (\w+)\t(.*)$/s.exec(line) ?? [];
      return { id, name, type, path: path === '' ? name : `${path}/${name}`, mode };
    });
  return page(call, entries);
};

/** Nobody has opened an issue: https://docs.gitlab.com/api/issues/#list-all-project-issues */
const issues: Answer = (call) => {
  projectOf(call);
  return page(call, []);
};

const anything = { 200: Type.Unknown() };

/** What Renovate asks a GitLab and Lockkeeper does not. */
export const peerRoutes: readonly DescribedRoute[] = [
  { name: 'GET /version', answer: version, operation: { page: 'https://docs.gitlab.com/api/version/', replies: anything } },
  {
    name: 'GET /projects/:id/issues',
    answer: issues,
    operation: { page: 'https://docs.gitlab.com/api/issues/', parameters: optional(paging), replies: anything },
  },
  {
    name: 'GET /projects/:id/repository/tree',
    answer: tree,
    operation: {
      page: 'https://docs.gitlab.com/api/repositories/',
      parameters: optional({ path: text, ref: text, recursive: Type.Boolean(), ...paging }),
      replies: anything,
    },
  },
];
