import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClusterClient, connectCluster } from '../../src/adapters/cluster/client.ts';
import { kubeconfigText } from '../../src/adapters/cluster/control-plane/kubeconfig.ts';
import { sharedControlPlane } from '../support/control-plane.ts';
import { git } from '../support/git-repository.ts';
import { describeWith } from '../support/parts.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { call } from '../support/terminal.ts';

const folder = temporaryFolder();
const here = process.cwd();
beforeEach(() => process.chdir(folder())); // no app.yml where nobody makes one
afterEach(() => process.chdir(here));

const path = (...parts: string[]): string => join(folder(), ...parts);

function put(files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path(file, '..'), { recursive: true });
    writeFileSync(path(file), text);
  }
}

const config = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: default}\ndata: {a: "1"}\n`;
const environment = (name: string): Readonly<Record<string, string>> => ({
  [`${name}/environment.yml`]: `name: ${name}\nmanifests: [manifests/]\n`,
  [`${name}/manifests/all.yaml`]: `${config(`${name}-one`)}---\n${config(`${name}-two`)}`,
});
const nowhere = kubeconfigText({ url: 'https://127.0.0.1:1', token: 'x' });

describe('wrong use', () => {
  test.each<[string[], RegExp]>([
    [['staging', '--env', 'staging'], /name a folder or --env, not both/],
    [['staging'], /staging: no cluster is named: give it one in app\.yml, name --kubeconfig FILE, or set KUBECONFIG/],
    [['staging', '--kubeconfig', 'none'], /none cannot be read/],
    [['nameless', '--kubeconfig', 'kubeconfig'], /nameless\/environment\.yml has no name/],
  ])('%j', async (argv, message) => {
    put({ ...environment('staging'), 'nameless/environment.yml': 'manifests: [.]\n', kubeconfig: nowhere });
    const { exit, stderr } = await call(['drift', ...argv]);
    expect({ exit, stderr }).toEqual({ exit: 2, stderr: expect.stringMatching(message) as string });
  });
});

test('a cluster that does not answer is something outside', async () => {
  put({ ...environment('staging'), kubeconfig: nowhere });
  const { exit, stdout, stderr } = await call(['drift', 'staging', '--kubeconfig', 'kubeconfig']);
  expect({ exit, stdout }).toEqual({ exit: 3, stdout: '' });
  expect(stderr).toMatch(/^lockkeeper: .*127\.0\.0\.1:1/);
});

describeWith('control-plane', 'lockkeeper drift', () => {
  const shared = sharedControlPlane();
  let server: ClusterClient;
  beforeAll(async () => {
    server = connectCluster((await shared()).address, { throwAway: true });
  });
  afterAll(() => server.close());
  const kubeconfig = async () => kubeconfigText((await shared()).address);

  const edit = (name: string) =>
    server.ask({
      method: 'PATCH',
      path: `/api/v1/namespaces/default/configmaps/${name}?fieldManager=kubectl-edit`,
      type: 'application/merge-patch+json',
      body: '{"data":{"a":"2"}}',
    });

  test('a folder: never deployed, as it should be, changed by hand, deployed again', async () => {
    put({ ...environment('staging'), kubeconfig: await kubeconfig() });
    const drift = (...more: string[]) => call(['drift', 'staging', '--kubeconfig', 'kubeconfig', ...more]);
    const deploy = (...more: string[]) => call(['deploy', 'staging', '--kubeconfig', 'kubeconfig', '--no-wait', ...more]);
    expect(await drift()).toEqual({
      exit: 1,
      stdout: 'staging was never deployed to this cluster: nothing in it carries the label of staging.\n',
      stderr: '',
    });
    expect(await deploy()).toMatchObject({ exit: 0 });
    expect(await drift()).toEqual({ exit: 0, stdout: 'staging: as its repository says, 2 objects\n', stderr: '' });
    await edit('staging-one');
    await server.ask({ method: 'DELETE', path: '/api/v1/namespaces/default/configmaps/staging-two' });
    const { exit, stdout } = await drift();
    expect(exit).toBe(1);
    expect(stdout).toMatch(
      /^staging: 1 changed, 1 missing\n\n {9}object\nchanged {2}ConfigMap\/default\/staging-one {2}key a, by kubectl-edit at \S+Z\nmissing /,
    );
    expect(stdout).toMatch(/\nConfigMap\/default\/staging-one\n@@ [\s\S]*\n- {2}a: '1'\n\+ {2}a: '2'\n/);
    const json = await drift('--json');
    expect(json.exit).toBe(1);
    expect(JSON.parse(json.stdout)).toEqual({
      environment: 'staging',
      deployed: true,
      drifts: [
        {
          object: 'ConfigMap/default/staging-one',
          kind: 'changed',
          summary: expect.stringMatching(/^key a, by kubectl-edit at /) as string,
          diff: expect.stringContaining("+  a: '2'") as string,
          by: ['kubectl-edit'],
        },
        { object: 'ConfigMap/default/staging-two', kind: 'missing', summary: 'not in the cluster: deleted, or not deployed yet' },
      ],
      notes: [],
    });
  });

  test('environments of app.yml, each against its cluster; one that is down keeps none from being compared', async () => {
    put({
      ...environment('production'),
      ...environment('away'),
      kubeconfig: await kubeconfig(),
      nowhere,
      'app.yml': `store: { url: "file:./data" }
forges: { local: { type: local, path: ./repositories } }
clusters: { here: { kubeconfig: ./kubeconfig }, gone: { kubeconfig: ./nowhere } }
environments:
  - { name: production, repository: "local:production", cluster: here }
  - { name: away, repository: "local:away", cluster: gone }
`,
    });
    const committed = await bare('production');
    await bare('away');
    expect(await call(['deploy', '--env', 'production', '--no-wait'])).toMatchObject({ exit: 0, stderr: '' });
    await edit('production-one');
    const one = await call(['drift', '--env', 'production', '--json']);
    expect(one.exit).toBe(1);
    expect(JSON.parse(one.stdout)).toMatchObject({ environment: 'production', commit: committed, drifts: [{ kind: 'changed' }] });
    const all = await call(['drift', '--json']);
    expect(all.exit).toBe(3);
    expect(JSON.parse(all.stdout)).toMatchObject({
      environments: [{ environment: 'production', drifts: [{ by: ['kubectl-edit'] }] }],
      errors: [{ environment: 'away', message: expect.stringContaining('127.0.0.1:1') as string }],
    });
  });

  /** Puts a folder into the forge, and gives its commit. */
  async function bare(name: string): Promise<string> {
    const identity = ['-c', 'user.name=T', '-c', 'user.email=t@example.com'];
    await git(path(name), ['init', '-q', '-b', 'main']);
    await git(path(name), ['add', '-A']);
    await git(path(name), [...identity, 'commit', '-qm', 'x']);
    await git(folder(), ['clone', '-q', '--bare', name, `repositories/${name}.git`]);
    return String(await git(path(name), ['rev-parse', 'HEAD'])).trim();
  }
});
