import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGitHub } from '../../src/adapters/forges/github/github.ts';
import { createGitLab } from '../../src/adapters/forges/gitlab/gitlab.ts';
import { createLocal } from '../../src/adapters/forges/local/local.ts';
import { createHttpClient } from '../../src/adapters/http/client.ts';
import type { ForgeFixture } from './contracts/forge-fixture.ts';
import { githubFixture, rerouted } from './github-server/fixture.ts';
import { startGitHub } from './github-server/github-server.ts';
import * as github from './github-server/options.ts';
import { gitlabFixture } from './gitlab-server/fixture.ts';
import { startGitLab } from './gitlab-server/gitlab-server.ts';
import * as gitlab from './gitlab-server/options.ts';
import { localFixture } from './local-fixture.ts';
import { MemoryStore } from './memory-store.ts';

/** Each of our forges with people on it, by its type. */
export const forgeFixtures: Readonly<Record<string, () => Promise<ForgeFixture>>> = {
  local: async () => {
    const root = mkdtempSync(join(tmpdir(), 'lockkeeper-test-'));
    return localFixture(root, createLocal({ name: 'local', path: root }), async () => rmSync(root, { recursive: true }));
  },
  gitlab: async () => {
    const server = await startGitLab({ users: [gitlab.bot, gitlab.ada, gitlab.eve] });
    const http = createHttpClient({ wait: () => Promise.resolve() });
    const forge = createGitLab({ name: 'gitlab', url: server.url, token: server.token, http, store: new MemoryStore() });
    return gitlabFixture(server, forge, async () => {
      await http.close();
      await server.close();
    });
  },
  github: async () => {
    const server = await startGitHub({ dotCom: true, users: [github.bot, github.ada, github.eve] });
    const store = new MemoryStore();
    const http = rerouted(createHttpClient({ wait: () => Promise.resolve(), store }), server);
    const forge = createGitHub({ name: 'github', url: server.url, credentials: { token: server.token }, http, store });
    return githubFixture(server, forge, async () => {
      await http.close();
      await server.close();
    });
  },
};
