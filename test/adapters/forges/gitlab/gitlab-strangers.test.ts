import { inspect } from 'node:util';
import { createGitLab } from '../../../../src/adapters/forges/gitlab/gitlab.ts';
import { createHttpClient } from '../../../../src/adapters/http/client.ts';
import { RefusedError } from '../../../../src/domain/errors.ts';
import type { Forge } from '../../../../src/domain/forge.ts';
import { path } from '../../../support/gitlab-server/connected.ts';
import { failure } from '../../../support/http-box.ts';
import { type Handler, json, type ScriptedServer, startServer } from '../../../support/http-server.ts';
import { MemoryStore } from '../../../support/memory-store.ts';

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of closing.splice(0).reverse()) await one.close();
});

describe('something else answers', () => {
  async function scripted(handler: Handler): Promise<{ forge: Forge; server: ScriptedServer }> {
    const server = await startServer(handler);
    const http = createHttpClient({ wait: () => Promise.resolve() });
    closing.push(server, http);
    return {
      server,
      forge: createGitLab({ name: 'gitlab', url: server.url, token: 'glpat-secret-0123456789', http, store: new MemoryStore() }),
    };
  }

  test.each<[string, Handler, RegExp]>([
    [
      'an HTML page',
      (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>'),
      /an HTML page; is this GitLab's address/,
    ],
    ['half a reply', (_, response) => void response.writeHead(200).end('[{"name":'), /not JSON/],
    ['a number', (_, response) => json(response, 7), /not JSON|something else than a list/],
    ['an object instead of a list', (_, response) => json(response, { projects: [] }), /something else than a list/],
    [
      'a page that leads nowhere',
      (_, response) => json(response, [], { 'x-next-page': '1', 'x-per-page': '100' }),
      /page 1 as the one after page 1/,
    ],
    [
      'an HTML page with 403',
      (_, response) => void response.writeHead(403, { 'content-type': 'text/html' }).end('<html>Blocked</html>'),
      /403 an HTML page/,
    ],
  ])('%s is said, with the host', async (_, handler, text) => {
    const { forge, server } = await scripted(handler);
    const error = await failure(forge.state(path));
    expect(error.message).toMatch(text);
    expect(error.message).toContain(server.host);
    expect(inspect(error, { depth: 20 })).not.toContain('glpat-');
  });

  test('a redirect is not followed: the token stays here, and the new place is named', async () => {
    const elsewhere = await scripted((_, response) => json(response, []));
    const location = `${elsewhere.server.url}/api/v4/projects/81?private_token=x`;
    const { forge } = await scripted((_, response) => void response.writeHead(301, { location }).end());
    const error = await failure(forge.state(path));
    expect(error).toBeInstanceOf(RefusedError);
    expect(error.message).toContain(`301 moved to ${elsewhere.server.url}/api/v4/projects/81; write the address it has now into app.yml`);
    expect(elsewhere.server.seen).toEqual([]);
  });

  test('paging goes on where a proxy takes the paging headers away', async () => {
    const tags = Array.from({ length: 250 }, (_, index) => ({ name: `v${index}`, commit: { id: String(index) } }));
    const { forge, server } = await scripted((request, response) => {
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'));
      json(response, tags.slice((page - 1) * 100, page * 100));
    });
    expect(await forge.tags('payments/billing', 'v')).toHaveLength(250);
    expect(server.seen).toHaveLength(3);
  });

  test('a Link to another host is not followed', async () => {
    const elsewhere = await scripted((_, response) => json(response, []));
    const { forge } = await scripted((_, response) =>
      json(response, [{ name: 'v1', commit: { id: 'a' } }], {
        link: `<${elsewhere.server.url}/api/v4/x?page=2>; rel="next"`,
        'x-next-page': '',
        'x-per-page': '100',
      }),
    );
    expect(await forge.tags('payments/billing', 'v')).toEqual([{ name: 'v1', commit: 'a' }]);
    expect(elsewhere.server.seen).toEqual([]);
  });
});
