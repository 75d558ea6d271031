import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { appManifest } from '../../src/adapters/forges/github/app-manifest.ts';
import { githubHookEvents } from '../../src/http/webhooks/github-events.ts';
import { type GitHubServer, startGitHub } from '../support/github-server/github-server.ts';
import { freePorts } from '../support/ports.ts';
import { type Served, serve, until } from '../support/served.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { call } from '../support/terminal.ts';

const folder = temporaryFolder();
const pem = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey;
const webhookSecret = '9f0d1c2b3a4958677685940312ffeedd';

const html = (text: string): string => text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');

describe('a GitHub App in one click', () => {
  let github: GitHubServer;
  let served: Served | undefined;
  let place = '';
  let config = '';
  let port = 0;
  const configure = (url: string, forge: string) =>
    writeFileSync(
      config,
      `server: { port: ${port}, url: "${url}", pages: off }
store: { url: "file:./data" }
forges:
${forge}
  local: { type: local, path: ./repositories }
environments:
  - { name: staging, repository: "github:acme/staging" }
`,
    );
  const unfinished = () => `  github: { type: github, url: "${github.url}" }`;

  beforeEach(async () => {
    place = folder();
    mkdirSync(join(place, 'repositories'));
    config = join(place, 'app.yml');
    [port = 0] = await freePorts(1);
    github = await startGitHub({ repositories: { 'acme/staging': { 'a.yaml': 'v: 1\n' } } });
  });
  afterEach(async () => {
    await served?.stop('SIGKILL');
    await github.close();
  });

  const start = async (): Promise<Served> => {
    served = await serve(config);
    return served;
  };
  /** Of the address in the log. */
  const addressIn = (of: Served): Promise<URL> =>
    until(() => {
      const line = of.log().find(({ msg }) => String(msg).includes('/setup/github/'));
      const found = /https?:\S+/.exec(String(line?.['msg']))?.[0];
      return found === undefined ? undefined : new URL(found);
    });
  const open = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
  /** What the form sends, and where. */
  const formIn = (page: string) => ({
    action: new URL(html(/<form method="post" action="([^"]+)">/.exec(page)?.[1] ?? '')),
    manifest: JSON.parse(html(/name="manifest" value="([^"]+)"/.exec(page)?.[1] ?? '')) as ReturnType<typeof appManifest>,
  });

  test('from the address in the log to an app.yml that is complete; no secret is on a page or in the log', async () => {
    configure('https://lockkeeper.example.com', unfinished());
    const running = await start();
    const { pathname, search } = await addressIn(running);
    expect((await open(pathname)).status).toBe(403);
    const page = await (await open(`${pathname}${search}`)).text();
    const { action, manifest } = formIn(page);
    expect(action.origin + action.pathname).toBe(`${github.url}/settings/apps/new`);
    expect(manifest).toEqual(
      appManifest({ url: 'https://lockkeeper.example.com', forge: 'github', events: githubHookEvents, reachable: true }),
    );
    github.makeApp('the-code', { id: 4711, slug: 'lockkeeper', pem, webhookSecret });
    const back = `${pathname}/callback?code=the-code&state=`;
    expect((await open(`${back}forged`)).status).toBe(403);
    const done = await open(`${back}${action.searchParams.get('state')}`);
    const text = html(await done.text());
    expect([done.status, text]).toEqual([200, expect.stringContaining(`${github.url}/apps/lockkeeper/installations/new`)]);
    const [key, secret] = ['github.private-key.pem', 'github.webhook-secret'].map((name) => join(place, 'data', name)) as [string, string];
    expect([readFileSync(key, 'utf8'), readFileSync(secret, 'utf8')]).toEqual([pem, webhookSecret]);
    expect([key, secret].map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual(['600', '600']);
    for (const hidden of [webhookSecret, 'PRIVATE KEY', pem.split('\n')[1] ?? '', 'a-client-secret', 'the-code']) {
      expect(text).not.toContain(hidden);
      expect(JSON.stringify(running.log())).not.toContain(hidden);
    }
    expect(await running.stop()).toBe(0);
    configure('https://lockkeeper.example.com', (/<pre>forges:\n([^<]+)<\/pre>/.exec(text)?.[1] ?? '').trimEnd());
    expect(await call(['config', 'check', '--config', config])).toMatchObject({ exit: 0, stdout: expect.stringMatching(/fine: .*\n$/) });
  });

  test('a code that GitHub refuses leaves nothing behind, and the next try works; keys that are there are never written over', async () => {
    configure(`http://localhost:${port}`, unfinished());
    const running = await start();
    const { pathname, search } = await addressIn(running);
    expect(search).toBe('');
    const comeBack = async (code: string) => {
      const { action, manifest } = formIn(await (await open(pathname)).text());
      expect(manifest).not.toHaveProperty('hook_attributes'); // GitHub cannot call localhost
      return open(`${pathname}/callback?code=${code}&state=${action.searchParams.get('state')}`);
    };
    const refused = await comeBack('used-before');
    expect([refused.status, await refused.text()]).toEqual([502, expect.stringContaining('answered 404')]);
    const keys = () => readdirSync(join(place, 'data')).filter((name) => name.startsWith('github.'));
    expect(keys()).toEqual([]);
    writeFileSync(join(place, 'data/github.private-key.pem'), 'mine');
    github.makeApp('good', { id: 1, slug: 'lockkeeper', pem, webhookSecret: null });
    expect((await comeBack('good')).status).toBe(502);
    expect(readFileSync(join(place, 'data/github.private-key.pem'), 'utf8')).toBe('mine');
    rmSync(join(place, 'data/github.private-key.pem'));
    expect((await comeBack('good')).status).toBe(200); // GitHub was not asked before
    expect(keys()).toEqual(['github.private-key.pem']); // and this App has no webhook
  });

  test('everything else says what is missing: config check as a hint, scan as a mistake, the service as an error of that environment', async () => {
    configure('https://lockkeeper.example.com', unfinished());
    const check = await call(['config', 'check', '--config', config]);
    expect([check.exit, check.stdout]).toEqual([
      0,
      expect.stringMatching(/fine: .*\nforges\.github: to scan, it needs token, or appId and privateKey/),
    ]);
    const asJson = JSON.parse((await call(['config', 'check', '--json', '--config', config])).stdout) as { ok: boolean; hints: string[] };
    expect([asJson.ok, asJson.hints.length]).toEqual([true, 1]);
    const scan = await call(['scan', '--config', config]);
    expect([scan.exit, scan.stderr]).toEqual([2, expect.stringContaining('forges.github: needs a token, or appId and privateKey')]);
    const running = await start();
    await until(
      () => running.log().some(({ msg }) => String(msg).includes('forges.github: there is no token and no GitHub App yet')) || undefined,
    );
    expect((await open('/readyz')).status).toBe(200);
    expect((await call(['jobs', 'list', '--config', config])).exit).toBe(0);
    expect((await call(['forge', 'setup', '--config', config])).stdout).toMatch(
      /^github .*skipped +forges\.github has no credentials yet/m,
    );
    expect((await open('/setup/github/other')).status).toBe(403); // no page of ours, and others can come here
  });
});

test("the App's manifest in this repository is the one that the page makes", () => {
  const file = resolve(import.meta.dirname, '../../github-app-manifest.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(
    appManifest({ url: 'https://lockkeeper.example.com', forge: 'github', events: githubHookEvents, reachable: true }),
  );
});
