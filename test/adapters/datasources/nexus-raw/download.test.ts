import { text } from 'node:stream/consumers';
import { downloadBundle } from '../../../../src/adapters/datasources/nexus-raw/download.ts';
import { createHttpClient, type HttpClient } from '../../../../src/adapters/http/client.ts';
import { RefusedError } from '../../../../src/domain/errors.ts';
import { failure } from '../../../support/http-box.ts';
import { type ScriptedServer, startServer } from '../../../support/http-server.ts';

let server: ScriptedServer;
let http: HttpClient;
const url = (status: number): string => `${server.url}/repository/manifests/billing/billing-${status}.tar.gz`;

beforeAll(async () => {
  server = await startServer(({ url: asked = '' }, response) => {
    response.writeHead(Number(/-(\d+)\.tar/.exec(asked)?.[1])).end('bytes');
  });
  http = createHttpClient({ wait: () => Promise.resolve() });
});
afterAll(async () => {
  await http.close();
  await server.close();
});

test('its bytes, or nothing where there is no such bundle', async () => {
  const body = await downloadBundle(http, url(200));
  expect(body && (await text(body))).toBe('bytes');
  expect(await downloadBundle(http, url(404))).toBeUndefined();
});

test.each([401, 403])('%d: what app.yml needs is said', async (status) => {
  const error = await failure(downloadBundle(http, url(status)));
  expect(error).toBeInstanceOf(RefusedError);
  expect(error).toMatchObject({ scope: server.host, status });
  expect(error.message).toBe(
    `GET ${server.host}/repository/manifests/billing/billing-${status}.tar.gz was answered ${status}; registries["${server.host}"] in app.yml needs a user who may read this repository`,
  );
});

test('any other answer is told with its status', async () => {
  const error = await failure(downloadBundle(http, url(410)));
  expect(error).not.toBeInstanceOf(RefusedError);
  expect(error).toMatchObject({ status: 410, message: expect.stringContaining('was answered 410') });
});
