import { createGitLab } from '../../../../src/adapters/forges/gitlab/gitlab.ts';
import { createHttpClient } from '../../../../src/adapters/http/client.ts';
import { forgeContract } from '../../../support/contracts/forge-contract.ts';
import type { ForgeFixture } from '../../../support/contracts/forge-fixture.ts';
import { gitlabFixture } from '../../../support/gitlab-server/fixture.ts';
import { startGitLab } from '../../../support/gitlab-server/gitlab-server.ts';
import { ada, bot, eve } from '../../../support/gitlab-server/options.ts';
import { MemoryStore } from '../../../support/memory-store.ts';

async function create(root: string): Promise<ForgeFixture> {
  const server = await startGitLab({ root, users: [bot, ada, eve] });
  const http = createHttpClient({ wait: () => Promise.resolve() });
  const forge = createGitLab({ name: 'gitlab', url: server.url, token: server.token, http, store: new MemoryStore() });
  return gitlabFixture(server, forge, async () => {
    await http.close();
    await server.close();
  });
}

forgeContract('gitlab', () => create(''));
forgeContract('gitlab under a path', () => create('/tools/gitlab'));
