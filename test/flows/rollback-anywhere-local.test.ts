import { busyLocal } from '../support/busy-forges.ts';
import { rollbackAnywhereContract } from '../support/contracts/rollback-anywhere.ts';

rollbackAnywhereContract('the embedded forge', busyLocal, { processes: true });
