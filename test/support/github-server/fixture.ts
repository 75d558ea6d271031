import type { HttpClient } from '../../../src/adapters/http/client.ts';
import type { Forge } from '../../../src/domain/forge.ts';
import type { ForgeFixture } from '../contracts/forge-fixture.ts';
import type { GitHubServer } from './github-server.ts';
import { ada, eve } from './options.ts';

/** People at work in the stand-in. */
export const githubFixture = (server: GitHubServer, forge: Forge, dispose: () => Promise<void>): ForgeFixture => ({
  forge,
  nested: false,
  createRepository: (path, files, options) => server.createRepository(path, files, options),
  directory: (path) => server.directory(path),
  pushAsPerson: (path, branch, files, message) => server.push(path, branch, files, message, ada),
  amendAsPerson: (path, branch) => server.amend(path, branch, ada),
  closeAsPerson: async (path, id) => server.closePull(path, id),
  mergeAsPerson: (path, id) => server.merge(path, id),
  openAsPerson: (path, branch, title, draft = false) => server.openPull(path, branch, title, { draft }),
  forkAsPerson: async (path) => {
    const fork = await server.fork(path, eve.login);
    return {
      push: (branch, files) => server.push(fork, branch, files, 'from a fork', { name: 'Eve', email: 'eve@example.com' }),
      open: (branch, title) => server.openPull(path, `${eve.login}:${branch}`, title, { login: eve.login }),
    };
  },
  user: (name) => ({ id: String(server.userId(name)), name }),
  commentAsPerson: async (path, id, text) => server.comment(path, id, text),
  editCommentAsPerson: async (path, id, comment, text) => server.editComment(path, id, comment, text),
  approveAsPerson: async (path, id) => server.review(path, id, 'APPROVED'),
  comments: async (path, id) => server.pull(path, id).comments.map(({ body }) => body),
  tag: (path, name, revision) => server.tag(path, name, revision),
  release: async (path, tag, title, text) => server.release(path, tag, title, text),
  countMergeRequests: async (path) => server.repository(path).pulls.length,
  dispose,
});

/** What is asked of `https://api.github.com` goes to the stand-in. */
export function rerouted(http: HttpClient, server: GitHubServer): HttpClient {
  const to = (url: string) => url.replace(/^https:\/\/api\.github\.com(?=\/)/, server.origin);
  return {
    counts: http.counts,
    request: (of) => http.request({ ...of, url: to(of.url) }),
    stream: (of) => http.stream({ ...of, url: to(of.url) }),
    close: () => http.close(),
  };
}
