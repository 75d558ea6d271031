import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { downloadBundle } from '../../../src/adapters/datasources/download.ts';
import { createHttpClient, type HttpClient } from '../../../src/adapters/http/client.ts';
import { RefusedError } from '../../../src/domain/errors.ts';
import { failure } from '../../support/http-box.ts';
import { type ScriptedServer, startServer } from '../../support/http-server.ts';

let server: ScriptedServer;
let http: HttpClient;
const tokens: unknown[] = [];
const url = (status: number): string => `${server.url}/repository/manifests/billing/billing-${status}.tar.gz`;

beforeAll(async () => {
  server = await startServer(({ url: asked = '', headers }, response) => {
    tokens.push(headers['private-token']);
    response.writeHead(Number(/-(\d+)\.tar/.exec(asked)?.[1])).end('bytes');
  });
  http = createHttpClient({ wait: () => Promise.resolve() });
});
afterAll(async () => {
  await http.close();
  await server.close();
});

test('its bytes, or nothing where there is no such bundle', async () => {
  const body = await downloadBundle(http, [], url(200));
  expect(body && (await text(body))).toBe('bytes');
  expect(await downloadBundle(http, [], url(404))).toBeUndefined();
});

test.each([401, 403])('%d: what app.yml needs is said', async (status) => {
  const error = await failure(downloadBundle(http, [], url(status)));
  expect(error).toBeInstanceOf(RefusedError);
  expect(error).toMatchObject({ scope: server.host, status });
  expect(error.message).toBe(
    `GET ${server.host}/repository/manifests/billing/billing-${status}.tar.gz was answered ${status}; in app.yml registries["${server.host}"] needs a user that may read it`,
  );
});

test('a forge of app.yml is asked with its token, and no other host', async () => {
  const access = (address: string, token: string) => ({
    type: 'gitlab' as const,
    url: address,
    authorization: async () => ({ 'private-token': token }),
  });
  const error = await failure(downloadBundle(http, [access(server.url, 'outer'), access(`${server.url}/repository`, 'inner')], url(403)));
  expect(error.message).toContain(`in app.yml the forge at ${server.url}/repository needs a token that may read it`);
  expect(tokens.at(-1)).toBe('inner');
  await failure(downloadBundle(http, [access(`${server.url}0`, 'other')], url(403)));
  expect(tokens.at(-1)).toBeUndefined();
});

test('any other answer is told with its status', async () => {
  const error = await failure(downloadBundle(http, [], url(410)));
  expect(error).not.toBeInstanceOf(RefusedError);
  expect(error).toMatchObject({ status: 410, message: expect.stringContaining('was answered 410') });
});

describe('a file of a release on a GitHub of app.yml', () => {
  const release = {
    assets: [
      { id: 41, name: 'other.tar.gz' },
      { id: 42, name: 'app-1.4.2.tar.gz' },
    ],
  };
  let github: ScriptedServer;
  let storage: ScriptedServer;
  let asked: string[];
  beforeEach(async () => {
    asked = [];
    const note = ({ method = '', url: at = '', headers }: IncomingMessage) =>
      asked.push(`${method} ${at} ${headers.authorization} ${headers.accept}`);
    storage = await startServer((request, response) => {
      note(request);
      response.writeHead(200).end('bytes');
    });
    github = await startServer((request, response) => {
      note(request);
      if (request.url?.endsWith('/tags/v1.4.2') === true) response.writeHead(200).end(JSON.stringify(release));
      else if (request.url?.endsWith('/assets/42') === true) response.writeHead(302, { location: `${storage.url}/signed` }).end();
      else response.writeHead(404).end('{}');
    });
  });
  afterEach(() => Promise.all([github.close(), storage.close()]));

  const download = (tail: string) => {
    const authorization = async (path: string) => ({ authorization: `Bearer of-${path.split('/')[0]}` });
    return downloadBundle(http, [{ type: 'github', url: github.url, authorization }], `${github.url}${tail}`);
  };

  test('is asked of its API with the owner’s token, which stays there', async () => {
    const body = await download('/acme/app/releases/download/v1.4.2/app-1.4.2.tar.gz');
    expect(body && (await text(body))).toBe('bytes');
    expect(asked).toEqual([
      'GET /api/v3/repos/acme/app/releases/tags/v1.4.2 Bearer of-acme application/vnd.github+json',
      'GET /api/v3/repos/acme/app/releases/assets/42 Bearer of-acme application/octet-stream',
      'GET /signed undefined application/octet-stream',
    ]);
  });

  test.each([['v1.4.3/app-1.4.3.tar.gz'], ['v1.4.2/none.tar.gz']])('%s is not there', async (file) => {
    expect(await download(`/acme/app/releases/download/${file}`)).toBeUndefined();
  });

  test('a path that would ask for something else is refused', async () => {
    const error = await failure(download('/acme/app/../../user/releases/download/v1.4.2/x'));
    expect(error.message).toContain('is no repository of');
    expect(asked).toEqual([]);
  });
});
