import { createGitLab } from '../../../../src/adapters/forges/gitlab/gitlab.ts';
import { createHttpClient } from '../../../../src/adapters/http/client.ts';
import { forgeContract } from '../../../support/contracts/forge-contract.ts';
import type { ForgeFixture } from '../../../support/contracts/forge-fixture.ts';
import { startGitLab } from '../../../support/gitlab-server/gitlab-server.ts';
import { ada } from '../../../support/gitlab-server/options.ts';
import { MemoryStore } from '../../../support/memory-store.ts';

async function create(root: string): Promise<ForgeFixture> {
  const server = await startGitLab({ root });
  const http = createHttpClient({ wait: () => Promise.resolve() });
  return {
    forge: createGitLab({ name: 'gitlab', url: server.url, token: server.token, http, store: new MemoryStore() }),
    createRepository: (path, files, options) => server.createProject(path, files, options),
    directory: (path) => server.directory(path),
    pushAsPerson: (path, branch, files, message) => server.push(path, branch, files, message, ada),
    amendAsPerson: (path, branch) => server.amend(path, branch, ada),
    closeAsPerson: async (path, id) => server.closeMergeRequest(path, id),
    mergeAsPerson: (path, id) => server.merge(path, id),
    commentAsPerson: async (path, id, text) => server.comment(path, id, text),
    comments: async (path, id) =>
      server
        .mergeRequest(path, id)
        .notes.filter(({ system }) => !system)
        .map(({ body }) => body),
    tag: (path, name, revision) => server.tag(path, name, revision),
    release: async (path, tag, title, text) => server.release(path, tag, title, text),
    countMergeRequests: async (path) => server.project(path).requests.length,
    dispose: async () => {
      await http.close();
      await server.close();
    },
  };
}

forgeContract('gitlab', () => create(''));
forgeContract('gitlab under a path', () => create('/tools/gitlab'));
