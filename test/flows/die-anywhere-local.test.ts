import { busyLocal } from '../support/busy-forges.ts';
import { dieAnywhereContract } from '../support/contracts/die-anywhere.ts';
import { killedAnywhereContract } from '../support/contracts/killed-anywhere.ts';

dieAnywhereContract('the embedded forge', busyLocal, { writes: false, ways: 2 });
killedAnywhereContract('the embedded forge', busyLocal, { requests: 4, steps: 16, failing: 20 });
