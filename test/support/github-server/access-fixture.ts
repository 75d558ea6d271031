import type { Forge } from '../../../src/domain/forge.ts';
import type { AccessFixture, WayToMerge } from '../contracts/access-fixture.ts';
import type { Identity } from '../git-repository.ts';
import { githubFixture } from './fixture.ts';
import type { GitHubServer } from './github-server.ts';
import type { MergeMethod } from './merging.ts';
import { acme, ada, bot, eve, grace, renovate } from './options.ts';

/** Whom a stand-in needs for it. */
export const accessUsers = [bot, ada, eve, grace, renovate, acme];

const methods: Readonly<Record<Exclude<WayToMerge, 'fast-forward'>, MergeMethod>> = {
  'merge commit': 'merge',
  squash: 'squash',
  rebase: 'rebase',
};

/** More people at work in the stand-in. */
export function githubAccessFixture(server: GitHubServer, forge: Forge, dispose: () => Promise<void>): AccessFixture {
  const identity = (name: string): Identity => server.identity(name);
  return {
    ...githubFixture(server, forge, dispose),
    identity,
    pushBy: (path, name, branch, files, how = 'on top') =>
      how === 'on top'
        ? server.pushAs(path, name, branch, { files, text: `By ${name}`, author: identity(name) })
        : server.replaceAs(path, name, branch, { files, text: `By ${name}`, author: identity(name) }),
    openBy: (path, name, branch, target) =>
      server.openPull(path, branch, `By ${name}`, { login: name, ...(target !== undefined && { target }) }),
    commentBy: async (path, name, id, text) => server.comment(path, id, text, name),
    waysToMerge: ['merge commit', 'squash', 'rebase', 'fast-forward'],
    mergeBy: (path, name, id, how) => {
      const { base, sha } = server.pull(path, id);
      return how === 'fast-forward' ? server.moveBranch(path, name, base, sha) : server.merge(path, id, name, methods[how]);
    },
    block: (name) => server.suspend(name),
    robot: renovate.login,
    createGroup: (names) => {
      server.team('acme/leads', names);
      return 'acme/leads';
    },
    askedForReview: (path, id) => server.pull(path, id).requested.map(({ login }) => login),
    issues: {
      open: (path, title) => server.openIssue(path, title),
      commentBy: (path, name, issue, text) => server.comment(path, issue, text, name),
      comments: (path, issue) => server.comments(path, issue),
    },
  };
}
