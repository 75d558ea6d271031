import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { load } from 'js-yaml';
import { Agent, request } from 'undici';
import { describeWith } from '../support/parts.ts';
import { etcd, kubernetes, saying, writePrograms } from '../support/played-programs.ts';
import { processesWith, runs, until } from '../support/processes.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { call } from '../support/terminal.ts';

const folder = temporaryFolder();
const place = (name: string): string => join(folder(), name);

const assets = (version: string, name = 'assets'): string =>
  writePrograms(place(name), { 'kube-apiserver': saying(kubernetes(version)), etcd: saying(etcd('3.6.8')) });

/** An app.yml with that under `validation`. */
function configured(validation: string): string {
  writeFileSync(
    place('app.yml'),
    `forges:\n  local: { type: local, path: ./repositories }\nenvironments: [{ name: staging, repository: local:staging }]\nvalidation:\n${validation}`,
  );
  return place('app.yml');
}

describe('apiserver setup', () => {
  test('says which way it took, why the ways before did not do, and where the programs are', async () => {
    assets('1.35.4', 'old');
    const { exit, stdout, stderr } = await call(
      ['apiserver', 'setup', '--kubernetes', 'v1.36', '--config', configured('  binaries: ./assets\n')],
      {
        KUBEBUILDER_ASSETS: place('old'),
        PATH: assets('1.36.3') && place('empty'),
      },
    );
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toBe(
      [
        'Kubernetes 1.36.3 on etcd 3.6.8: found in the folder that was named',
        `  ${place('assets/kube-apiserver')}`,
        `  ${place('assets/etcd')}`,
        'Looked at before:',
        `  KUBEBUILDER_ASSETS: ${place('old/kube-apiserver')} is version 1.35.4, and 1.36 is wanted`,
        '',
      ].join('\n'),
    );
  });

  test('--json', async () => {
    const { stdout } = await call(['apiserver', 'setup', '--json', '--config', configured('  checklist: {}\n')], {
      KUBEBUILDER_ASSETS: assets('1.36.3'),
    });
    expect(JSON.parse(stdout)).toEqual({
      etcd: place('assets/etcd'),
      apiserver: place('assets/kube-apiserver'),
      version: '1.36.3',
      etcdVersion: '3.6.8',
      way: 'directory',
      missed: [],
    });
  });

  test('wants the version that app.yml says, unless it is told another', async () => {
    const config = configured('  kubernetes: "1.35"\n');
    const env = { KUBEBUILDER_ASSETS: assets('1.36.3'), PATH: assets('1.35.4', 'bin') };
    expect((await call(['apiserver', 'setup', '--config', config], env)).stdout).toMatch(/^Kubernetes 1\.35\.4 .*: found on the PATH$/m);
    expect((await call(['apiserver', 'setup', '--config', config, '--kubernetes', '1.36'], env)).stdout).toMatch(/^Kubernetes 1\.36\.3 /);
  });

  test.each([
    [['--kubernetes', 'newest'], '"newest" is no version of Kubernetes: write a minor version (1.36) or a full one (1.36.1)'],
    [['--config', 'nowhere.yml'], 'nowhere.yml: there is no such file'],
  ])('%j is wrong use', async (argv, message) => {
    const { exit, stdout, stderr } = await call(['apiserver', 'setup', ...argv], { KUBEBUILDER_ASSETS: assets('1.36.3') });
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  test('a version in app.yml that is none is a mistake there', async () => {
    const { exit, stderr } = await call(['apiserver', 'setup', '--config', configured('  kubernetes: newest\n')], {
      KUBEBUILDER_ASSETS: assets('1.36.3'),
    });
    expect(exit).toBe(2);
    expect(stderr).toContain('"newest" is no version of Kubernetes');
  });
});

/** The real program, in a folder without an app.yml. */
function running(...argv: string[]) {
  const child = spawn(process.execPath, [resolve(import.meta.dirname, '../../bin/lockkeeper.js'), 'apiserver', 'run', ...argv], {
    cwd: folder(),
    env: { ...process.env, TMPDIR: folder() },
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (data: Buffer) => (said.out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (said.err += data.toString()));
  const exited = once(child, 'exit') as Promise<[number | null]>;
  return { child, said, exit: async () => (await exited)[0] };
}

/** Of the API server whose files lie in the test's folder. */
const apiserver = (): number => processesWith(`--cert-dir=${folder()}`)[0] ?? 0;

describeWith('control-plane', 'apiserver run', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('prints a kubeconfig that works, until %s, and leaves nothing', async (signal) => {
    const { child, said, exit } = running();
    await until(() => said.out.endsWith('}\n') || child.exitCode !== null);
    const config = load(said.out) as {
      clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }];
      users: [{ user: { token: string } }];
    };
    const { server, 'certificate-authority-data': ca } = config.clusters[0].cluster;
    const dispatcher = new Agent({ connect: { ca: Buffer.from(ca, 'base64').toString() } });
    const headers = { authorization: `Bearer ${config.users[0].user.token}` };
    const { statusCode, body } = await request(`${server}/api/v1/namespaces/default`, { dispatcher, headers });
    expect([statusCode, (await body.json()) as unknown]).toMatchObject([200, { metadata: { name: 'default' } }]);
    await dispatcher.destroy();
    const pid = apiserver();
    expect(runs(pid)).toBe(true);
    child.kill(signal);
    expect(await exit()).toBe(0);
    expect([runs(pid), processesWith(`--data-dir=${folder()}`)]).toEqual([false, []]);
    expect(said.err).toMatch(/kubectl --kubeconfig \S+\/kubeconfig get namespaces/);
  });

  test('--json says where the kubeconfig lies', async () => {
    const { child, said, exit } = running('--json');
    await until(() => said.out.endsWith('}\n') || child.exitCode !== null);
    const { kubeconfig, url, version } = JSON.parse(said.out) as {
      readonly kubeconfig: string;
      readonly url: string;
      readonly version: string;
    };
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(version).toMatch(/^1\.\d+\.\d+/);
    expect(statSync(kubeconfig).mode & 0o777).toBe(0o600);
    child.kill('SIGTERM');
    expect(await exit()).toBe(0);
    expect(existsSync(dirname(kubeconfig))).toBe(false);
  });

  test('that dies by itself says so, with what it wrote last, and exits with 3', async () => {
    const { child, said, exit } = running();
    await until(() => said.out.endsWith('}\n') || child.exitCode !== null);
    process.kill(apiserver(), 'SIGKILL');
    expect(await exit()).toBe(3);
    expect(said.err).toMatch(/lockkeeper: the minimal API server: kube-apiserver was ended by SIGKILL; it wrote last:/);
  });

  test('that is stopped before it is there stops cleanly', async () => {
    const { child, said, exit } = running();
    await until(() => apiserver() !== 0);
    child.kill('SIGINT');
    expect(await exit()).toBe(0);
    expect([said.out, processesWith(`--data-dir=${folder()}`)]).toEqual(['', []]);
  });
});
