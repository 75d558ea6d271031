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
export async function githubScanWorld(folder: string, options: GitHubOptions = {}): Promise<GitHubScanWorld> {
  const server = await startGitHub(options);
  const http = createHttpClient();
  // For looking only: what the command line does goes through its own.
  const forge = createGitHub({ name: 'github', url: server.url, credentials: { token: server.token }, http, store: new MemoryStore() });
  const dispose = async () => {
    await http.close();
    await server.close();
  };
  return {
    ...githubFixture(server, forge, dispose),
    ...commands(folder, `github: { type: github, url: "${server.url}", token: "\${GITHUB_TOKEN}" }`, { GITHUB_TOKEN: server.token }),
    forgeName: 'github',
    server,
    changeAsPerson: async (path, id, change) => server.changePull(path, id, change),
    deleteBranchAsPerson: (path, branch) => server.deleteBranch(path, branch),
  };
}
