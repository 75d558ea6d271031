import { scanContract } from '../support/contracts/scan-contract.ts';
import { localScanWorld } from '../support/scan-world.ts';

scanContract('the embedded forge', async (folder) => localScanWorld(folder));
