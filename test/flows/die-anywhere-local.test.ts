import { busyLocal } from '../support/busy-forges.ts';
import { dieAnywhereContract } from '../support/contracts/die-anywhere.ts';
import { killedAnywhereContract } from '../support/contracts/killed-anywhere.ts';

dieAnywhereContract('the embedded forge', busyLocal, { writes: false });
killedAnywhereContract('the embedded forge', busyLocal, { requests: 1, steps: 1, failing: true });
