import { busyLocal } from '../support/busy-forges.ts';
import { dieAnywhereContract } from '../support/contracts/die-anywhere.ts';
import { killedAnywhereContract } from '../support/contracts/killed-anywhere.ts';

dieAnywhereContract('the embedded forge', busyLocal, { writes: false, every: 'turn' });
killedAnywhereContract('the embedded forge', busyLocal, { requests: 2, steps: 1, failing: 4 });
