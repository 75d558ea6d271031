import { generateKeyPairSync } from 'node:crypto';
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
export async function attackedGitHub(dotCom: boolean, as: 'token' | 'App' = 'token'): Promise<AttackedGitHub> {
  const made = as === 'App' ? newApp() : undefined;
  const server = await startGitHub({ dotCom, users: accessUsers, stepMs: 1_000, ...(made !== undefined && { app: made.app }) });
  const store = new MemoryStore();
  const http = rerouted(createHttpClient({ wait: () => Promise.resolve(), store }), server);
  const credentials = made === undefined ? { token: server.token } : { appId: made.app.id, privateKey: made.privateKey };
  const forge = createGitHub({ name: 'github', url: server.url, credentials, http, store });
  const dispose = async () => {
    await http.close();
    await server.close();
  };
  return { server, fixture: githubAttackFixture(server, forge, dispose) };
}

function newApp() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' }, // as GitHub gives it
  });
  return { app: { id: 81, publicKey, installedBy: ['platform'] }, privateKey };
}

/** A GitHub with an environment, in which nobody has access. */
export async function attackedEnvironment(dotCom = true, as?: 'token' | 'App'): Promise<AttackedGitHub> {
  const world = await attackedGitHub(dotCom, as);
  await world.fixture.createRepository(path, { 'manifests/app.yaml': 'a: 1\n' });
  return world;
}
