import { landingContract } from '../../support/contracts/landing-attacks.ts';
import { localAttackFixture } from '../../support/local-attack-fixture.ts';
import { describeWith } from '../../support/parts.ts';

describeWith('git', 'on this machine', () => landingContract('the local forge', localAttackFixture));
