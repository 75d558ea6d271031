import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GitHubServer, startGitHub } from '../support/github-server/github-server.ts';
import { type GitLabServer, startGitLab } from '../support/gitlab-server/gitlab-server.ts';
import { freePorts } from '../support/ports.ts';
import { type Served, serve, until } from '../support/served.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { call } from '../support/terminal.ts';

const folder = temporaryFolder();
const files = { 'a.yaml': 'v: 1\n' };
const secret = '4b3c2f18d6a79e05b1946ac92492d234';

describe('webhooks that do not come', () => {
  let gitlab: GitLabServer;
  let github: GitHubServer;
  let served: Served | undefined;
  beforeEach(async () => {
    const roles = { '': 'maintainer' } as const;
    [gitlab, github] = await Promise.all([
      startGitLab({ projects: { 'platform/staging': files }, users: [{ username: 'lockkeeper', token: 'glpat-bot-0123456789', roles }] }),
      startGitHub({ repositories: { 'acme/staging': files } }),
    ]);
  });
  afterEach(async () => {
    await served?.stop('SIGKILL');
    await Promise.all([gitlab.close(), github.close()]);
  });

  test('the service has GitLab call its webhook again, and GitHub repeat what failed', async () => {
    const place = folder();
    const [port = 0] = await freePorts(1);
    mkdirSync(place, { recursive: true });
    const config = join(place, 'app.yml');
    writeFileSync(
      config,
      `server: { port: ${port}, url: "https://lockkeeper.example.com", pages: off }
store: { url: "file:./data" }
forges:
  gitlab: { type: gitlab, url: "${gitlab.url}", token: "${gitlab.token}", webhookSecret: "${secret}" }
  github: { type: github, url: "${github.url}", token: "${github.token}", webhookSecret: "${secret}" }
environments:
  - { name: one, repository: "gitlab:platform/staging" }
  - { name: two, repository: "github:acme/staging" }
`,
    );
    expect((await call(['forge', 'setup', '--config', config])).exit).toBe(0);
    gitlab.stopHooks();
    const [hook] = github.hooks;
    if (hook === undefined) throw new Error('there is no webhook');
    github.deliver(hook);
    github.hookStatus = 502;
    const lost = github.deliver(hook);
    github.hookStatus = 202;
    served = await serve(config);
    await until(() => gitlab.hooks[0]?.status === 'executable' || undefined);
    await until(() => hook.attempts.length === 3 || undefined);
    expect(hook.attempts.at(-1)).toMatchObject({ guid: lost, again: true });
    const metrics = await until(async () => {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      return /^lockkeeper_webhook_disabled\{forge="gitlab"\} 0$/m.test(text) || undefined;
    });
    expect(metrics).toBe(true);
    const said = served.log().map(({ msg }) => String(msg));
    expect(said).toContain('the webhook of gitlab:platform/staging failed too often: it is not called any more');
    expect(said).toContain('the webhook of gitlab:platform/staging was tried: it works, and is called again');
  });
});
