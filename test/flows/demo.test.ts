import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { createContext } from '../../src/cli/context.ts';
import { runDemo } from '../../src/cli/demo.ts';
import { describeWith } from '../support/parts.ts';
import { freePorts } from '../support/ports.ts';
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

/** An empty demo whose ports are chosen already, as if it had died at once: two tests that run side by side never want the same ones. */
async function prepare(): Promise<{ dir: string; ports: { pages: number; registry: number; bundles: number } }> {
  const [pages = 0, registry = 0, bundles = 0] = await freePorts(3);
  const [dir, ports] = [join(folder, 'demo'), { pages, registry, bundles }];
  mkdirSync(dir);
  writeFileSync(join(dir, 'lockkeeper-demo.json'), JSON.stringify({ edition: 1, ports, whole: false }));
  return { dir, ports };
}

/** One run of the demo that stops once `whileServed` is through. */
async function demo(dir: string, whileServed: (served: Served) => Promise<void> = async () => {}, env: Record<string, string> = {}) {
  const [stdout, stderr] = [sink(), sink()];
  const context = createContext({ stdout, stderr, env }, { config: 'app.yml', logLevel: 'info' });
  const exit = await runDemo({ dir }, context, async () => {
    await setImmediate(); // once all is printed
    const printed = stdout.text();
    return whileServed({ printed, base: /Serving \D*(http:\S+)/.exec(printed)?.[1] ?? '' });
  });
  return { exit, stdout: stdout.text(), stderr: stderr.text() };
}

const page = async (url: string) => {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
};

/** Environment, app and URL of each row in the table of merge requests. */
const proposals = (printed: string) =>
  [...printed.matchAll(/^(\w+) +(\w+) \S+ → (\S+) +(\w+) .*?(http:\S+)$/gm)].map(([, environment, app, to, action, url = '']) => ({
    ...{ environment, app, to, action, url },
  }));

/** Everything that git and the forge keep: path and bytes of each file. */
function kept(dir: string): Record<string, string> {
  const top = join(dir, 'repositories');
  const files = readdirSync(top, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [relative(top, path), readFileSync(path).toString('base64')]));
}

/** What follows these words in the list of things to try. */
const step = (printed: string, what: string): string => new RegExp(`^ {2}${what} +(.*(?:\\n {4,}git .*)*)$`, 'm').exec(printed)?.[1] ?? '';

/** As a person who copies it from the screen; a terminal of theirs knows nothing of ours. */
const shell = (command: string) =>
  execFileSync('sh', ['-ec', command], { cwd: folder, env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' }, stdio: 'pipe' });

describeWith('git', 'lockkeeper demo', () => {
  test('opens merge requests and shows them; the second run changes nothing', async () => {
    const { dir, ports } = await prepare();
    const first = await demo(dir, async ({ base, printed }) => {
      expect(base).toBe(`http://127.0.0.1:${ports.pages}`);
      const rows = proposals(printed);
      expect(rows.length).toBeGreaterThanOrEqual(5);
      expect(new Set(rows.map(({ action }) => action))).toEqual(new Set(['open']));
      const list = await page(base);
      for (const { url, app, to } of rows) {
        const { status, text } = await page(url);
        expect([status, text]).toEqual([200, expect.stringMatching(new RegExp(`<h1>${app} \\S+ → ${to} `))]);
        expect(text).not.toMatch(/&lt;(?:br|details|summary)\b/); // markup of ours that the page would have to know
        expect(list.text).toContain(`href="${new URL(url).pathname}"`);
      }
    });
    expect(first).toMatchObject({ exit: 0, stderr: '' });
    expect(first.stdout).toMatch(/^Made a small company in /);
    expect(first.stdout).toMatch(/\nheld .*\n(?:.*\n)*production +billing +2\.0\.0 +major update; .*minor, patch/);
    expect(first.stdout).toMatch(/\nStopped\. .*\n$/);
    const before = kept(dir);
    const second = await demo(dir);
    expect(second).toMatchObject({ exit: 0, stderr: '' });
    expect(second.stdout).toMatch(/^Found a small company in /);
    expect(proposals(second.stdout)).toEqual(proposals(first.stdout).map((one) => ({ ...one, action: 'keep' })));
    expect(kept(dir)).toEqual(before);
    await expect(fetch(`http://127.0.0.1:${ports.pages}`)).rejects.toThrow('fetch failed');
  });

  test('with an API server that does not start it says so, and goes on', async () => {
    const { dir } = await prepare();
    const assets = join(folder, 'assets');
    mkdirSync(assets);
    const program =
      '#!/bin/sh\n[ "$1" != --version ] || { echo Kubernetes v1.36.3; echo etcd Version: 3.6.0; exit; }\necho no room >&2; exit 1\n';
    for (const name of ['kube-apiserver', 'etcd']) writeFileSync(join(assets, name), program, { mode: 0o755 });
    const { exit, stdout } = await demo(dir, async ({ base }) => expect((await page(base)).status).toBe(200), {
      KUBEBUILDER_ASSETS: assets,
    });
    expect(exit).toBe(0);
    expect(stdout).toMatch(/\nThey could not be judged: the minimal API server: \S+ ended with exit code 1/);
    expect(stdout).toMatch(/\nServing the merge requests at /);
  });

  test('a bundle has its changelog, its object diff and a link to every commit', async () => {
    await demo((await prepare()).dir, async ({ base, printed }) => {
      const billing = proposals(printed).find(({ environment, app }) => environment === 'production' && app === 'billing');
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

  test('all that it says to try works as it is printed', async () => {
    const { dir } = await prepare();
    await demo(dir, async ({ base, printed }) => {
      shell(step(printed, 'Merge one').replace(/\n */, '\n'));
      shell(step(printed, 'Close one'));
      const list = (await page(base)).text;
      for (const state of ['merged', 'closed']) expect([state, list.split(`class="dot ${state}"`).length - 1]).toEqual([state, 1]);
      const scanned = await call(['scan', '--config', join(dir, 'app.yml')]);
      expect(scanned.exit).toBe(0);
      const apps = proposals(scanned.stdout).filter(({ environment }) => environment === 'staging');
      expect(apps.map(({ app }) => app)).toEqual(['billing', 'gateway', 'kubectl', 'notifications', 'search']);
      const inventory = await call(['inventory', '--config', join(dir, 'app.yml')]);
      expect(inventory.stdout).toMatch(/^web +staging +3\.0\.0-alpine /m);
    });
    const again = await demo(dir);
    expect([again.exit, step(again.stdout, 'Merge one')]).toEqual([0, expect.stringContaining('production.git')]);
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
