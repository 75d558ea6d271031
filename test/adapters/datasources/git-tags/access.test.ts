import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createGitTags } from '../../../../src/adapters/datasources/git-tags/datasource.ts';
import type { Package } from '../../../../src/domain/reference.ts';
import { failure } from '../../../support/http-box.ts';
import { type ScriptedServer, startServer } from '../../../support/http-server.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const folder = new URL('../../../fixtures/tls/', import.meta.url);
const pem = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const tls = { key: pem('server.key'), cert: pem('server.pem') };
const of = (url: string): Package => ({ datasource: 'git-tags', name: 'h/app', url });
const temporary = temporaryFolder();
const nowhere = () => Promise.resolve(undefined);
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

const closing: ScriptedServer[] = [];
afterEach(async () => {
  for (const one of closing.splice(0)) await one.close();
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
async function serve(handler: Handler, secure?: typeof tls): Promise<ScriptedServer & { readonly authorizations: (string | undefined)[] }> {
  const authorizations: (string | undefined)[] = [];
  const server = await startServer((request, response) => {
    authorizations.push(request.headers.authorization);
    handler(request, response);
  }, secure);
  closing.push(server);
  return { ...server, authorizations };
}

const packet = (line: string): string => (line.length + 4).toString(16).padStart(4, '0') + line;

/** What git's smart protocol tells of a repository with one tag: https://git-scm.com/docs/http-protocol */
const oneTag: Handler = (_, response) => {
  const refs = `${packet('# service=git-upload-pack\n')}0000${packet(`${'a'.repeat(40)} refs/tags/v1.0.0\0 agent=x\n`)}0000`;
  response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' }).end(refs);
};

const locked =
  (inside: Handler): Handler =>
  (request, response) =>
    request.headers.authorization === basic('bot', 'p%w"$x \\')
      ? inside(request, response)
      : response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();

const bot = { username: 'bot', password: 'p%w"$x \\' };
const tags = async (url: string, hosts: Parameters<typeof createGitTags>[1]) =>
  (await createGitTags(nowhere, hosts).releases(of(url))).releases.map(({ version }) => version);

test('credentials of the host, once it asks for them; a private authority; nothing is left behind', async () => {
  const own = temporary();
  const server = await serve(locked(oneTag), tls);
  const hosts = { [server.host]: { ...bot, ca: pem('ca.pem') } };
  const usual = process.env['TMPDIR'];
  process.env['TMPDIR'] = own;
  try {
    expect(await tags(`${server.url}/o/app.git`, hosts)).toEqual(['v1.0.0']);
  } finally {
    if (usual === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = usual;
  }
  expect(readdirSync(own)).toEqual([]);
  expect(server.authorizations).toEqual([undefined, basic('bot', bot.password)]);
  expect((await failure(createGitTags(nowhere, { [server.host]: bot }).releases(of(`${server.url}/o/app.git`)))).message).toMatch(
    /certificate/,
  );
});

test('plain http carries them only where that is allowed', async () => {
  const server = await serve(locked(oneTag));
  await failure(createGitTags(nowhere, { [server.host]: bot }).releases(of(`${server.url}/o/app.git`)));
  expect(server.authorizations).toEqual([undefined]);
  expect(await tags(`${server.url}/o/app.git`, { [server.host]: { ...bot, insecure: true } })).toEqual(['v1.0.0']);
});

test.each([
  [
    'before it asked for them',
    (to: string): Handler =>
      (_, response) =>
        response.writeHead(302, { location: to }).end(),
  ],
  ['after it got them', (to: string): Handler => locked((_, response) => response.writeHead(302, { location: to }).end())],
])('no redirect takes them to another host, %s', async (_, redirect) => {
  const other = await serve((_request, response) => response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end());
  const server = await serve(redirect(`${other.url}/o/app.git/info/refs?service=git-upload-pack`));
  const error = await failure(
    createGitTags(nowhere, { [server.host]: { ...bot, insecure: true } }).releases(of(`${server.url}/o/app.git`)),
  );
  expect(other.authorizations.length).toBeGreaterThan(0);
  expect(other.authorizations.filter((one) => one !== undefined)).toEqual([]);
  expect(error.message).not.toContain(bot.password);
});

test('another host gets none', async () => {
  const server = await serve(locked(oneTag));
  await failure(createGitTags(nowhere, { 'elsewhere.example.com': { ...bot, insecure: true } }).releases(of(`${server.url}/o/app.git`)));
  expect(server.authorizations).toEqual([undefined]);
});
