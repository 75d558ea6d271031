import { accessContract } from '../../../support/contracts/forge-access.ts';
import { connectGitLab } from '../../../support/gitlab-server/access-fixture.ts';

accessContract('gitlab, Free', async () => (await connectGitLab()).fixture);
accessContract('gitlab, Premium, under a path', async () => (await connectGitLab({ premium: true, root: '/tools/gitlab' })).fixture);
