import { scanContract } from '../support/contracts/scan-contract.ts';
import { githubAppScanWorld, githubScanWorld } from '../support/github-scan-world.ts';

scanContract('GitHub', githubScanWorld);
scanContract('GitHub as an App', githubAppScanWorld);
