import { landingContract } from '../../support/contracts/landing-attacks.ts';
import { connectGitLab } from '../../support/gitlab-server/access-fixture.ts';

landingContract('GitLab Free', async () => (await connectGitLab({ premium: false })).fixture);
landingContract('GitLab Premium', async () => (await connectGitLab({ premium: true })).fixture);
