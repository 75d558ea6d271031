import type { Forge } from '../../../src/domain/forge.ts';
import type { ForgeFixture } from '../contracts/forge-fixture.ts';
import type { GitLabServer } from './gitlab-server.ts';
import { ada } from './options.ts';

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
  commentAsPerson: async (path, id, text) => server.comment(path, id, text),
  approveAsPerson: async (path, id) => server.approve(path, id),
  comments: async (path, id) => server.comments(path, id),
  tag: (path, name, revision) => server.tag(path, name, revision),
  release: async (path, tag, title, text) => server.release(path, tag, title, text),
  countMergeRequests: async (path) => server.project(path).requests.length,
  dispose,
});
