import type { Forge } from '../../../src/domain/forge.ts';
import type { ForgeFixture } from '../contracts/forge-fixture.ts';
import type { GitLabServer } from './gitlab-server.ts';
import { ada, eve } from './options.ts';

/** People at work in the stand-in. */
export const gitlabFixture = (server: GitLabServer, forge: Forge, dispose: () => Promise<void>): ForgeFixture => ({
  forge,
  nested: true,
  createRepository: (path, files, options) => server.createProject(path, files, options),
  directory: (path) => server.directory(path),
  pushAsPerson: (path, branch, files, message) => server.push(path, branch, files, message, ada),
  amendAsPerson: (path, branch) => server.amend(path, branch, ada),
  closeAsPerson: async (path, id) => server.closeMergeRequest(path, id),
  mergeAsPerson: (path, id) => server.merge(path, id),
  openAsPerson: (path, branch, title, draft) => server.openMergeRequest(path, branch, draft === true ? `Draft: ${title}` : title),
  forkAsPerson: async (path) => {
    const fork = await server.fork(path, eve.username);
    return {
      push: (branch, files) => server.push(fork, branch, files, 'from a fork', { name: 'Eve', email: 'eve@example.com' }),
      open: (branch, title) => server.openMergeRequest(fork, branch, title, { into: path, username: eve.username }),
    };
  },
  user: (name) => ({ id: String(server.userId(name)), name }),
  commentAsPerson: async (path, id, text) => server.comment(path, id, text),
  editCommentAsPerson: async (path, id, comment, text) => server.editComment(path, id, comment, text),
  approveAsPerson: async (path, id) => server.approve(path, id),
  comments: async (path, id) => server.comments(path, id),
  tag: (path, name, revision) => server.tag(path, name, revision),
  release: async (path, tag, title, text) => server.release(path, tag, title, text),
  countMergeRequests: async (path) => server.project(path).requests.length,
  dispose,
});
