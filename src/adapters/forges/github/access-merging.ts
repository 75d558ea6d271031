import type { RestEndpointMethodTypes } from '@octokit/rest';
import type { AccessForge } from '../../../domain/access-forge.ts';
import { ConflictError, OutsideError } from '../../../domain/errors.ts';
import { writeOnce } from '../write-once.ts';
import type { GitHubApi } from './api.ts';
import type { ListedPull } from './pull-request.ts';
import { refusalIn } from './refusals.ts';
import { GitHubRefusal } from './transport.ts';

type Outcome = Awaited<ReturnType<AccessForge['merge']>>;
type ShownPull = RestEndpointMethodTypes['pulls']['get']['response']['data'];

const mostPages = 10;

/** See AccessForge. */
export async function mergedWith(api: GitHubApi, path: string, commit: string): Promise<readonly number[]> {
  const { data: repository } = await api.ask('looking at', path, (rest, at) => rest.repos.get({ ...at }));
  const doing = `listing the pull requests that brought ${commit} to`;
  const { items, complete } = await api.ask(doing, path, (rest, at) =>
    api.list<ListedPull>((paging) => rest.repos.listPullRequestsAssociatedWithCommit({ ...at, commit_sha: commit, ...paging }), {
      maxPages: mostPages,
    }),
  );
  if (!complete) throw new OutsideError(`${api.name}:${path}`, `${doing} ${path}: there are more than can be read`);
  const isHere = ({ merged_at: merged, base }: ListedPull) =>
    merged !== null && base.ref === repository.default_branch && base.repo.id === repository.id;
  return [...new Set(items.filter(isHere).map(({ number }) => number))];
}

/** In the first of the ways that the repository allows. */
export async function mergePull(api: GitHubApi, path: string, id: number, head: string): Promise<Outcome> {
  const refusals: string[] = [];
  for (const method of ['merge', 'squash', 'rebase'] as const) {
    const reason = await mergeBy(api, path, id, head, method);
    if (reason === undefined) return { outcome: 'merged' };
    refusals.push(reason);
    if (!isOfMethod(reason)) break;
  }
  const { merged } = await atHead(api, path, id, head);
  return merged ? { outcome: 'merged' } : { outcome: 'refused', reason: refusals.at(-1) ?? '' };
}

/** Another way may be allowed: `Merge commits are not allowed on this repository.`, or a history that must be linear. */
const isOfMethod = (reason: string): boolean =>
  /merge commits|squash merges|rebase merges|merge method/i.test(reason) && /\bnot\b/i.test(reason);

/** Undefined when it is merged, or GitHub's words. Throws ConflictError for another head. https://docs.github.com/en/rest/pulls/pulls#merge-a-pull-request */
async function mergeBy(
  api: GitHubApi,
  path: string,
  id: number,
  head: string,
  method: 'merge' | 'squash' | 'rebase',
): Promise<string | undefined> {
  const write = () =>
    api.ask(`merging pull request #${id} of`, path, async (rest, at) => {
      try {
        await rest.pulls.merge({ ...at, pull_number: id, sha: head, merge_method: method });
        return { done: true } as const;
      } catch (error) {
        const refusal = refusalIn(error);
        if (!(refusal instanceof GitHubRefusal) || ![403, 405, 422].includes(refusal.status)) throw error;
        return { done: false, reason: refusal.reason } as const;
      }
    });
  const happened = async () => ((await atHead(api, path, id, head)).merged ? ({ done: true } as const) : undefined);
  const made = await writeOnce(write, happened);
  return made.done ? undefined : made.reason.trim();
}

/** The pull request as it is. Throws ConflictError where that is not the head. */
async function atHead(api: GitHubApi, path: string, id: number, head: string): Promise<ShownPull> {
  const { data } = await api.ask(`looking at pull request #${id} of`, path, (rest, at) => rest.pulls.get({ ...at, pull_number: id }));
  if (data.head.sha === head) return data;
  throw new ConflictError(
    `${api.name}:${path}`,
    `merging pull request #${id} of ${path}: its head is ${data.head.sha} by now; the next run looks again`,
  );
}
