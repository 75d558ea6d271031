import { scanContract } from '../support/contracts/scan-contract.ts';
import { githubScanWorld } from '../support/github-scan-world.ts';

scanContract('GitHub', githubScanWorld);
