import { accessAttacks } from '../../support/contracts/access-attacks.ts';
import { localAttackFixture } from '../../support/local-attack-fixture.ts';
import { describeWith } from '../../support/parts.ts';

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
  accessAttacks('the local forge', localAttackFixture, [...withoutAccounts, ...approvalsNameCommits]);
});
