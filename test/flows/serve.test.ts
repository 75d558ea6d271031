import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { sqlite } from '../../src/adapters/sqlite.ts';
import { follow } from '../../src/journal/chain.ts';
import { deployment } from '../support/deployments.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { image } from '../support/images.ts';
import { describeWith } from '../support/parts.ts';
import { freePorts } from '../support/ports.ts';
import { localScanWorld } from '../support/scan-world.ts';
import { type Served, serve, until } from '../support/served.ts';
import { startSlack } from '../support/slack-server.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { call } from '../support/terminal.ts';

const folder = temporaryFolder();
const secret = 'b1946ac92492d2347c6235b4d2611184';
const slackToken = 'xoxb-0123456789-secret';
const environment = { SLACK_TOKEN: slackToken, REGISTRY_SECRET: secret };

describeWith('docker-registry', 'lockkeeper serve', () => {
  let registry: DockerRegistry;
  let slack: Awaited<ReturnType<typeof startSlack>>;
  let beats: Awaited<ReturnType<typeof startHeartbeat>>;
  let settings: string;
  let world: ReturnType<typeof localScanWorld>;
  const running: Served[] = [];
  const start = async (): Promise<Served> => {
    const served = await serve(world.config, environment);
    running.push(served);
    return served;
  };

  beforeEach(async () => {
    const [port = 0, registryPort = 0] = await freePorts(2);
    const host = `127.0.0.1:${registryPort}`;
    const notify = { url: `http://127.0.0.1:${port}/webhooks/registry/${host}`, authorization: `Bearer ${secret}` };
    [registry, slack, beats] = await Promise.all([
      startDockerRegistry({ port: registryPort, notify }),
      startSlack(slackToken, ['deployments', 'audit']),
      startHeartbeat(),
    ]);
    world = localScanWorld(folder());
    settings = `server: { port: ${port}, url: "http://127.0.0.1:${port}" }
registries: { "${host}": { insecure: true, webhookSecret: "\${REGISTRY_SECRET}" } }
environments: [{ name: staging, repository: "local:staging" }, { name: production, repository: "local:production" }]
notifications: { slack: { token: "\${SLACK_TOKEN}", url: "${slack.url}", channel: "#deployments" }, heartbeat: "${beats.url}" }
`;
    world.configure(settings);
    for (const app of ['billing', 'web']) await registry.pushImage(`shop/${app}`, image({ labels: { app, of: '1.4.2' } }), '1.4.2');
    const file = (app: string) => ({ [`${app}.yaml`]: deployment(`${host}/shop/${app}:1.4.2`) });
    await world.createRepository('staging', { ...file('billing'), ...file('web') });
    await world.createRepository('production', file('billing'));
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.stop('SIGKILL')));
    await Promise.all([registry.stop(), slack.close(), beats.close()]);
  });

  const requests = async (path: string) => (await world.forge.mergeRequests(path)).map(({ title }) => title);
  const scanned = (served: Served, count: number) =>
    until(() => served.log().filter(({ msg }) => msg === 'scanned').length >= count || undefined);

  test("a pushed image is proposed at once, by the registry's own notification, in the environments that have it and no other; told once, with one trace", async () => {
    const served = await start();
    await scanned(served, 1); // what a tick before the start would have found
    await until(() => beats.count() === 1 || undefined);
    await registry.pushImage('shop/billing', image({ labels: { of: '1.5.0' } }), '1.5.0');
    await until(async () => ((await requests('production')).length === 1 && (await requests('staging')).length === 1) || undefined);
    expect(await requests('staging')).toEqual(['billing 1.4.2 → 1.5.0']);
    await until(() => slack.messages('deployments').length === 2 || undefined);
    expect(
      slack
        .messages('deployments')
        .map(({ text }) => /^\*(\w+)\*: .*billing 1\.4\.2 → 1\.5\.0> waits for review/.exec(text)?.[1] ?? text)
        .sort(),
    ).toEqual(['production', 'staging']);
    // The registry may still be telling of what was pushed before the service was there.
    const deliveries = served
      .log()
      .flatMap(({ msg, outcome, trace }) => (msg === 'a delivery was kept' && outcome === 'added' ? [trace] : []));
    const opened = served.log().filter(({ msg }) => String(msg).startsWith('open:'));
    expect(opened).toHaveLength(2);
    expect([...new Set(opened.map(({ trace }) => trace))].map((trace) => deliveries.includes(trace))).toEqual([true]);
    const metrics = await (await fetch(`${served.url}/metrics`)).text();
    expect(metrics).toMatch(/^lockkeeper_proposals_total\{environment="staging",action="open"\} 1$/m);
    expect(metrics).toMatch(/^lockkeeper_webhook_deliveries_total\{sender="registry\/127\.0\.0\.1:\d+",outcome="accepted"\} \d+$/m);
    expect(await served.stop()).toBe(0);
  });

  test('a restart scans nothing twice, goes on where it was, and what came while it was down is found by the schedule', async () => {
    const first = await start();
    await scanned(first, 1);
    expect(await first.stop()).toBe(0);
    await registry.pushImage('shop/web', image({ labels: { of: '2.0.0' } }), '2.0.0');
    const second = await start();
    // The tick before the start was made already, by the same name.
    await until(async () => (await fetch(`${second.url}/readyz`)).ok || undefined);
    await registry.pushImage('shop/web', image({ labels: { of: '2.1.0' } }), '2.1.0');
    await until(async () => (await requests('staging')).includes('web 1.4.2 → 2.1.0') || undefined);
    expect(second.log().filter(({ msg, trace }) => msg === 'scanned' && String(trace).startsWith('scan '))).toEqual([]);
    expect(beats.count()).toBe(1);
  });

  test("the journal's newest hash is put into a tag and a channel, once; then a cut tail and a journal written anew are found", async () => {
    world.configure(`${settings}journal: { anchor: { repository: "local:audit", slack: "#audit" } }\n`);
    await world.createRepository('audit', { 'README.md': 'Tags.\n' });
    const served = await start();
    const [tag] = await until(async () => {
      const tags = await world.forge.tags('audit', 'lockkeeper-journal/');
      return tags.length > 0 && slack.messages('audit').length > 0 ? tags : undefined;
    });
    const [, number = '', hash = ''] = /^lockkeeper-journal\/(\d+)-([0-9a-f]{64})$/.exec(tag?.name ?? '') ?? [];
    expect(slack.messages('audit').map(({ text }) => text)).toEqual([`journal: ${number} entries, newest ${number}:${hash}`]);
    const anchored = await until(async () => {
      const text = await (await fetch(`${served.url}/metrics`)).text();
      return /^lockkeeper_journal_anchored_entry [1-9]\d*$/m.exec(text)?.[0];
    });
    expect(anchored).toBe(`lockkeeper_journal_anchored_entry ${number}`);
    expect(await served.stop()).toBe(0);
    const verified = () => call(['journal', 'verify', '--config', world.config], environment);
    expect(await verified()).toMatchObject({ exit: 0, stdout: expect.stringContaining('compared with 1 kept elsewhere') as string });
    const journal = new (sqlite().DatabaseSync)(join(dirname(world.config), 'data/journal.db'));
    journal.exec('DELETE FROM entry');
    expect((await verified()).stdout).toContain('its tail was cut off');
    const [entry] = follow(
      undefined,
      [{ kind: 'configuration', actor: 'lockkeeper', what: 'x', why: 'y', links: [], facts: {} }],
      new Date(),
    );
    for (let at = 1; at <= Number(number); at += 1)
      journal.prepare('INSERT INTO entry (number, text) VALUES (?, ?)').run(at, JSON.stringify({ ...entry, number: at }));
    journal.close();
    expect((await verified()).stdout).toContain('whose hash was put in local:audit');
  });

  test('a delivery without the secret is refused and counted; nothing is queued, and its text is nowhere', async () => {
    const served = await start();
    await scanned(served, 1);
    const post = (headers: Record<string, string>) =>
      fetch(`${served.url}/webhooks/registry/${registry.host}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({
          events: [
            {
              action: 'push',
              target: { repository: 'shop/hostile', tag: '9.9.9', mediaType: 'application/vnd.oci.image.manifest.v1+json' },
            },
          ],
        }),
      });
    expect((await post({})).status).toBe(401);
    expect((await post({ authorization: `Bearer ${createHmac('sha256', secret).digest('hex')}` })).status).toBe(401);
    expect((await fetch(`${served.url}/webhooks/registry/other.example.com`, { method: 'POST' })).status).toBe(404);
    const metrics = await (await fetch(`${served.url}/metrics`)).text();
    expect(metrics).toMatch(/outcome="unsigned"\} 1$/m);
    expect(metrics).toMatch(/outcome="bad-signature"\} 1$/m);
    const jobs = async () => (await call(['jobs', 'list', '--json', '--config', world.config], environment)).stdout;
    expect(await jobs()).not.toContain('hostile');
    // The registry may still be telling of what was pushed before the service was there.
    await until(async () => isDeepStrictEqual(JSON.parse(await jobs()), { jobs: [] }) || undefined);
    expect(JSON.stringify(served.log())).not.toContain('hostile');
  });

  test('a start on a port that is taken is no change of the configuration; the first that listens is the first start', async () => {
    const configured = async () => {
      const { stdout } = await call(['journal', 'list', '--json', '--config', world.config], environment);
      const { entries } = JSON.parse(stdout) as { readonly entries: readonly { readonly kind: string; readonly why: string }[] };
      return entries.flatMap(({ kind, why }) => (kind === 'configuration' ? [why] : []));
    };
    const taken = createServer();
    const port = Number(/port: (\d+)/.exec(settings)?.[1]);
    await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve));
    await expect(serve(world.config, environment)).rejects.toThrow(/serve ended with 2: .*another program listens there/s);
    expect(await configured()).toEqual([]);
    await new Promise((resolve) => taken.close(resolve));
    const first = await start();
    await scanned(first, 1);
    await first.stop();
    world.configure(`${settings}schedule: { timezone: Europe/Stockholm }\n`);
    await (await start()).stop();
    expect(await configured()).toEqual(['it is the first start with this journal', 'app.yml was changed']);
  });

  test('a parked job is on the page, and its button has it tried again', async () => {
    const served = await start();
    await scanned(served, 1);
    slack.fail({ method: 'chat.postMessage', error: 'is_archived', times: 1000 });
    await registry.pushImage('shop/billing', image({ labels: { of: '1.5.0' } }), '1.5.0');
    await until(async () => (await requests('staging')).length === 1 || undefined);
    const jobs = async () =>
      ((await (await fetch(`${served.url}/api/v1/jobs`)).json()) as { jobs: { id: string; kind: string; problem?: string }[] }).jobs;
    const failing = await until(async () => (await jobs()).find(({ problem }) => problem !== undefined));
    expect([failing.kind, failing.problem]).toEqual(['notify', expect.stringContaining('the channel is archived')]);
    const page = await (await fetch(`${served.url}/jobs`)).text();
    expect(page).toContain('the channel is archived');
    await served.stop();
    const queue = new (sqlite().DatabaseSync)(join(dirname(world.config), 'data/queue.db'));
    queue.exec("UPDATE job SET state = 'parked', attempts = 5");
    queue.close();
    const again = await start();
    const retry = `${again.url}/jobs/${failing.id}/retry`;
    expect((await fetch(retry, { method: 'POST' })).status).toBe(403);
    slack.recover();
    const [, token = ''] = /name="token" value="([^"]+)"/.exec(await (await fetch(`${again.url}/operations`)).text()) ?? [];
    const pressed = await fetch(retry, {
      method: 'POST',
      headers: { origin: again.url, 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ token }),
      redirect: 'manual',
    });
    expect([pressed.status, pressed.headers.get('location')]).toEqual([303, '/operations#queue']);
    await until(() => slack.messages('deployments').length > 0 || undefined);
  });

  test('a configuration that cannot be served ends it with 2 and the line', async () => {
    world.configure(
      'environments: [{ name: staging, repository: "local:staging" }]\nregistries: { "r.example.com": { webhookSecret: development } }\n',
    );
    await expect(serve(world.config)).rejects.toThrow(/serve ended with 2: .*webhookSecret/s);
  });
});

async function startHeartbeat() {
  let count = 0;
  const server = createServer((_, response) => {
    count += 1;
    response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping`,
    count: () => count,
    close: () => new Promise<void>((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
}
