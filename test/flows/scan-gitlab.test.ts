import { scanContract } from '../support/contracts/scan-contract.ts';
import { gitlabScanWorld } from '../support/gitlab-scan-world.ts';

scanContract('GitLab', gitlabScanWorld);
scanContract('GitLab under a path', (folder) => gitlabScanWorld(folder, { root: '/tools/gitlab' }));
