import type { ProjectSchema } from '@gitbeaker/rest';
import type { GitLabApi } from './api.ts';

const mostPages = 100;

/** Paths of the projects under a group and its subgroups, without archived ones and without those that other groups share with it. */
export async function discover(api: GitLabApi, group: string, topic: string | undefined): Promise<readonly string[]> {
  const filter = { includeSubgroups: true, archived: false, withShared: false, simple: true, orderBy: 'id', sort: 'asc' } as const;
  const { items } = await api.ask('listing the projects of group', group, ({ groups }) =>
    api.list<ProjectSchema>((paging) => groups.allProjects(group, { ...filter, ...(topic === undefined ? {} : { topic }), ...paging }), {
      maxPages: mostPages,
    }),
  );
  return items.map((project) => project.path_with_namespace).sort();
}
