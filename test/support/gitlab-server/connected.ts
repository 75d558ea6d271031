import { createGitLab, type GitLab } from '../../../src/adapters/forges/gitlab/gitlab.ts';
import { createHttpClient, type HttpClient } from '../../../src/adapters/http/client.ts';
import type { BranchChange, NewMergeRequest } from '../../../src/domain/forge.ts';
import type { Store } from '../../../src/domain/store.ts';
import { MemoryStore } from '../memory-store.ts';
import { type GitLabServer, startGitLab } from './gitlab-server.ts';
import type { GitLabOptions } from './options.ts';

export const path = 'platform/environments/staging';
export const branch = 'lockkeeper/billing';

/** A stand-in and our adapter talking to it, for one test. */
export interface Connected {
  readonly server: GitLabServer;
  readonly forge: GitLab;
  readonly store: Store;
  /** Another process on the same store. */
  readonly again: (token?: string) => GitLab;
  /** `GET /projects/…/merge_requests` of every request since the last call, in order. */
  readonly asked: () => string[];
  readonly close: () => Promise<void>;
}

export async function connect(options: GitLabOptions = {}): Promise<Connected> {
  const server = await startGitLab({ projects: { [path]: { 'a.yaml': 'v: 1\n', 'b.yaml': 'v: 1\n' } }, ...options });
  const clients: HttpClient[] = [];
  const store = new MemoryStore();
  const again = (token = server.token): GitLab => {
    const http = createHttpClient({ wait: () => Promise.resolve() });
    clients.push(http);
    return createGitLab({ name: 'gitlab', url: `${server.url}/`, token, http, store });
  };
  return {
    server,
    store,
    forge: again(),
    again,
    asked: () => server.requests.splice(0).map((request) => `${request.method} ${request.path}`),
    close: async () => {
      for (const client of clients) await client.close();
      await server.close();
    },
  };
}

export const changeOn = (base: string, more: Partial<BranchChange> = {}): BranchChange => ({
  branch,
  base,
  expected: undefined,
  files: [{ path: 'a.yaml', content: Buffer.from('v: 2\n') }],
  message: 'billing 1 → 2',
  ...more,
});

export const wanted: NewMergeRequest = { branch, target: 'main', title: 'billing 1 → 2', description: 'x', labels: ['lockkeeper'] };
