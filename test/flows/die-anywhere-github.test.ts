import { busyGitHub } from '../support/busy-forges.ts';
import { dieAnywhereContract } from '../support/contracts/die-anywhere.ts';
import { killedAnywhereContract } from '../support/contracts/killed-anywhere.ts';

dieAnywhereContract('GitHub', busyGitHub, { writes: true, ways: 1 });
killedAnywhereContract('GitHub', busyGitHub, { requests: 10, steps: 12 });
