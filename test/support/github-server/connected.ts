import type { Credentials } from '../../../src/adapters/forges/github/account.ts';
import { createGitHub, type GitHub } from '../../../src/adapters/forges/github/github.ts';
import { createHttpClient, type HttpClient } from '../../../src/adapters/http/client.ts';
import type { BranchChange, NewMergeRequest } from '../../../src/domain/forge.ts';
import type { Store } from '../../../src/domain/store.ts';
import { MemoryStore } from '../memory-store.ts';
import { type GitHubServer, startGitHub } from './github-server.ts';
import type { GitHubOptions } from './options.ts';

export const path = 'platform/staging';
export const branch = 'lockkeeper/billing';

/** A stand-in and our adapter talking to it, for one test. */
export interface Connected {
  readonly server: GitHubServer;
  readonly forge: GitHub;
  readonly store: Store;
  /** Another process, on the same store unless it gets one. */
  readonly again: (credentials?: Credentials, memory?: Store) => GitHub;
  /** `GET /repos/…/pulls` of every request since the last call, in order. */
  readonly asked: () => string[];
  /** Milliseconds that were waited for. */
  readonly waits: readonly number[];
  readonly close: () => Promise<void>;
}

export async function connect(options: GitHubOptions = {}, credentials?: Credentials): Promise<Connected> {
  const server = await startGitHub({ repositories: { [path]: { 'a.yaml': 'v: 1\n', 'b.yaml': 'v: 1\n' } }, ...options });
  const clients: HttpClient[] = [];
  const store = new MemoryStore();
  const waits: number[] = [];
  const wait = (ms: number) => {
    waits.push(ms);
    return Promise.resolve();
  };
  const again = (as: Credentials = credentials ?? { token: server.token }, memory: Store = store): GitHub => {
    const http = createHttpClient({ wait, store: memory });
    clients.push(http);
    return createGitHub({ name: 'github', url: `${server.url}/`, credentials: as, http, store: memory });
  };
  return {
    server,
    store,
    forge: again(),
    again,
    waits,
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
