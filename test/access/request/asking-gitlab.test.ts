import { askingContract } from '../../support/contracts/access-asking.ts';
import { connectGitLab } from '../../support/gitlab-server/access-fixture.ts';

askingContract('GitLab', async () => (await connectGitLab()).fixture);
