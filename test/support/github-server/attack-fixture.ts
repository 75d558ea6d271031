import type { Forge } from '../../../src/domain/forge.ts';
import type { AttackFixture } from '../contracts/attack-fixture.ts';
import { githubAccessFixture } from './access-fixture.ts';
import type { GitHubServer } from './github-server.ts';

/** People in the stand-in who try what they must not. */
export function githubAttackFixture(server: GitHubServer, forge: Forge, dispose: () => Promise<void>): AttackFixture {
  const members = new Map<string, readonly string[]>();
  const join = (group: string, names: readonly string[]): string => {
    members.set(group, names);
    server.team(group, names);
    return group;
  };
  return {
    ...githubAccessFixture(server, forge, dispose),
    createGroup: (names) => join('acme/leads', names),
    leaveGroup: (group, name) =>
      void join(
        group,
        (members.get(group) ?? []).filter((one) => one !== name),
      ),
    approveBy: async (path, name, id) => server.review(path, id, 'APPROVED', name),
    approveMergedBy: async (path, name, id) => server.review(path, id, 'APPROVED', name),
    dismiss: async (path, name, id) => server.dismiss(path, id, name),
    requestChangesBy: async (path, name, id) => server.review(path, id, 'CHANGES_REQUESTED', name),
    pushBack: (path, name, branch, commit) => server.moveBranch(path, name, branch, commit),
  };
}
