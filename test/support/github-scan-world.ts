import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Credentials } from '../../src/adapters/forges/github/account.ts';
import { createGitHub } from '../../src/adapters/forges/github/github.ts';
import { createHttpClient } from '../../src/adapters/http/client.ts';
import { githubFixture } from './github-server/fixture.ts';
import { type GitHubServer, startGitHub } from './github-server/github-server.ts';
import type { GitHubOptions } from './github-server/options.ts';
import { MemoryStore } from './memory-store.ts';
import { commands, type ScanWorld } from './scan-world.ts';

export interface GitHubScanWorld extends ScanWorld {
  readonly server: GitHubServer;
}

/** On the stand-in of a GitHub Enterprise Server, with the token from the process environment. */
export const githubScanWorld = (folder: string, options: GitHubOptions = {}): Promise<GitHubScanWorld> =>
  begin(folder, options, (server) => ({
    credentials: { token: server.token },
    said: 'token: "${GITHUB_TOKEN}"',
    env: { GITHUB_TOKEN: server.token },
  }));

/** The same as a GitHub App, with its key in a file. */
export function githubAppScanWorld(folder: string): Promise<GitHubScanWorld> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  writeFileSync(join(folder, 'github.pem'), privateKey);
  const said = 'appId: 81, privateKey: "${file:./github.pem}"';
  const app = { id: 81, publicKey, installedBy: ['platform'] };
  return begin(folder, { app }, () => ({ credentials: { appId: 81, privateKey }, said, env: {} }));
}

interface Access {
  readonly credentials: Credentials;
  /** As it stands in app.yml. */
  readonly said: string;
  readonly env: Readonly<Record<string, string>>;
}

async function begin(folder: string, options: GitHubOptions, access: (server: GitHubServer) => Access): Promise<GitHubScanWorld> {
  const server = await startGitHub(options);
  const { credentials, said, env } = access(server);
  const http = createHttpClient();
  // For looking only: what the command line does goes through its own.
  const forge = createGitHub({ name: 'github', url: server.url, credentials, http, store: new MemoryStore() });
  const dispose = async () => {
    await http.close();
    await server.close();
  };
  return {
    ...githubFixture(server, forge, dispose),
    ...commands(folder, `github: { type: github, url: "${server.url}", ${said} }`, env),
    forgeName: 'github',
    server,
    changeAsPerson: async (path, id, change) => server.changePull(path, id, change),
    deleteBranchAsPerson: (path, branch) => server.deleteBranch(path, branch),
  };
}
