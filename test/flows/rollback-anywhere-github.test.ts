import { busyGitHub } from '../support/busy-forges.ts';
import { rollbackAnywhereContract } from '../support/contracts/rollback-anywhere.ts';

rollbackAnywhereContract('GitHub', busyGitHub, { stride: 3 });
