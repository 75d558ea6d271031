import { createGitHub } from '../../../src/adapters/forges/github/github.ts';
import { createHttpClient } from '../../../src/adapters/http/client.ts';
import { accessAttacks } from '../../support/contracts/access-attacks.ts';
import type { AttackFixture } from '../../support/contracts/attack-fixture.ts';
import { accessUsers } from '../../support/github-server/access-fixture.ts';
import { githubAttackFixture } from '../../support/github-server/attack-fixture.ts';
import { rerouted } from '../../support/github-server/fixture.ts';
import { startGitHub } from '../../support/github-server/github-server.ts';
import { MemoryStore } from '../../support/memory-store.ts';

async function create(): Promise<AttackFixture> {
  const server = await startGitHub({ dotCom: true, users: accessUsers, stepMs: 1_000 });
  const store = new MemoryStore();
  const http = rerouted(createHttpClient({ wait: () => Promise.resolve(), store }), server);
  const forge = createGitHub({ name: 'github', url: server.url, credentials: { token: server.token }, http, store });
  return githubAttackFixture(server, forge, async () => {
    await http.close();
    await server.close();
  });
}

/** Nobody takes an approval back, and it names its commit: nothing has to be written. */
const cannot = [
  'a comment that somebody edited',
  'a commit named by somebody else',
  'a commit named in a quote',
  'a short name of the commit',
  'an approval that may be of an older page',
  'an approval that was taken back',
  'another commit named',
];

accessAttacks('GitHub', create, cannot);
