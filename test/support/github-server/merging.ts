import { git, gitText, mergedTree } from '../git-repository.ts';
import { headOf, Refused } from './call.ts';
import { pushed } from './pushes.ts';
import { type Pull, signer, type User, type World } from './world.ts';

/** With a merge commit, as the page's button does by default. */
export async function merge(world: World, pull: Pull, user: User): Promise<void> {
  const { repository, head, base, number } = pull;
  const target = await headOf(repository, base);
  const tree = target === undefined ? undefined : await mergedTree(repository.directory, target, pull.sha);
  if (target === undefined || tree === undefined) throw new Refused(405, 'Pull Request is not mergeable');
  const env = {
    GIT_AUTHOR_NAME: user.name,
    GIT_AUTHOR_EMAIL: user.email,
    GIT_COMMITTER_NAME: signer.name,
    GIT_COMMITTER_EMAIL: signer.email,
  };
  const message = `Merge pull request #${number} from ${repository.owner}/${head}\n\n${pull.title}\n`;
  const sha = await gitText(repository.directory, ['commit-tree', tree, '-p', target, '-p', pull.sha], { input: message, env });
  await git(repository.directory, ['update-ref', `refs/heads/${base}`, sha, target]);
  const at = world.now();
  Object.assign(pull, { state: 'closed', closedAt: at, closedBy: user, mergedAt: at, mergeCommit: sha, updatedAt: at });
  pushed(world, repository, base, sha);
}
