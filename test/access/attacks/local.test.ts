import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocal } from '../../../src/adapters/forges/local/local.ts';
import { accessAttacks } from '../../support/contracts/access-attacks.ts';
import type { AttackFixture } from '../../support/contracts/attack-fixture.ts';
import { localFixture } from '../../support/local-fixture.ts';
import { describeWith } from '../../support/parts.ts';

async function create(): Promise<AttackFixture> {
  const root = mkdtempSync(join(tmpdir(), 'lockkeeper-test-'));
  const forge = createLocal({ name: 'local', path: root });
  const fixture = localFixture(root, forge, async () => rmSync(root, { recursive: true }));
  const headOf = async (path: string, id: number) => (await forge.gatedRequest(path, id)).commit;
  return {
    ...fixture,
    approveBy: async (path, name, id) => forge.approve(path, id, name, await headOf(path, id)),
    unapproveBy: async (path, name, id) => {
      const record = fixture.read(path, id);
      fixture.write(path, id, { ...record, approvals: record.approvals.filter(({ user }) => user !== name) });
    },
  };
}

/** It knows names and nothing else of people: no forks, groups, programs, blocked accounts, and no reviews but approvals. */
const withoutAccounts = [
  'a fork',
  'an approval after the merge',
  'an approval that was dismissed',
  'an approval, and changes that another approver wants',
  'an approval, and changes that the same person wants',
  'an older approval behind one that was dismissed',
  'approved by a member of the group that it is for',
  'approved by a program',
  'approved by who is blocked by now',
  'approved by who left the group by now',
  'opened by a program',
  'opened by a program that names a person',
  'pushed to by a program',
];

/** So that nothing has to be proven by its time; one that comes back is the very commit that was approved. */
const approvalsNameCommits = [
  'a comment that somebody edited',
  'a commit named by somebody else',
  'a commit named in a quote',
  'a short name of the commit',
  'an approval that may be of an older page',
  'another commit named',
  'the approved commit pushed away and back',
];

describeWith('git', 'on this machine', () => {
  accessAttacks('the local forge', create, [...withoutAccounts, ...approvalsNameCommits]);
});
