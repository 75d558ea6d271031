import { busyGitLab } from '../support/busy-forges.ts';
import { dieAnywhereContract } from '../support/contracts/die-anywhere.ts';
import { killedAnywhereContract } from '../support/contracts/killed-anywhere.ts';

dieAnywhereContract('GitLab', busyGitLab, { writes: true, every: 'kind' });
killedAnywhereContract('GitLab', busyGitLab, { requests: 4, steps: 4 });
