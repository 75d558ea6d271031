import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ClusterClient, connectCluster } from '../../src/adapters/cluster/client.ts';
import { kubeconfigText } from '../../src/adapters/cluster/control-plane/kubeconfig.ts';
import { run } from '../../src/cli/program.ts';
import { isLock, isWrite, startApiProxy } from '../support/api-proxy.ts';
import { sharedControlPlane } from '../support/control-plane.ts';
import { lockOf, startDeploy } from '../support/deploy-walk.ts';
import { describeWith } from '../support/parts.ts';
import { ended } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { call, sink } from '../support/terminal.ts';

const folder = temporaryFolder();
const here = process.cwd();
beforeEach(() => process.chdir(folder())); // no app.yml where nobody makes one
afterEach(() => process.chdir(here));

function put(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder(), path)), { recursive: true });
    writeFileSync(join(folder(), path), text);
  }
}

describe('what is to be deployed, and where to', () => {
  const files = { 'env/environment.yml': 'name: staging\nmanifests: []\n', 'nameless/a.yaml': '' };
  test.each<[string, readonly string[], string]>([
    ['nothing named', [], 'name what is deployed: a folder, or --env NAME'],
    ['both', ['env', '--env', 'staging'], 'name a folder or --env, not both'],
    ['no cluster', ['env'], 'staging: no cluster is named: give it one in app.yml, name --kubeconfig FILE, or set KUBECONFIG'],
    ['a folder without a name', ['nameless'], 'nameless/environment.yml has no name'],
    ['a kubeconfig that is not there', ['env', '--kubeconfig', 'none'], 'none cannot be read'],
    ['no duration', ['env', '--lock-timeout', 'soon'], '"soon" is no duration'],
    ['a plan that is not there', ['env', '--plan', 'none.json'], '--plan none.json cannot be read'],
    ['a plan for a dry run', ['env', '--plan', 'x', '--dry-run'], 'leave one out'],
  ])('%s: wrong use', async (_, argv, said) => {
    put(files);
    expect(await call(['deploy', ...argv])).toMatchObject({ exit: 2, stdout: '', stderr: expect.stringContaining(said) });
  });

  test('KUBECONFIG with several files: which one is meant is not known', async () => {
    put(files);
    expect(await call(['deploy', 'env'], { KUBECONFIG: 'a:b' })).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('several files'),
    });
  });

  test('a cluster that app.yml names, and another: wrong use', async () => {
    put({ ...files, 'app.yml': appYml('staging') });
    const argv = ['--config', 'app.yml', 'deploy', 'env', '--kubeconfig', 'other'];
    expect(await call(argv)).toMatchObject({ exit: 2, stderr: expect.stringContaining('app.yml names the cluster of staging') });
  });

  test.each([
    ['no plan of that environment', '{ "environment": "other", "prune": [] }', 'has no plan of staging'],
    ['no JSON', '{', 'cannot be read'],
    ['a prune that is no list', '{ "environment": "staging", "prune": "all" }', 'what it prunes cannot be read'],
  ])('a plan file with %s', async (_, text, said) => {
    put({ ...files, 'plan.json': text });
    expect(await call(['deploy', 'env', '--plan', 'plan.json'])).toMatchObject({ exit: 2, stderr: expect.stringContaining(said) });
  });
});

const appYml = (...names: readonly string[]): string => `store: { url: "file:./data" }
forges: { local: { type: local, path: ./repositories } }
clusters: { here: { kubeconfig: ./kubeconfig } }
environments:
${names.map((name) => `  - { name: ${name}, repository: "local:platform/${name}", cluster: here, rollout: { timeout: 20s } }\n`).join('')}`;

describeWith('control-plane', 'lockkeeper deploy', () => {
  const shared = sharedControlPlane();
  let server: ClusterClient;
  let number = 0;
  let env = '';
  beforeAll(async () => {
    server = connectCluster((await shared()).address, { throwAway: true });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    number += 1;
    env = `cli-${number}`;
    put({ kubeconfig: kubeconfigText((await shared()).address) });
  });

  const config = (name: string, value = 'a'): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${env}-${name}, namespace: default}\ndata: {key: ${value}}\n`;
  const named = (name: string): string => `ConfigMap/default/${env}-${name}`;
  const environment = (files: Readonly<Record<string, string>>, where = 'env'): void =>
    put({
      [`${where}/environment.yml`]: `name: ${env}\nmanifests: [manifests/]\n`,
      ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`${where}/manifests/${path}`, text])),
    });
  const deploy = (...argv: string[]) => call(['deploy', 'env', '--kubeconfig', 'kubeconfig', ...argv]);
  const isThere = async (name: string): Promise<boolean> =>
    (await server.ask({ method: 'GET', path: `/api/v1/namespaces/default/configmaps/${env}-${name}` })).status === 200;

  test('a folder: what was done, as one JSON object', async () => {
    environment({ 'a.yaml': config('a'), 'b.yaml': config('b'), 'c.yaml': config('c') });
    const first = await deploy('--json');
    expect({ ...first, stdout: JSON.parse(first.stdout) }).toEqual({
      exit: 0,
      stderr: '',
      stdout: {
        environment: env,
        run: expect.stringMatching(/^\d{14}$/),
        outcome: 'succeeded',
        created: [named('a'), named('b'), named('c')],
        changed: [],
        unchanged: 0,
        pruned: [],
        kept: [],
        failures: [],
        notes: [],
        seconds: expect.any(Number),
      },
    });
    environment({ 'a.yaml': config('a', 'b'), 'c.yaml': '' });
    expect(JSON.parse((await deploy('--json', '--no-wait')).stdout)).toMatchObject({
      outcome: 'succeeded',
      changed: [named('a')],
      unchanged: 1,
      pruned: [named('c')],
      notes: ['Rollouts were not waited for.'],
    });
    expect(await isThere('c')).toBe(false);
  });

  test('for people: a line, a table, and why; in colours on a terminal alone', async () => {
    environment({ 'a.yaml': config('a'), 'b.yaml': config('b') });
    await deploy();
    environment({ 'a.yaml': config('a', 'b'), 'b.yaml': config('new') });
    const { stdout } = await deploy();
    expect(stdout).toMatch(new RegExp(`^${env}: succeeded, run \\d{14}, [\\d.]+ s: 1 created, 1 changed, 1 pruned\\n`));
    expect(stdout).toMatch(new RegExp(`^pruned +${named('b')}$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^changed +${named('a')}$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^created +${named('new')}$`, 'm'));
    expect(stdout).not.toContain('\u001b');
    environment({ 'a.yaml': `${config('a')}extra: 1\n` });
    const refused = await deploy();
    expect(refused.exit).toBe(1);
    expect(refused.stdout).toMatch(new RegExp(`^${env}: refused, nothing was written\\n`));
    expect(refused.stdout).toContain(`\n${named('a')}: `);
    expect(refused.stdout).toContain('extra');
    const terminal = sink({ isTTY: true, columns: 120 });
    await run(['deploy', 'env', '--kubeconfig', 'kubeconfig'], { stdout: terminal, stderr: sink(), env: {} });
    expect(terminal.text()).toContain('\u001b[31mrefused\u001b[39m');
  });

  test('KUBECONFIG, as in a pipeline', async () => {
    environment({ 'a.yaml': config('a') });
    const { exit } = await call(['deploy', 'env'], { KUBECONFIG: 'kubeconfig' });
    expect({ exit, there: await isThere('a') }).toEqual({ exit: 0, there: true });
  });

  test('--dry-run prints the plan, writes nothing, and says why it would be refused', async () => {
    environment({ 'a.yaml': config('a') });
    const dry = await deploy('--dry-run', '--json');
    expect(dry.exit).toBe(0);
    expect(JSON.parse(dry.stdout)).toEqual({
      environment: env,
      create: [named('a')],
      change: [],
      prune: [],
      kept: [],
      unchanged: 0,
      notes: [],
      refused: [],
    });
    expect(await isThere('a')).toBe(false);
    await deploy();
    environment({ 'a.yaml': `${config('b')}extra: 1\n` });
    const bad = await deploy('--dry-run', '--json');
    expect(bad.exit).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject({ refused: [{ object: named('b'), message: expect.stringContaining('extra') }] });
    expect((await deploy('--dry-run')).stdout).toContain('\nA deployment would be refused:\n');
    expect(await isThere('a')).toBe(true);
  });

  test('--dry-run names what is made anew, and what kubectl left in an object', async () => {
    const fixed = (value: string): string =>
      config('fixed', value).replace('namespace: default', 'namespace: default, annotations: {lockkeeper.dev/recreate: enabled}') +
      'immutable: true\n';
    environment({ 'a.yaml': config('a'), 'fixed.yaml': fixed('a') });
    await deploy();
    const left = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `${env}-left` }, data: { key: 'a', old: 'b' } };
    const path = '/api/v1/namespaces/default/configmaps?fieldManager=kubectl-client-side-apply';
    expect((await server.ask({ method: 'POST', path, body: JSON.stringify(left) })).status).toBe(201);
    environment({ 'fixed.yaml': fixed('b'), 'left.yaml': config('left') });
    const plan: unknown = JSON.parse((await deploy('--dry-run', '--json')).stdout);
    expect(plan).toMatchObject({
      change: [
        { object: named('fixed'), summary: 'deleted and made anew' },
        { object: named('left'), summary: 'what kubectl applied, and the manifest does not have, leaves' },
      ],
      unchanged: 1,
      notes: expect.arrayContaining([expect.stringContaining('data.old'), expect.stringContaining('as its annotation allows')]),
      refused: [],
    });
    expect(JSON.parse((await deploy('--json')).stdout)).toMatchObject({ changed: [named('fixed'), named('left')], unchanged: 1 });
  });

  test('a plan that was approved: what it prunes goes, and nothing else', async () => {
    environment({ 'a.yaml': config('a'), 'b.yaml': config('b'), 'c.yaml': config('c'), 'd.yaml': config('d'), 'e.yaml': config('e') });
    await deploy();
    environment({ 'a.yaml': '' });
    put({ 'plan.json': (await deploy('--dry-run', '--json')).stdout });
    environment({ 'a.yaml': '', 'b.yaml': '' });
    const { exit, stdout } = await deploy('--plan', 'plan.json', '--json');
    expect(exit).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'refused',
      failures: [{ message: `1 object would be pruned that the approved plan does not have: ${named('b')}`, help: expect.any(String) }],
    });
    environment({ 'b.yaml': config('b') });
    expect(JSON.parse((await deploy('--plan', 'plan.json', '--json')).stdout)).toMatchObject({
      outcome: 'succeeded',
      pruned: [named('a')],
    });
  });

  test('a bundle that cannot be fetched, a cluster that does not answer: 3, and nothing is written', async () => {
    environment({ 'a.yaml': config('a') });
    put({ 'env/environment.yml': `name: ${env}\nmanifests: [manifests/, "http://127.0.0.1:1/b.tar"]\n` });
    const bundle = await deploy('--json');
    expect(bundle.exit).toBe(3);
    expect(JSON.parse(bundle.stdout)).toMatchObject({
      outcome: 'refused',
      failures: [{ message: expect.stringContaining('127.0.0.1:1') }],
    });
    environment({ 'a.yaml': config('a') });
    put({ kubeconfig: kubeconfigText({ url: 'http://127.0.0.1:1' }) });
    expect(await deploy()).toMatchObject({ exit: 3, stdout: '', stderr: expect.stringContaining('127.0.0.1:1') });
    expect(await isThere('a')).toBe(false);
  });

  test('a renamed environment is found out, and taken over with --formerly', async () => {
    environment({ 'a.yaml': config('a') });
    await deploy();
    put({ 'env/environment.yml': `name: ${env}-new\nmanifests: [manifests/]\n` });
    expect(await deploy()).toMatchObject({ exit: 1, stdout: expect.stringContaining(`give --formerly ${env}`) });
    expect(await deploy('--formerly', env)).toMatchObject({ exit: 0 });
  });

  const git = (...args: string[]): string => execFileSync('git', args, { cwd: folder(), encoding: 'utf8', stdio: 'pipe' }).trim();
  function repository(name: string): void {
    git('init', '-q', '-b', 'main', name);
    git('-C', name, 'add', '-A');
    git('-C', name, '-c', 'user.name=T', '-c', 'user.email=t@example.com', 'commit', '-qm', 'x');
    git('clone', '-q', '--bare', name, `repositories/platform/${name}.git`);
  }

  test('environments of app.yml, one after the other: what fails in one keeps no other, and the journal has both', async () => {
    const good = env;
    environment({ 'a.yaml': config('a') }, good);
    put({ [`${good}-broken/a.yaml`]: 'a: [' });
    for (const name of [good, `${good}-broken`]) repository(name);
    put({ 'app.yml': appYml(good, `${good}-broken`) });
    const argv = ['--config', join(folder(), 'app.yml')];
    const { exit, stdout } = await call([...argv, 'deploy', '--env', good, '--env', `${good}-broken`, '--json']);
    expect(exit).toBe(1);
    const commit = git('-C', good, 'rev-parse', 'HEAD');
    expect(JSON.parse(stdout)).toMatchObject({
      environments: [
        { environment: good, outcome: 'succeeded', commit, created: [named('a')] },
        { environment: `${good}-broken`, outcome: 'refused', failures: [{ message: expect.stringContaining('a.yaml:1') }] },
      ],
      errors: [],
    });
    const { stdout: journal } = await call([...argv, 'journal', 'list', '--json']);
    expect(journal).toContain(`deploy ${commit.slice(0, 12)} to here: 1 object to create`);
    expect(journal).toContain('succeeded');
    expect(journal).toContain('was refused');
    const lease = await server.ask({
      method: 'GET',
      path: `/apis/coordination.k8s.io/v1/namespaces/lockkeeper-system/leases/lockkeeper-${good}`,
    });
    expect(JSON.parse(lease.body)).toMatchObject({
      metadata: { annotations: { 'lockkeeper.dev/repository': `local:platform/${good}`, 'lockkeeper.dev/commit': commit } },
    });
  });

  test('a commit that came while it waited for the lock is deployed, and no older one goes over it', async () => {
    environment({ 'a.yaml': config('a', 'old') }, env);
    repository(env);
    const proxy = await startApiProxy((await shared()).address);
    proxy.kubeconfig(join(folder(), 'kubeconfig'));
    put({ 'app.yml': appYml(env) });
    environment({ 'a.yaml': config('a', 'new') }, env);
    git('-C', env, '-c', 'user.name=T', '-c', 'user.email=t@example.com', 'commit', '-qam', 'y');
    let pushed = false;
    proxy.faults.plan((request) => {
      if (isLock(request) && !pushed) git('-C', env, 'push', '-q', `../repositories/platform/${env}.git`, 'HEAD');
      pushed ||= isLock(request);
      return false;
    }, {});
    const { exit, stdout, stderr } = await call(['--config', join(folder(), 'app.yml'), 'deploy', '--env', env, '--json']);
    await proxy.close();
    expect(exit).toBe(0);
    expect(stderr).toContain('is not the newest commit of the default branch any more: it is read again');
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'succeeded', commit: git('-C', env, 'rev-parse', 'HEAD'), created: [named('a')] });
    expect(await lockOf(server, env)).toMatchObject({ holder: undefined });
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s: it stops before the next write, says what it did, and lets the lock go',
    async (signal) => {
      environment(Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${index}.yaml`, config(`c${index}`)])));
      const proxy = await startApiProxy((await shared()).address);
      const child = startDeploy(join(folder(), 'env'), proxy.kubeconfig(join(folder(), 'proxied')), '--json');
      let writes = 0;
      proxy.faults.plan((request) => {
        if (isWrite(request) && !isLock(request) && ++writes === 5) child.kill(signal);
        return false;
      }, {});
      const { out, code } = await ended(child);
      await proxy.close();
      expect(code).toBe(3);
      const report = JSON.parse(out) as {
        readonly outcome: string;
        readonly created: readonly string[];
        readonly failures: readonly object[];
      };
      expect(report).toMatchObject({
        outcome: 'failed',
        failures: [{ message: 'the run was stopped in the middle', help: expect.any(String) }],
      });
      expect(report.created.length).toBeGreaterThan(0);
      expect(report.created.length).toBeLessThan(40);
      expect(await lockOf(server, env)).toMatchObject({ holder: undefined });
      expect(await deploy('--lock-timeout', '0s')).toMatchObject({ exit: 0 });
    },
  );

  test('who has the lock is said, and waited for only so long', async () => {
    environment({ 'a.yaml': config('a') });
    await deploy();
    const path = `/apis/coordination.k8s.io/v1/namespaces/lockkeeper-system/leases/lockkeeper-${env}`;
    const body = JSON.stringify({
      spec: { holderIdentity: 'pipeline 4711', leaseDurationSeconds: 30, acquireTime: '2026-11-21T19:00:00.000000Z' },
    });
    await server.ask({ method: 'PATCH', path, body, type: 'application/merge-patch+json' });
    const { exit, stderr } = await deploy('--lock-timeout', '0s');
    expect(exit).toBe(3);
    expect(stderr).toContain('another run has the lock, and is waited for: pipeline 4711, since 2026-11-21T19:00:00.000000Z');
    expect(stderr).toContain(`another deployment run has the lock of ${env}`);
  });
});
