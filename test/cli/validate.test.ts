import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { git } from '../support/git-repository.ts';
import { describeWith } from '../support/parts.ts';
import { localScanWorld } from '../support/scan-world.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { call } from '../support/terminal.ts';

const temporary = temporaryFolder();
const config = (name: string, data: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n${data}\n`;
const secret = (rest: string) => `apiVersion: v1\nkind: Secret\nmetadata: { name: s }\n${rest}\n`;

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporary();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const files = { 'environment.yml': 'name: staging\nmanifests: [manifests/]\n', 'manifests/a.yaml': config('a', 'data: { key: one }') };
const wrong = { ...files, 'manifests/b.yaml': config('b', 'data: { key: 1 }\nfinalisers: []') };
/** Nothing of this machine's but what the test gives. */
const nowhere = { PATH: '/dev/null/none', XDG_CACHE_HOME: '/dev/null/none', HOME: '/dev/null/none', KUBEBUILDER_ASSETS: '' };

describe('wrong use', () => {
  test.each<[string[], Readonly<Record<string, string>>, RegExp]>([
    [['DIR', '--env', 'staging'], files, /name a folder or --env, not both/],
    [['DIR/none'], files, /none does not exist/],
    [['DIR/environment.yml'], files, /is no folder/],
    [['DIR', '--ref', 'main'], files, /lies in no git repository/],
    [['DIR', '--format', 'xml'], files, /Allowed choices are text, json, sarif, junit/],
    [['DIR', '--output', 'x.xml'], files, /--output is for --format json, sarif or junit/],
    [['DIR', '--config', '/dev/null/app.yml'], files, /there is no such file/],
  ])('%j', async (argv, content, message) => {
    const folder = folderWith(content);
    const { exit, stderr } = await call(['validate', ...argv.map((one) => one.replace('DIR', folder))], nowhere);
    expect(exit).toBe(2);
    expect(stderr).toMatch(message);
  });
});

test('without an API server there is no verdict: it says where was looked and what to do, and exits with 3', async () => {
  const { exit, stdout, stderr } = await call(['validate', folderWith(wrong)], nowhere);
  expect([exit, stdout]).toEqual([3, '']);
  expect(stderr).toMatch(/^lockkeeper: there is no API server to ask: run lockkeeper apiserver setup, .*KUBEBUILDER_ASSETS is not set/);
});

test('an environment that wants nothing needs no server, and is told so', async () => {
  const folder = folderWith({ 'environment.yml': 'name: staging\nmanifests: [manifests/]\n', 'manifests/README.md': 'x' });
  const { exit, stdout } = await call(['validate', folder], nowhere);
  expect(exit).toBe(0);
  expect(stdout).toMatch(/^▲ environment\.yml:1 {2}environment$[\s\S]*^staging: accepted, 1 warning · 0 objects in \d+\.\d s$/m);
});

describeWith('control-plane', 'lockkeeper validate', () => {
  // The command starts and stops a server of its own each time: what is tried here is the command, in as few calls as will do.
  const env = Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  const validate = (...argv: string[]) => call(['validate', ...argv], env);

  test('a folder without app.yml: the template of environments is accepted', async () => {
    const { exit, stdout, stderr } = await validate(resolve(import.meta.dirname, '../../environments-template'));
    expect([exit, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^example: accepted, .* · 25 objects against Kubernetes 1\.\d+ in \d+\.\d s$/m);
  });

  test('rejected: JUnit in a file, the text on the terminal', async () => {
    const file = join(temporary(), 'verdict.xml');
    const { exit, stdout } = await validate(folderWith(wrong), '--format', 'junit', '--output', file);
    expect(exit).toBe(1);
    expect(stdout).toMatch(/^✖ manifests\/b\.yaml:\d+ {2}api-server$/m);
    expect(stdout).toMatch(/staging: rejected, 2 errors/);
    expect(readFileSync(file, 'utf8')).toMatch(/<testsuite name="staging" tests="2" failures="1"/);
  });

  test('a file that cannot be written is a mistake of who names it, and the text is there all the same', async () => {
    const { exit, stdout, stderr } = await validate(folderWith({}), '--json', '--output', '/dev/null/verdict.json');
    expect(exit).toBe(2);
    expect(stderr).toMatch(/--output \/dev\/null\/verdict\.json cannot be written: ENOTDIR/);
    expect(stdout).toMatch(/accepted, 1 warning · 0 objects/);
  });

  test('a revision of a folder, and what may not be changed since another', async () => {
    const folder = folderWith({ ...files, 'manifests/s.yaml': secret('type: Opaque') });
    const commit = async (message: string) => {
      for (const argv of [
        ['add', '.'],
        ['-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-qm', message],
      ])
        await git(folder, argv);
    };
    await git(folder, ['init', '-q', '-b', 'main']);
    await commit('one');
    await git(folder, ['tag', 'v1']);
    writeFileSync(join(folder, 'manifests/s.yaml'), secret('type: example.com/other'));
    await commit('two');
    writeFileSync(join(folder, 'manifests/s.yaml'), 'not: [yaml');
    const { exit, stdout } = await validate(folder, '--ref', 'main', '--base', 'v1', '--json');
    const verdict = JSON.parse(stdout) as Record<string, unknown>;
    expect(exit).toBe(1);
    expect(verdict).toMatchObject({
      ok: false,
      environment: 'staging',
      commit: expect.stringMatching(/^[0-9a-f]{40}$/) as string,
      objects: 2,
      findings: [
        {
          severity: 'error',
          rule: 'api-server',
          file: 'manifests/s.yaml',
          object: { apiVersion: 'v1', kind: 'Secret', namespace: '', name: 's' },
        },
      ],
    });
    expect(JSON.stringify(verdict['findings'])).toContain('immutable');
  });

  test('environments of app.yml, each judged as it says: SARIF, and a list as JSON', async () => {
    const world = localScanWorld(temporary());
    world.configure(`environments:
  - { name: staging, repository: "local:staging" }
  - { name: production, repository: "local:production", validation: { missingDefinitions: error } }
`);
    const custom = { ...files, 'manifests/c.yaml': 'apiVersion: example.com/v1\nkind: Thing\nmetadata: { name: c }\n' };
    for (const name of ['staging', 'production']) await world.createRepository(name, custom);
    const all = await call(['validate', '--config', world.config, '--json'], env);
    expect(all.exit).toBe(1);
    expect(JSON.parse(all.stdout)).toMatchObject({
      ok: false,
      environments: [
        { ok: true, environment: 'staging', findings: [{ severity: 'warning' }] },
        { ok: false, environment: 'production', findings: [{ severity: 'error' }] },
      ],
      errors: [],
    });
    const one = await call(['validate', '--config', world.config, '--env', 'staging', '--format', 'sarif'], env);
    expect(one.exit).toBe(0);
    expect(JSON.parse(one.stdout)).toMatchObject({
      version: '2.1.0',
      runs: [{ automationDetails: { id: 'lockkeeper/validate/staging' } }],
    });
    expect((await call(['validate', '--config', world.config, '--env', 'stagin'], env)).stderr).toContain('did you mean "staging"?');
  });
});
