import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kubeconfigText } from '../../src/adapters/cluster/control-plane/kubeconfig.ts';
import { run } from '../../src/cli/program.ts';
import { sharedControlPlane } from '../support/control-plane.ts';
import { describeWith } from '../support/parts.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { call, sink } from '../support/terminal.ts';

const folder = temporaryFolder();
const here = process.cwd();
beforeEach(() => process.chdir(folder())); // no app.yml where nobody makes one
afterEach(() => process.chdir(here));

const identity = ['-c', 'user.name=T', '-c', 'user.email=t@example.com'];
const git = (...args: string[]): string =>
  execFileSync('git', [...identity, ...args], { cwd: folder(), encoding: 'utf8', stdio: 'pipe' }).trim();

function put(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder(), path, '..'), { recursive: true });
    writeFileSync(join(folder(), path), text);
  }
}

function commit(files: Readonly<Record<string, string>>): string {
  put(files);
  git('add', '-A');
  git('commit', '-qm', 'x');
  return git('rev-parse', 'HEAD');
}

const config = (name: string, data = 'data: {a: "1"}\n') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: shop}\n${data}`;
const environment = 'name: staging\nmanifests: [manifests/]\n';
const json = async (...argv: string[]): Promise<unknown> => {
  const { exit, stdout, stderr } = await call(['--config', join(folder(), 'app.yml'), 'plan', ...argv, '--json']);
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  return JSON.parse(stdout);
};
/** Without an app.yml: the one of the default name is not there. */
const plain = async (...argv: string[]) => call(['plan', ...argv]);

test('a folder in no repository: everything is created, and no app.yml is needed', async () => {
  put({ 'environment.yml': environment, 'manifests/a.yaml': config('a') });
  const { exit, stdout } = await plain(folder());
  expect(exit).toBe(0);
  expect(stdout).toBe(
    `staging: 1 created

        object             
create  ConfigMap/shop/a  manifests/a.yaml:1
`.replace('object             \n', 'object\n'),
  );
});

describe('in a repository', () => {
  beforeEach(() => {
    git('init', '-q', '-b', 'main');
    commit({
      'environment.yml': environment,
      'manifests/a.yaml': config('a'),
      'manifests/gone.yaml': config('gone'),
      'manifests/same.yaml': config('same'),
    });
    git('checkout', '-qb', 'work');
    git('rm', '-q', 'manifests/gone.yaml');
    commit({ 'manifests/new.yaml': config('new') });
    git('checkout', '-q', 'main');
    commit({ 'manifests/later.yaml': config('later') });
    git('checkout', '-q', 'work');
  });

  const expected = {
    environment: 'staging',
    create: ['ConfigMap/shop/new'],
    change: [],
    prune: [{ object: 'ConfigMap/shop/gone', lost: 'the value of its key' }],
    kept: [],
    unchanged: 2,
    notes: [],
  };

  test('the branch against where it left the default branch; what is not committed counts, unless a revision is named', async () => {
    put({ 'manifests/a.yaml': config('a', 'data: {a: "2"}\n') });
    const { stdout } = await plain(folder(), '--json');
    expect(JSON.parse(stdout)).toEqual({
      ...expected,
      unchanged: 1,
      change: [{ object: 'ConfigMap/shop/a', summary: 'key a', diff: expect.stringContaining("-  a: '1'\n+  a: '2'") }],
    });
    expect(JSON.parse((await plain(folder(), '--json', '--ref', 'work')).stdout)).toEqual(expected);
    expect(JSON.parse((await plain(folder(), '--json', '--ref', 'main', '--base', 'work')).stdout)).toMatchObject({
      create: ['ConfigMap/shop/gone', 'ConfigMap/shop/later'],
      prune: [{ object: 'ConfigMap/shop/new' }],
    });
  });

  test('for a person: pruned first, and the differences; in colours on a terminal alone', async () => {
    put({ 'manifests/a.yaml': config('a', 'data: {a: "2"}\n') });
    const { stdout } = await plain(folder());
    expect(stdout).toContain('staging: 1 created, 1 changed, 1 pruned, 1 unchanged');
    expect(stdout.indexOf('prune ')).toBeLessThan(stdout.indexOf('change '));
    expect(stdout).toMatch(/^prune {3}ConfigMap\/shop\/gone {2}loses the value of its key$/m);
    expect(stdout).toMatch(/^- {2}a: '1'\n\+ {2}a: '2'$/m);
    const terminal = sink({ isTTY: true, columns: 100 });
    await run(['plan', folder()], { stdout: terminal, stderr: sink(), env: {} });
    expect(terminal.text()).toContain("\u001b[32m+  a: '2'\u001b[39m");
    expect(stdout).not.toContain('\u001b');
  });

  test('a broken file hides nothing else, and prunes nothing', async () => {
    put({ 'manifests/a.yaml': 'a: [\n' });
    expect(JSON.parse((await plain(folder(), '--json')).stdout)).toMatchObject({
      create: ['ConfigMap/shop/new'],
      prune: [],
      kept: [{ object: 'ConfigMap/shop/a' }, { object: 'ConfigMap/shop/gone' }],
      notes: [
        'Not all of the new state could be read: nothing is pruned until it can be.',
        expect.stringContaining('manifests/a.yaml:1: is no YAML'),
      ],
    });
  });

  test('a bundle whose server does not answer: what is known is told, and the exit code says so', async () => {
    put({ 'environment.yml': 'name: staging\nmanifests: [manifests/, "http://127.0.0.1:1/b.tar"]\n' });
    const { exit, stdout } = await plain(folder(), '--json');
    expect(exit).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ create: ['ConfigMap/shop/new'], prune: [], kept: [{ object: 'ConfigMap/shop/gone' }] });
    expect(stdout).toContain('environment.yml:2: the bundle http://127.0.0.1:1/b.tar could not be fetched');
  });

  test('a folder of it that was not there before, and one named by mistake', async () => {
    put({ 'env/x/a.yaml': config('x') });
    expect(JSON.parse((await plain(join(folder(), 'env/x'), '--json')).stdout)).toMatchObject({
      environment: 'x',
      create: ['ConfigMap/shop/x'],
      notes: [],
    });
    expect(await plain(join(folder(), 'env/y'))).toMatchObject({ exit: 2, stderr: expect.stringContaining('env/y does not exist') });
    expect(await plain(folder(), '--ref', 'none')).toMatchObject({ exit: 2, stderr: expect.stringContaining('no revision none') });
  });

  test('without a common history it says what to do', async () => {
    git('checkout', '-q', '--orphan', 'alone');
    commit({ 'manifests/b.yaml': config('b') });
    expect(await plain(folder())).toMatchObject({ exit: 2, stderr: expect.stringContaining('GIT_DEPTH: 0 in GitLab') });
  });
});

test('before the first commit everything is created; a default branch of another name has to be named', async () => {
  put({ 'a.yaml': config('a') });
  git('init', '-q', '-b', 'trunk');
  expect(JSON.parse((await plain(folder(), '--json')).stdout)).toMatchObject({ create: ['ConfigMap/shop/a'] });
  commit({});
  expect(await plain(folder())).toMatchObject({ exit: 2, stderr: expect.stringContaining('name what to compare with, --base REVISION') });
  expect(JSON.parse((await plain(folder(), '--json', '--base', 'trunk')).stdout)).toMatchObject({ unchanged: 1 });
});

describe('an environment of app.yml', () => {
  const appYml = (cluster = '') => `store: { url: "file:./data" }
forges: { local: { type: local, path: ./repositories } }
${cluster === '' ? '' : 'clusters: { here: { kubeconfig: ./kubeconfig } }\n'}environments:
  - { name: staging, repository: "local:platform/staging"${cluster} }
`;

  function repository(): void {
    git('init', '-q', '-b', 'main', 'work');
    const inside = (...args: string[]) => git('-C', 'work', ...args);
    put({ 'work/environment.yml': environment, 'work/manifests/a.yaml': config('a').replaceAll('shop', 'default') });
    inside('add', '-A');
    inside('commit', '-qm', 'x');
    inside('checkout', '-qb', 'change');
    put({ 'work/manifests/b.yaml': config('b').replaceAll('shop', 'default') });
    inside('add', '-A');
    inside('commit', '-qm', 'y');
    git('clone', '-q', '--bare', 'work', 'repositories/platform/staging.git');
    git('-C', 'repositories/platform/staging.git', 'symbolic-ref', 'HEAD', 'refs/heads/main');
  }

  test('a branch of its repository against the default branch', async () => {
    repository();
    put({ 'app.yml': appYml() });
    expect(await json('--env', 'staging', '--ref', 'change')).toMatchObject({
      environment: 'staging',
      create: ['ConfigMap/default/b'],
      unchanged: 1,
    });
    const { exit, stderr } = await call(['--config', join(folder(), 'app.yml'), 'plan', '--env', 'staging']);
    expect({ exit, stderr }).toEqual({ exit: 2, stderr: expect.stringContaining('names no cluster for it') });
  });

  describeWith('control-plane', 'with a cluster', () => {
    const shared = sharedControlPlane();
    test('the default branch, or another, against what the cluster has', async () => {
      repository();
      put({ 'app.yml': appYml(', cluster: here'), kubeconfig: kubeconfigText((await shared()).address) });
      expect(await json('--env', 'staging')).toMatchObject({ environment: 'staging', create: ['ConfigMap/default/a'], unchanged: 0 });
      expect(await json('--env', 'staging', '--ref', 'change')).toMatchObject({ create: ['ConfigMap/default/a', 'ConfigMap/default/b'] });
      expect(await json('--env', 'staging', '--ref', 'change', '--base', 'main')).toMatchObject({ create: ['ConfigMap/default/b'] });
    });
  });
});
