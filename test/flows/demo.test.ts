import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Static } from 'typebox';
import { createContext } from '../../src/cli/context.ts';
import { runDemo } from '../../src/cli/demo.ts';
import type { requestsReply } from '../../src/dashboard/requests/json.ts';
import type { ProposalReport, ScanReport } from '../../src/updates/report.ts';
import { prepareDemo } from '../support/demo-process.ts';
import { describeWith } from '../support/parts.ts';
import { until } from '../support/served.ts';
import { call, sink } from '../support/terminal.ts';

interface Served {
  /** Of the pages. */
  readonly base: string;
  readonly printed: string;
}

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockkeeper a demo-'));
});
afterEach(() => rmSync(folder, { recursive: true, maxRetries: 10 }));

async function prepare() {
  const dir = join(folder, 'demo');
  return { dir, ports: await prepareDemo(dir) };
}

/** Where no API server is found. */
const alone = (): Record<string, string> => ({ PATH: folder, HOME: folder, XDG_CACHE_HOME: folder });

/** One run of the demo that stops once `whileServed` is through. */
async function demo(dir: string, whileServed: (served: Served) => Promise<void> = async () => {}, env: Record<string, string> = alone()) {
  const [stdout, stderr] = [sink(), sink()];
  const context = createContext({ stdout, stderr, env }, { config: 'app.yml', logLevel: 'info' });
  const exit = await runDemo({ dir }, context, async () => {
    await setImmediate(); // once all is printed
    const printed = stdout.text();
    return whileServed({ printed, base: /Serving (http:\S+)/.exec(printed)?.[1] ?? '' });
  });
  return { exit, stdout: stdout.text(), stderr: stderr.text() };
}

const page = async (url: string) => {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
};

/** Milliseconds. */
const patience = 180_000;

/** Each merge request has what comes of asking for a verdict where there is no API server. */
async function allJudged(base: string): Promise<boolean> {
  const { requests } = JSON.parse((await page(`${base}/api/v1/requests`)).text) as Static<typeof requestsReply>;
  return requests.every(({ validate }) => validate?.state === 'error');
}

/** What is proposed, as a scan beside it says. */
async function proposals(dir: string): Promise<readonly ProposalReport[]> {
  const { exit, stdout, stderr } = await call(['scan', '--json', '--config', join(dir, 'app.yml')]);
  expect([exit, stderr]).toEqual([0, '']);
  return (JSON.parse(stdout) as ScanReport).proposals;
}

/** Everything that git and the forge keep: path and bytes of each file. */
function kept(dir: string): Record<string, string> {
  const top = join(dir, 'repositories');
  const files = readdirSync(top, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [relative(top, path), readFileSync(path).toString('base64')]));
}

describeWith('git', 'lockkeeper demo', () => {
  test(
    'opens merge requests and shows them; the second run goes on with them',
    async () => {
      const { dir, ports } = await prepare();
      const first = await demo(dir, async ({ base }) => {
        expect(base).toBe(`http://127.0.0.1:${ports.pages}`);
        const rows = await proposals(dir);
        expect(rows.length).toBeGreaterThanOrEqual(14);
        expect(new Set(rows.map(({ action }) => action))).toEqual(new Set(['keep']));
        for (const { url = '', title } of rows) {
          const { status, text } = await page(url);
          expect([status, text]).toEqual([200, expect.stringContaining(`<h1>${title} `)]);
          expect(text).not.toMatch(/&lt;(?:br|details|summary)\b/); // markup of ours that the page would have to know
        }
        await until(() => allJudged(base), undefined, patience);
      });
      const before = kept(dir);
      expect(first).toMatchObject({ exit: 0, stderr: '' });
      expect(first.stdout).toMatch(/^Made a small company in [\s\S]*\nNo clusters: there is no API server here[\s\S]*\nStopped\. .*\n$/);
      const second = await demo(dir);
      expect(second).toMatchObject({ exit: 0, stderr: '' });
      expect(second.stdout).toMatch(/^Found a small company in /);
      expect(kept(dir)).toEqual(before);
      await expect(fetch(`http://127.0.0.1:${ports.pages}`)).rejects.toThrow('fetch failed');
    },
    patience,
  );

  test('with an API server that does not start it says so, and goes on', async () => {
    const { dir } = await prepare();
    const assets = join(folder, 'assets');
    mkdirSync(assets);
    const program =
      '#!/bin/sh\n[ "$1" != --version ] || { echo Kubernetes v1.36.3; echo etcd Version: 3.6.0; exit; }\necho no room >&2; exit 1\n';
    for (const name of ['kube-apiserver', 'etcd']) writeFileSync(join(assets, name), program, { mode: 0o755 });
    const { exit, stdout } = await demo(dir, async ({ base }) => expect((await page(`${base}/requests`)).status).toBe(200), {
      KUBEBUILDER_ASSETS: assets,
    });
    expect(exit).toBe(0);
    expect(stdout).toMatch(/\nNothing is judged or deployed: the minimal API server: \S+ ended with exit code 1/);
    expect(stdout).toMatch(/\nServing http:/);
  });

  test('a bundle has its changelog, its object diff and a link to every commit', async () => {
    const { dir } = await prepare();
    await demo(dir, async ({ base }) => {
      const billing = (await proposals(dir)).find(({ environment, app }) => environment === 'production' && app === 'billing');
      const { text } = await page(billing?.url ?? '');
      const [, description = '', changes = ''] =
        /id="description".*?>(.*)<section id="changes">(.*)<section id="commits">/s.exec(text) ?? [];
      for (const part of ['<h3>What changed', 'Ada Lindqvist', '<h3>What changes in the cluster', 'CronJob billing/billing-nightly'])
        expect(description).toContain(part);
      expect(changes).toContain('environment.yml');
      expect(changes).toContain('<mark>1.6.0.tar.gz</mark>');
      const links = [...new Set([...description.matchAll(/href="(http:[^"]+)"/g)].map(([, url = '']) => url))];
      const ours = links.filter((url) => url.startsWith(base));
      expect(ours.length).toBeGreaterThan(5);
      for (const url of ours) expect([url, (await page(url)).status]).toEqual([url, 200]);
    });
  });

  test('a taken port is named, whether remembered or asked for, and nothing is spoilt', async () => {
    const { dir, ports } = await prepare();
    await demo(dir);
    const other = createServer().listen(ports.pages, '127.0.0.1');
    await once(other, 'listening');
    const again = await call(['demo', '--dir', dir]);
    expect([again.exit, again.stderr]).toEqual([2, expect.stringContaining(`needs port ${ports.pages} again`)]);
    const fresh = join(folder, 'fresh');
    const asked = await call(['demo', '--dir', fresh, '--port', `${ports.pages}`]);
    expect([asked.exit, asked.stderr]).toEqual([2, expect.stringContaining(`--port ${ports.pages}: end what listens there`)]);
    expect(readdirSync(folder)).not.toContain('fresh');
    other.close();
    expect((await demo(dir)).exit).toBe(0);
  });

  test('a folder that holds something else, a file, a bad port', async () => {
    writeFileSync(join(folder, 'mine'), 'mine');
    const cases: readonly (readonly [string[], RegExp])[] = [
      [['--dir', folder], /holds something else: give --dir an empty folder/],
      [['--dir', join(folder, 'mine')], /mine cannot be read as a folder: give --dir another/],
      [['--dir', join(folder, 'mine/below')], /mine\/below cannot be read as a folder/],
      [['--port', '0'], /must be a number from 1 to 65535/],
      [['--port', '65536'], /must be a number from 1 to 65535/],
      [['--port', '1e3'], /must be a number from 1 to 65535/],
    ];
    for (const [argv, message] of cases) {
      const { exit, stdout, stderr } = await call(['demo', ...argv]);
      expect([argv, exit, stdout, stderr]).toEqual([argv, 2, '', expect.stringMatching(message)]);
    }
    expect(readdirSync(folder)).toEqual(['mine']);
  });

  test('without git it says so, and makes nothing', async () => {
    const before = process.env['PATH'];
    process.env['PATH'] = folder;
    try {
      const { exit, stderr } = await call(['demo', '--dir', join(folder, 'demo')]);
      expect([exit, stderr]).toEqual([2, expect.stringContaining('git is not installed, or not in PATH')]);
    } finally {
      process.env['PATH'] = before;
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s, twice as npx sends it, ends it cleanly', async (signal) => {
    const { dir } = await prepare();
    const child = spawn(process.execPath, [resolve(import.meta.dirname, '../../bin/lockkeeper.js'), 'demo', '--dir', dir]);
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (!out.endsWith('to be rid of it.\n')) return;
      child.kill(signal);
      child.kill(signal);
    });
    const [code] = (await once(child, 'close')) as [number | null];
    expect([code, out]).toEqual([0, expect.stringMatching(/Stopped\. .*\n$/)]);
  });
});
