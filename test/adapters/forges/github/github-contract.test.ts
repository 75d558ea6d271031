import { createGitHub } from '../../../../src/adapters/forges/github/github.ts';
import { createHttpClient } from '../../../../src/adapters/http/client.ts';
import { forgeContract } from '../../../support/contracts/forge-contract.ts';
import type { ForgeFixture } from '../../../support/contracts/forge-fixture.ts';
import { githubFixture, rerouted } from '../../../support/github-server/fixture.ts';
import { startGitHub } from '../../../support/github-server/github-server.ts';
import { ada, bot, eve } from '../../../support/github-server/options.ts';
import { MemoryStore } from '../../../support/memory-store.ts';

async function create(dotCom: boolean): Promise<ForgeFixture> {
  const server = await startGitHub({ dotCom, users: [bot, ada, eve] });
  const store = new MemoryStore();
  const http = rerouted(createHttpClient({ wait: () => Promise.resolve(), store }), server);
  const forge = createGitHub({ name: 'github', url: server.url, credentials: { token: server.token }, http, store });
  return githubFixture(server, forge, async () => {
    await http.close();
    await server.close();
  });
}

forgeContract('github.com', () => create(true));
forgeContract('GitHub Enterprise', () => create(false));
