import { busyGitHub } from '../support/busy-forges.ts';
import { dieAnywhereContract } from '../support/contracts/die-anywhere.ts';
import { killedAnywhereContract } from '../support/contracts/killed-anywhere.ts';

dieAnywhereContract('GitHub', busyGitHub, { writes: true, every: 'turn' });
killedAnywhereContract('GitHub', busyGitHub, { requests: 5, steps: 4 });
