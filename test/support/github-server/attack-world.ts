import { createGitHub } from '../../../src/adapters/forges/github/github.ts';
import { createHttpClient } from '../../../src/adapters/http/client.ts';
import type { AttackFixture } from '../contracts/attack-fixture.ts';
import { path } from '../contracts/attack-scene.ts';
import { MemoryStore } from '../memory-store.ts';
import { accessUsers } from './access-fixture.ts';
import { githubAttackFixture } from './attack-fixture.ts';
import { rerouted } from './fixture.ts';
import { type GitHubServer, startGitHub } from './github-server.ts';

export interface AttackedGitHub {
  readonly server: GitHubServer;
  readonly fixture: AttackFixture;
}

/** github.com, or an Enterprise Server, without a repository. Things happen at least a second apart, as GitHub tells time. */
export async function attackedGitHub(dotCom: boolean): Promise<AttackedGitHub> {
  const server = await startGitHub({ dotCom, users: accessUsers, stepMs: 1_000 });
  const store = new MemoryStore();
  const http = rerouted(createHttpClient({ wait: () => Promise.resolve(), store }), server);
  const forge = createGitHub({ name: 'github', url: server.url, credentials: { token: server.token }, http, store });
  const dispose = async () => {
    await http.close();
    await server.close();
  };
  return { server, fixture: githubAttackFixture(server, forge, dispose) };
}

/** A GitHub with an environment, in which nobody has access. */
export async function attackedEnvironment(dotCom = true): Promise<AttackedGitHub> {
  const world = await attackedGitHub(dotCom);
  await world.fixture.createRepository(path, { 'manifests/app.yaml': 'a: 1\n' });
  return world;
}
