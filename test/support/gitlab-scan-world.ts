import { createGitLab } from '../../src/adapters/forges/gitlab/gitlab.ts';
import { createHttpClient } from '../../src/adapters/http/client.ts';
import { gitlabFixture } from './gitlab-server/fixture.ts';
import { type GitLabServer, startGitLab } from './gitlab-server/gitlab-server.ts';
import type { GitLabOptions } from './gitlab-server/options.ts';
import { MemoryStore } from './memory-store.ts';
import { commands, type ScanWorld } from './scan-world.ts';

export interface GitLabScanWorld extends ScanWorld {
  readonly server: GitLabServer;
  /** `GET /projects/…` of every request since the last call, in order. */
  readonly asked: () => string[];
}

/** On the stand-in of GitLab, with the token from the process environment; `more` is added to the forge in app.yml. */
export async function gitlabScanWorld(folder: string, options: GitLabOptions = {}, more = ''): Promise<GitLabScanWorld> {
  const server = await startGitLab(options);
  const http = createHttpClient();
  // For looking only: what the command line does goes through its own.
  const forge = createGitLab({ name: 'gitlab', url: server.url, token: server.token, http, store: new MemoryStore() });
  const dispose = async () => {
    await http.close();
    await server.close();
  };
  return {
    ...gitlabFixture(server, forge, dispose),
    ...commands(folder, `gitlab: { type: gitlab, url: "${server.url}", token: "\${GITLAB_TOKEN}"${more} }`, { GITLAB_TOKEN: server.token }),
    forgeName: 'gitlab',
    server,
    asked: () => server.requests.splice(0).map(({ method, path }) => `${method} ${path}`),
    deleteBranchAsPerson: (path, branch) => server.deleteBranch(path, branch),
    changeAsPerson: async (path, id, change) => server.changeMergeRequest(path, id, change),
  };
}
