import { createGitHub } from '../../src/adapters/forges/github/github.ts';
import { createGitLab } from '../../src/adapters/forges/gitlab/gitlab.ts';
import { createHttpClient, type HttpClient } from '../../src/adapters/http/client.ts';
import { OutsideError } from '../../src/domain/errors.ts';
import type { Forge } from '../../src/domain/forge.ts';
import { fc } from '../support/fuzz.ts';
import { startGitHub } from '../support/github-server/github-server.ts';
import { startGitLab } from '../support/gitlab-server/gitlab-server.ts';
import { changed, odd } from '../support/hostile-json.ts';
import { type ScriptedServer, startServer } from '../support/http-server.ts';
import { MemoryStore } from '../support/memory-store.ts';

const path = 'platform/staging';
const projects = { [path]: { 'a.yaml': 'v: 1\n', 'CHANGELOG.md': '# 1.0.0\n' } };
type Stand = { readonly url: string; readonly token: string; close(): Promise<void> };
type Connect = (url: string, token: string, http: HttpClient) => Forge;

/** What is wrong with the next replies: at this request of them, this value. */
interface Wrong {
  readonly at: number;
  readonly place: readonly number[];
  readonly value: unknown;
}
const wrong: fc.Arbitrary<Wrong> = fc.record({
  at: fc.nat(3),
  place: fc.array(fc.nat(20), { maxLength: 4 }),
  value: fc.constantFrom(...odd),
});

/** In front of the stand-in; changes what it is told to in what the stand-in says. */
async function between(stand: Stand, told: () => Wrong | undefined): Promise<ScriptedServer> {
  let count = 0;
  let last: Wrong | undefined;
  return startServer(async (request, response) => {
    const now = told();
    count = now === last ? count + 1 : 0;
    last = now;
    const headers = Object.fromEntries(
      Object.entries(request.headers).flatMap(([name, value]) =>
        typeof value === 'string' && !['host', 'connection'].includes(name) ? [[name, value]] : [],
      ),
    );
    const reply = await fetch(`${stand.url}${request.url}`, { method: request.method ?? 'GET', headers, redirect: 'manual' });
    const bytes = Buffer.from(await reply.arrayBuffer());
    const isJson = /^[[{]/.test(bytes.toString('latin1', 0, 1)); // a file's text comes with a type of JSON, too
    const body = isJson && now?.at === count ? (JSON.stringify(changed(JSON.parse(bytes.toString()), now.place, now.value)) ?? '') : bytes;
    const kept = [...reply.headers].filter(
      ([name]) => !['content-length', 'transfer-encoding', 'connection', 'content-encoding'].includes(name),
    );
    response.writeHead(reply.status, Object.fromEntries(kept)).end(body);
  });
}

const questions: readonly ((forge: Forge) => Promise<unknown>)[] = [
  (forge) => forge.state(path),
  (forge) => forge.mergeRequests(path),
  (forge) => forge.tags(path, '1.0'),
  (forge) => forge.history(path, 'v1.0.0', 'main'),
  (forge) => forge.releaseNotes(path),
  (forge) => forge.mergedSince(path, '2026-01-01T00:00:00Z'),
  (forge) => forge.file(path, 'main', 'CHANGELOG.md', 1000),
  (forge) => forge.exists(path),
];

const forges: readonly [string, () => Promise<Stand>, Connect][] = [
  [
    'GitLab',
    () => startGitLab({ projects }),
    (url, token, http) => createGitLab({ name: 'forge', url, token, http, store: new MemoryStore() }),
  ],
  [
    'GitHub',
    () => startGitHub({ repositories: { [path]: projects[path] ?? {} } }),
    (url, token, http) => createGitHub({ name: 'forge', url, credentials: { token }, http, store: new MemoryStore() }),
  ],
];

test.each(forges)('whatever %s answers is understood, or is an OutsideError without its token', async (_, start, connect) => {
  const stand = await start();
  let told: Wrong | undefined;
  const server = await between(stand, () => told);
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(wrong, fc.constantFrom(...questions), async (given, question) => {
      told = given;
      const http = createHttpClient({ wait: () => Promise.resolve() });
      try {
        await question(connect(server.url, stand.token, http));
      } catch (error) {
        if (!(error instanceof OutsideError)) throw error;
        expect(error.message).not.toContain(stand.token);
        refused += 1;
      } finally {
        await http.close();
      }
    }),
    { numRuns: 120 },
  );
  expect(refused).toBeGreaterThan(5);
  await server.close();
  await stand.close();
});
