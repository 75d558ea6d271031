import { accessAttacks } from '../../support/contracts/access-attacks.ts';
import type { AttackFixture } from '../../support/contracts/attack-fixture.ts';
import { connectGitLab } from '../../support/gitlab-server/access-fixture.ts';

/** Nobody takes away another's approval, and its API does not tell who asks for changes. A fork's head takes no status of ours: see gitlab-merging.test.ts. */
const cannot = [
  'a fork',
  'an approval that was dismissed',
  'an approval, and changes that another approver wants',
  'an approval, and changes that the same person wants',
  'an older approval behind one that was dismissed',
];

async function create(premium: boolean): Promise<AttackFixture> {
  const { forkAsPerson: _, ...fixture } = (await connectGitLab({ premium })).fixture;
  return fixture;
}

accessAttacks('GitLab Free', () => create(false), cannot);
accessAttacks('GitLab Premium', () => create(true), cannot);
