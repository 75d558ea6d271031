import { createGitHub } from '../../../src/adapters/forges/github/github.ts';
import { createHttpClient } from '../../../src/adapters/http/client.ts';
import { askingContract } from '../../support/contracts/access-asking.ts';
import { accessUsers, githubAccessFixture } from '../../support/github-server/access-fixture.ts';
import { rerouted } from '../../support/github-server/fixture.ts';
import { startGitHub } from '../../support/github-server/github-server.ts';
import { MemoryStore } from '../../support/memory-store.ts';

askingContract('GitHub', async () => {
  const server = await startGitHub({ dotCom: true, users: accessUsers });
  const store = new MemoryStore();
  const http = rerouted(createHttpClient({ wait: () => Promise.resolve(), store }), server);
  const forge = createGitHub({ name: 'github', url: server.url, credentials: { token: server.token }, http, store });
  return githubAccessFixture(server, forge, async () => {
    await http.close();
    await server.close();
  });
});
