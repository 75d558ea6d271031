import { askingContract } from '../../support/contracts/access-asking.ts';
import { localAttackFixture } from '../../support/local-attack-fixture.ts';
import { describeWith } from '../../support/parts.ts';

describeWith('git', 'on this machine', () => {
  askingContract('the local forge', localAttackFixture, { strangers: false, issues: false });
});
