import { OutsideError } from '../../../domain/errors.ts';
import type { GitHubApi } from './api.ts';
import { utc } from './pull-request.ts';

const mostPages = 30;

/** By somebody, or by GitHub itself when the branch is deleted into which it went. */
const retargets: readonly string[] = ['base_ref_changed', 'automatic_base_change_succeeded'];

/**
 * When a pull request was last made to go into another branch, undefined for one that never was: the head stays the same then, reviews keep its commit, and
 * what they were shown was something else. Its timeline does not tell it. https://docs.github.com/en/rest/using-the-rest-api/issue-event-types#base_ref_changed
 */
export async function retargetedAt(api: GitHubApi, path: string, id: number): Promise<string | undefined> {
  const doing = `reading the events of pull request #${id} of`;
  const { items, complete } = await api.ask(doing, path, (rest, at) =>
    api.list((paging) => rest.issues.listEvents({ ...at, issue_number: id, ...paging }), { maxPages: mostPages }),
  );
  if (!complete) throw new OutsideError(`${api.name}:${path}`, `${doing} ${path}: there are more than can be read`);
  const newest = items.findLast(({ event }) => retargets.includes(event));
  return newest === undefined ? undefined : utc(newest.created_at);
}
