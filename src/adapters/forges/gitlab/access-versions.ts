import type { MergeRequestDiffVersionsSchema } from '@gitbeaker/rest';
import { OutsideError } from '../../../domain/errors.ts';
import type { GitLabApi } from './api.ts';

/** The version of a merge request that has its head; they are listed newest first. Throws OutsideError where GitLab's workers have not made it yet. */
export async function versionAt(api: GitLabApi, path: string, id: number, head: string): Promise<MergeRequestDiffVersionsSchema> {
  const { items } = await api.ask(`listing the versions of merge request !${id} of`, path, ({ mergeRequests }) =>
    api.list<MergeRequestDiffVersionsSchema>((paging) => mergeRequests.allDiffVersions(path, id, paging), { maxPages: 1 }),
  );
  const [newest] = items.toSorted((one, other) => other.id - one.id);
  if (newest?.head_commit_sha === head) return newest;
  const text = `looking at merge request !${id} of ${path}: GitLab has not worked out its newest version yet; try again in a moment`;
  throw new OutsideError(`${api.name}:${path}`, text);
}
