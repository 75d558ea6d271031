import { createGitLab } from '../../../src/adapters/forges/gitlab/gitlab.ts';
import { createHttpClient } from '../../../src/adapters/http/client.ts';
import { askingContract } from '../../support/contracts/access-asking.ts';
import { gitlabAccessFixture, grace, robot } from '../../support/gitlab-server/access-fixture.ts';
import { startGitLab } from '../../support/gitlab-server/gitlab-server.ts';
import { ada, bot, eve } from '../../support/gitlab-server/options.ts';
import { MemoryStore } from '../../support/memory-store.ts';

askingContract('GitLab', async () => {
  const server = await startGitLab({ users: [bot, ada, eve, grace, robot] });
  const http = createHttpClient({ wait: () => Promise.resolve() });
  const forge = createGitLab({ name: 'gitlab', url: server.url, token: server.token, http, store: new MemoryStore() });
  return gitlabAccessFixture(server, forge, async () => {
    await http.close();
    await server.close();
  });
});
