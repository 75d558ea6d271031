import { createGitLab } from '../../../src/adapters/forges/gitlab/gitlab.ts';
import { createHttpClient } from '../../../src/adapters/http/client.ts';
import type { Forge } from '../../../src/domain/forge.ts';
import type { AttackFixture } from '../contracts/attack-fixture.ts';
import { commitFiles, type Identity } from '../git-repository.ts';
import { MemoryStore } from '../memory-store.ts';
import { gitlabFixture } from './fixture.ts';
import { type GitLabServer, startGitLab } from './gitlab-server.ts';
import { ada, bot, eve, type GitLabOptions, type NewUser } from './options.ts';
import { People } from './people.ts';
import { hasApproved } from './reviews.ts';
import { headOf } from './world.ts';

/** A second person who may write, and a project's token. */
export const grace = {
  username: 'grace',
  name: 'Grace Hopper',
  email: 'grace@example.com',
  roles: { '': 'maintainer' },
} as const satisfies NewUser;
export const robot = { username: 'project_7_bot_0a1b2c', name: 'deploy', roles: { '': 'developer' } } as const satisfies NewUser;

const group = 'platform/leads';

/** Developers may merge into the default branch, and maintainers alone push to it. */
function gitlabAccessFixture(server: GitLabServer, forge: Forge, dispose: () => Promise<void>): AttackFixture {
  const fixture = gitlabFixture(server, forge, dispose);
  const people = new People(server);
  const identity = (username: string): Identity => {
    const { name, email } = people.user(username);
    return { name, email };
  };
  /** A second time it is refused, and the first one stands. */
  const approve = async (path: string, name: string, id: number): Promise<void> => {
    if (!hasApproved(server.mergeRequest(path, id), people.user(name))) server.approve(path, id, name);
  };
  return {
    ...fixture,
    identity,
    robot: robot.username,
    waysToMerge: ['merge commit', 'squash', 'fast-forward'],
    createRepository: async (path, files, options) => {
      await fixture.createRepository(path, files, options);
      people.protect(path, options?.defaultBranch ?? 'main', { push: 'maintainer', merge: 'developer' });
    },
    pushBy: async (path, name, branch, files, how = 'on top') => {
      const project = server.project(path);
      const main = headOf(project, project.defaultBranch) ?? null;
      const parent = how === 'instead' ? main : (headOf(project, branch) ?? main);
      const sha = await commitFiles(project.directory, { branch, files, message: `By ${name}`, parent, author: identity(name) });
      await server.pushCommit(path, branch, sha, name);
      return sha;
    },
    openBy: async (path, username, branch, target) => {
      const id = await server.openMergeRequest(path, branch, `Access, please: ${branch}`, { username });
      if (target !== undefined) server.changeMergeRequest(path, id, { target });
      return id;
    },
    commentBy: async (path, name, id, text) => server.comment(path, id, text, name),
    mergeBy: async (path, name, id, how) => server.merge(path, id, name, how === 'rebase' ? 'fast-forward' : how),
    block: (name) => people.block(name),
    createGroup: (names) => {
      people.group(group, names);
      return group;
    },
    leaveGroup: (path, name) => people.leave(path, name),
    approvalsByTime: true,
    approveBy: approve,
    unapproveBy: async (path, name, id) => server.unapprove(path, id, name),
    approveMergedBy: approve,
    pushBack: (path, name, branch, commit) => server.pushCommit(path, branch, commit, name),
    askedForReview: (path, id) => people.reviewers(path, id),
    issues: {
      open: (path, title) => people.openIssue(path, title),
      commentBy: (path, name, issue, text) => people.commentOnIssue(path, issue, text, name),
      comments: (path, issue) => people.issue(path, issue).notes.map(({ body }) => body),
    },
  };
}

/** A stand-in with everybody in it, and our adapter talking to it. */
export async function connectGitLab(
  options: GitLabOptions = {},
): Promise<{ server: GitLabServer; people: People; fixture: AttackFixture }> {
  const server = await startGitLab({ users: [bot, ada, eve, grace, robot], ...options });
  const http = createHttpClient({ wait: () => Promise.resolve() });
  const forge = createGitLab({ name: 'gitlab', url: server.url, token: server.token, http, store: new MemoryStore() });
  const fixture = gitlabAccessFixture(server, forge, async () => {
    await http.close();
    await server.close();
  });
  return { server, people: new People(server), fixture };
}
