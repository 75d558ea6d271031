import type { Forge } from '../../../src/domain/forge.ts';
import type { AccessFixture } from '../contracts/access-fixture.ts';
import { commitFiles, type Identity } from '../git-repository.ts';
import { gitlabFixture } from './fixture.ts';
import type { GitLabServer } from './gitlab-server.ts';
import type { NewUser } from './options.ts';
import { People } from './people.ts';
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
export function gitlabAccessFixture(server: GitLabServer, forge: Forge, dispose: () => Promise<void>): AccessFixture {
  const fixture = gitlabFixture(server, forge, dispose);
  const people = new People(server);
  const identity = (username: string): Identity => {
    const { name, email } = people.user(username);
    return { name, email };
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
    askedForReview: (path, id) => people.reviewers(path, id),
    issues: {
      open: (path, title) => people.openIssue(path, title),
      commentBy: (path, name, issue, text) => people.commentOnIssue(path, issue, text, name),
      comments: (path, issue) => people.issue(path, issue).notes.map(({ body }) => body),
    },
  };
}
