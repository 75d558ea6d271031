import { userInfo } from 'node:os';
import { createLocal } from '../../../src/adapters/forges/local/local.ts';
import type { Config } from '../../../src/config/schema.ts';
import { type HttpServer, startServer } from '../../../src/http/server.ts';
import { machineEntrance } from '../../../src/serve/dashboard/machine.ts';
import { Browser } from '../../support/cookie-browser.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const folder = temporaryFolder();
const started: HttpServer[] = [];
afterEach(async () => void (await Promise.all(started.splice(0).map((one) => one.close()))));

const access = { approvers: ['grace#7', '@platform/leads'], users: ['ada'], policies: [{ namespaces: ['*'], approvers: ['alan'] }] };
const { username } = userInfo();

/** Pages that say who looks, of a service that has just started; `withForge`: on a real local forge. */
async function serve(withForge: boolean): Promise<HttpServer> {
  const config = { forges: { disk: { type: 'local', path: folder() } }, access } as unknown as Config;
  const forges = new Map(withForge ? [['disk', createLocal({ name: 'disk', path: folder(), url: 'http://127.0.0.1:3000' })]] : []);
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    site: async ({ viewer }) => ({ status: 200, type: 'application/json', body: JSON.stringify(viewer) }),
    entrance: machineEntrance(config, forges),
    onError: (error) => {
      throw error;
    },
  });
  started.push(server);
  return server;
}

interface Seen {
  readonly actor: string;
  readonly token: string;
  readonly user?: object;
  readonly way?: object;
}

const look = async (browser: Browser, { url }: HttpServer) => JSON.parse((await browser.open(url)).text) as Seen;

async function actAs(browser: Browser, server: HttpServer, name: string): Promise<number> {
  const { token } = await look(browser, server);
  return (await browser.press(`${server.url}/act-as`, { token, name })).status;
}

test('on the machine one acts as a person of its forge until one forgets them, and never as Lockkeeper', async () => {
  const [browser, server] = [new Browser(), await serve(true)];
  const nobody = { name: username, actor: username, way: { kind: 'machine', people: ['ada', 'alan', 'grace'] } };
  expect(await look(browser, server)).toMatchObject(nobody);
  expect(await actAs(browser, server, 'grace')).toBe(200);
  const grace = { name: 'grace', actor: 'disk:grace', user: { forge: 'disk', id: 'grace', name: 'grace' } };
  expect(await look(browser, server)).toMatchObject(grace);
  for (const name of ['lockkeeper', 'grace\nada', '<script>']) expect([name, await actAs(browser, server, name)]).toEqual([name, 400]);
  expect(await look(browser, server)).toMatchObject(grace);
  expect(await actAs(browser, server, '')).toBe(200);
  const after = await look(browser, server);
  expect([after.actor, after.user]).toEqual([username, undefined]);
});

test('a service that starts again has forgotten the name, and takes none that it has not given', async () => {
  const browser = new Browser();
  expect(await actAs(browser, await serve(true), 'grace')).toBe(200);
  expect((await look(browser, await serve(true))).actor).toBe(username);
});

test('without a local forge there is nobody to act as', async () => {
  const [browser, server] = [new Browser(), await serve(false)];
  expect((await look(browser, server)).way).toBeUndefined();
  expect(await actAs(browser, server, 'grace')).toBe(400);
});
