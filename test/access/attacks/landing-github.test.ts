import { landingContract } from '../../support/contracts/landing-attacks.ts';
import { attackedGitHub } from '../../support/github-server/attack-world.ts';

landingContract('GitHub', async () => (await attackedGitHub(true)).fixture);
