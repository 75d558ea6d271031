import { accessAttacks } from '../../support/contracts/access-attacks.ts';
import { attackedGitHub } from '../../support/github-server/attack-world.ts';

/** Nobody takes an approval back, and it names its commit: nothing has to be written. */
const cannot = [
  'a comment that somebody edited',
  'a commit named by somebody else',
  'a commit named in a quote',
  'a short name of the commit',
  'an approval that may be of an older page',
  'an approval that was taken back',
  'another commit named',
];

accessAttacks('GitHub', async () => (await attackedGitHub(true)).fixture, cannot);
