import { busyGitLab } from '../support/busy-forges.ts';
import { dieAnywhereContract } from '../support/contracts/die-anywhere.ts';
import { killedAnywhereContract } from '../support/contracts/killed-anywhere.ts';

dieAnywhereContract('GitLab', busyGitLab, { writes: true, ways: 2 });
killedAnywhereContract('GitLab', busyGitLab, { requests: 8, steps: 10 });
