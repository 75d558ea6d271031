import { createGitLab } from '../../../../src/adapters/forges/gitlab/gitlab.ts';
import { createHttpClient } from '../../../../src/adapters/http/client.ts';
import type { AccessFixture } from '../../../support/contracts/access-fixture.ts';
import { accessContract } from '../../../support/contracts/forge-access.ts';
import { gitlabAccessFixture, grace, robot } from '../../../support/gitlab-server/access-fixture.ts';
import { startGitLab } from '../../../support/gitlab-server/gitlab-server.ts';
import { ada, bot, eve, type GitLabOptions } from '../../../support/gitlab-server/options.ts';
import { MemoryStore } from '../../../support/memory-store.ts';

async function create(options: GitLabOptions): Promise<AccessFixture> {
  const server = await startGitLab({ users: [bot, ada, eve, grace, robot], ...options });
  const http = createHttpClient({ wait: () => Promise.resolve() });
  const forge = createGitLab({ name: 'gitlab', url: server.url, token: server.token, http, store: new MemoryStore() });
  return gitlabAccessFixture(server, forge, async () => {
    await http.close();
    await server.close();
  });
}

accessContract('gitlab, Free', () => create({}));
accessContract('gitlab, Premium, under a path', () => create({ premium: true, root: '/tools/gitlab' }));
