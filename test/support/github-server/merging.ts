import { git, gitText, mergedTree } from '../git-repository.ts';
import { type Call, headOf, ok, pullOf, Refused, type Reply, text, writable } from './call.ts';
import { type GitCommit, log } from './entities.ts';
import { end, pushed } from './pushes.ts';
import { type Pull, type Repository, signer, type User, type World } from './world.ts';

export type MergeMethod = 'merge' | 'squash' | 'rebase';

const unmergeable = () => new Refused(405, 'Pull Request is not mergeable');

/** As the page's button does. */
export async function merge(world: World, pull: Pull, user: User, method: MergeMethod = 'merge'): Promise<string> {
  const { repository, base } = pull;
  const target = await headOf(repository, base);
  const tree = target === undefined ? undefined : await mergedTree(repository.directory, target, pull.sha);
  if (target === undefined || tree === undefined) throw unmergeable();
  const sha = await (method === 'rebase' ? rebased(pull, target) : joined(pull, user, { tree, target, squash: method === 'squash' }));
  const brought = (await gitText(repository.directory, ['rev-list', `${target}..${sha}`])).split('\n');
  await git(repository.directory, ['update-ref', `refs/heads/${base}`, sha, target]);
  end(world, pull, user, { before: target, commit: sha, brought });
  await pushed(world, repository, { branch: base, before: target, after: sha, by: user }, 'pr_merge');
  return sha;
}

const identity = (author: Pick<GitCommit['author'], 'name' | 'email'>) => ({
  GIT_AUTHOR_NAME: author.name,
  GIT_AUTHOR_EMAIL: author.email,
  GIT_COMMITTER_NAME: signer.name,
  GIT_COMMITTER_EMAIL: signer.email,
});

interface Joined {
  readonly tree: string;
  readonly target: string;
  readonly squash: boolean;
}

function joined({ repository, head, number, title, sha, author }: Pull, user: User, { tree, target, squash }: Joined): Promise<string> {
  const input = squash ? `${title} (#${number})\n` : `Merge pull request #${number} from ${repository.owner}/${head}\n\n${title}\n`;
  const parents = ['-p', target, ...(squash ? [] : ['-p', sha])];
  return gitText(repository.directory, ['commit-tree', tree, ...parents], { input, env: identity(squash ? author : user) });
}

/** Each commit again on top of the target. */
async function rebased({ repository, sha }: Pull, target: string): Promise<string> {
  let onto = target;
  for (const commit of await log(repository, [`${target}..${sha}`])) onto = await replayed(repository, commit, onto);
  return onto;
}

/** Its change alone: the merge of both sides, as if they had begun where it did. */
async function replayed({ directory }: Repository, { sha, message, author }: GitCommit, onto: string): Promise<string> {
  const env = identity(author);
  const begun = await gitText(directory, ['commit-tree', `${sha}^^{tree}`, '-m', 'x'], { env });
  const side = (of: string) => gitText(directory, ['commit-tree', `${of}^{tree}`, '-p', begun, '-m', 'x'], { env });
  const tree = await mergedTree(directory, await side(onto), await side(sha));
  if (tree === undefined) throw unmergeable();
  return gitText(directory, ['commit-tree', tree, '-p', onto], { input: message, env });
}

const forbidden = {
  merge: 'Merge commits are not allowed on this repository.',
  squash: 'Squash merges are not allowed on this repository.',
  rebase: 'Rebase merges are not allowed on this repository.',
} as const;

/** https://docs.github.com/en/rest/pulls/pulls#merge-a-pull-request */
export async function mergePull(call: Call): Promise<Reply> {
  const repository = writable(call, 'contents=write');
  const pull = pullOf(call, repository);
  const method = (call.body['merge_method'] ?? 'merge') as MergeMethod;
  if (pull.state === 'closed') throw unmergeable();
  if (![undefined, pull.sha].includes(call.body['sha'] === undefined ? undefined : text(call, 'sha')))
    throw new Refused(409, 'Head branch was modified. Review and try the merge again.');
  if (pull.draft) throw new Refused(405, 'Pull Request is still a draft');
  if (repository.forbiddenMerges.includes(method)) throw new Refused(405, forbidden[method]);
  const missing = missingApprovals(pull);
  if (missing > 0) {
    const what = `At least ${missing} approving review${missing === 1 ? ' is' : 's are'} required by reviewers with write access.`;
    throw new Refused(405, `Repository rule violations found\n\n${what}\n\n`);
  }
  return ok({ sha: await merge(call.world, pull, call.user, method), merged: true, message: 'Pull Request successfully merged' });
}

/** As far as the rulesets demand them; each reviewer's last word. */
function missingApprovals({ repository, reviews, author }: Pull): number {
  const demanded = repository.rules.map(({ parameters }) =>
    Number((parameters as { required_approving_review_count?: number } | undefined)?.required_approving_review_count ?? 0),
  );
  const words = new Map(reviews.filter(({ state }) => state !== 'COMMENTED').map((one) => [one.author, one.state]));
  const given = [...words].filter(([by, state]) => by !== author && state === 'APPROVED').length;
  return Math.max(0, ...demanded) - given;
}
