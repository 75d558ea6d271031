import { busyGitHub } from '../support/busy-forges.ts';
import { dieAnywhereContract } from '../support/contracts/die-anywhere.ts';
import { killedAnywhereContract } from '../support/contracts/killed-anywhere.ts';

dieAnywhereContract('GitHub', busyGitHub, { writes: true });
killedAnywhereContract('GitHub', busyGitHub, { requests: 4, steps: 6, failing: false });
