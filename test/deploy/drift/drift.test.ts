import { type ClusterClient, connectCluster } from '../../../src/adapters/cluster/client.ts';
import { deployEnvironment } from '../../../src/deploy/deploy.ts';
import { findDrift } from '../../../src/deploy/drift/drift.ts';
import { openTarget } from '../../../src/deploy/target.ts';
import type { ApiRequest, ApiServer } from '../../../src/domain/cluster.ts';
import type { Drift } from '../../../src/domain/deployment.ts';
import { OutsideError, RefusedError } from '../../../src/domain/errors.ts';
import { objectName } from '../../../src/domain/finding.ts';
import { BundleMemory, createBundles } from '../../../src/manifests/bundles.ts';
import type { DesiredState } from '../../../src/manifests/desired-object.ts';
import { readDesiredState } from '../../../src/manifests/desired-state.ts';
import { sharedControlPlane } from '../../support/control-plane.ts';
import { describeWith } from '../../support/parts.ts';

const quiet = { phase: () => undefined, done: () => undefined };
const { signal } = new AbortController();

async function wanting(...documents: readonly string[]): Promise<DesiredState> {
  const files = (async function* () {
    yield { path: 'all.yaml', bytes: Buffer.from(documents.join('---\n')) };
  })();
  const bundles = createBundles(() => Promise.resolve(undefined), new BundleMemory());
  const state = await readDesiredState(files, bundles);
  expect(state.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  return state;
}

const namespace = (name: string) => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`;
const config = (space: string, name: string, data = 'data: {a: "1"}') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: ${space}}\n${data}\n`;
const deployment = (space: string, more = '  replicas: 2\n') => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: ${space}, annotations: {note: ours}}
spec:
${more}  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: web:1
          env: [{name: MODE, value: fast}]
          resources: {limits: {cpu: 1000m}}
`;

describeWith('control-plane', 'drift', () => {
  const shared = sharedControlPlane();
  let server: ClusterClient;
  beforeAll(async () => {
    server = connectCluster((await shared()).address, { throwAway: true });
  });
  afterAll(() => server.close());

  const targetOf = (environment: string, of: ApiServer = server, formerly: readonly string[] = []) =>
    openTarget({ server: of, environment, formerly }, signal);

  const ok = async (of: ApiRequest): Promise<string> => {
    const { status, body } = await server.ask(of);
    expect({ path: of.path, status, body: status < 400 ? '' : body }).toEqual({
      path: of.path,
      status: expect.any(Number) as number,
      body: '',
    });
    return body;
  };

  async function deploy(environment: string, ...documents: readonly string[]): Promise<void> {
    const ports = {
      server,
      now: () => new Date(),
      warn: () => undefined,
      progress: quiet,
      record: { begin: () => Promise.resolve(), prune: () => Promise.resolve() },
      holder: environment,
    };
    const how = { formerly: [], share: 0.5, timeoutMs: 60_000, wait: false, patienceMs: 60_000, takeOver: false };
    const { failures } = await deployEnvironment(ports, { ...how, environment, state: await wanting(...documents) }, signal);
    expect(failures).toEqual([]);
  }

  /** A change by hand, as one of kubectl's commands sends it. */
  const patch = (manager: string, path: string, body: object) =>
    ok({
      method: 'PATCH',
      path: `${path}?fieldManager=${manager}`,
      type: 'application/strategic-merge-patch+json',
      body: JSON.stringify(body),
    });

  const drift = async (environment: string, ...documents: readonly string[]) =>
    findDrift(await targetOf(environment), await wanting(...documents), quiet, signal);
  const lines = (drifts: readonly Drift[]) => drifts.map(({ object, kind, summary }) => `${kind} ${objectName(object)}: ${summary}`);
  const time = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ';

  test('what a deployment left is no drift, and costs no request beyond the lists', async () => {
    const documents = [namespace('drift-a'), config('drift-a', 'one'), deployment('drift-a')];
    await deploy('drift-a', ...documents);
    const asked: ApiRequest[] = [];
    const counting: ApiServer = {
      host: server.host,
      throwAway: true,
      kinds: (of) => server.kinds(of),
      discover: (of) => server.discover(of),
      ask: (of, until) => {
        asked.push(of);
        return server.ask(of, until);
      },
    };
    const found = await findDrift(await targetOf('drift-a', counting), await wanting(...documents), quiet, signal);
    expect(found).toEqual({ deployed: true, drifts: [], notes: [] });
    const paths = asked.map(({ path }) => path.split('?')[0]);
    expect(asked.every(({ method, path }) => method === 'GET' && path.includes('labelSelector='))).toBe(true);
    expect(new Set(paths).size).toBe(paths.length);
  });

  test('changed by hand: which fields, by whom, when, and the difference from what is wanted to what is there', async () => {
    const documents = [namespace('drift-b'), deployment('drift-b')];
    await deploy('drift-b', ...documents);
    const web = '/apis/apps/v1/namespaces/drift-b/deployments/web';
    await patch('kubectl-edit', web, { spec: { template: { spec: { containers: [{ name: 'web', image: 'web:2' }] } } } });
    const { drifts, notes } = await drift('drift-b', ...documents);
    expect(lines(drifts)).toEqual([expect.stringMatching(`^changed apps/Deployment/drift-b/web: image, by kubectl-edit at ${time}$`)]);
    expect(drifts[0]).toMatchObject({ by: ['kubectl-edit'] });
    expect(drifts[0]?.diff?.split('\n').filter((line) => /^[-+]/.test(line))).toEqual([
      '-          image: web:1',
      '+          image: web:2',
    ]);
    expect(notes).toEqual([]);
  });

  test.each<[string, string, string, object, RegExp]>([
    ['scaled', 'kubectl', '/scale', { spec: { replicas: 5 } }, /^changed .*: replicas 2 → 5, by kubectl/],
    [
      'annotated',
      'kubectl-annotate',
      '',
      { metadata: { annotations: { note: 'theirs' } } },
      /^changed .*: annotations, by kubectl-annotate at /,
    ],
    [
      'annotation added',
      'kubectl-annotate',
      '',
      { metadata: { annotations: { more: 'x' } } },
      /^changed .*: annotations, by kubectl-annotate at /,
    ],
    [
      'variable added',
      'kubectl-set',
      '',
      { spec: { template: { spec: { containers: [{ name: 'web', env: [{ name: 'DEBUG', value: '1' }] }] } } } },
      /^changed .*: environment variable DEBUG, by kubectl-set at /,
    ],
    ['field removed', 'kubectl-edit', '', { metadata: { annotations: { note: null } } }, /^changed .*: annotations$/],
    ['by a script', 'backup.sh', '', { metadata: { annotations: { note: 'x' } } }, /^changed .*: annotations, by backup\.sh at /],
    [
      'the label taken off',
      'kubectl-label',
      '',
      { metadata: { labels: { 'lockkeeper.dev/environment': null } } },
      /^changed .*: carries no label/,
    ],
  ])('%s by hand', async (what, manager, subresource, change, expected) => {
    const space = `drift-c-${what.replaceAll(' ', '-')}`;
    const documents = [namespace(space), deployment(space)];
    await deploy(space, ...documents);
    await patch(manager, `/apis/apps/v1/namespaces/${space}/deployments/web${subresource}`, change);
    const { drifts } = await drift(space, ...documents);
    expect(lines(drifts)).toEqual([expect.stringMatching(expected)]);
    expect(drifts[0]?.stays).toBeUndefined();
  });

  test('what others manage beside ours is no drift: status, annotations of controllers, sidecars, defaults, a restart', async () => {
    const documents = [namespace('drift-d'), deployment('drift-d', '')];
    await deploy('drift-d', ...documents);
    const web = '/apis/apps/v1/namespaces/drift-d/deployments/web';
    await patch('kube-controller-manager', `${web}/status`, { status: { observedGeneration: 1, replicas: 1 } });
    await patch('kube-controller-manager', web, { metadata: { annotations: { 'deployment.kubernetes.io/revision': '1' } } });
    await patch('mesh', web, { spec: { template: { spec: { containers: [{ name: 'proxy', image: 'proxy:1' }] } } } });
    await patch('kube-controller-manager', `${web}/scale`, { spec: { replicas: 7 } });
    const restarted = { 'kubectl.kubernetes.io/restartedAt': '2026-11-21T18:00:00Z' };
    await patch('kubectl-rollout', web, { spec: { template: { metadata: { annotations: restarted } } } });
    await patch('kubectl-annotate', web, { metadata: { annotations: { 'lockkeeper.dev/prune': 'disabled' } } });
    expect(await drift('drift-d', ...documents)).toEqual({ deployed: true, drifts: [], notes: [] });
  });

  test('replicas that an autoscaler has set, and the repository too, are said and not counted', async () => {
    const documents = [namespace('drift-e'), deployment('drift-e')];
    await deploy('drift-e', ...documents);
    await patch('kube-controller-manager', '/apis/apps/v1/namespaces/drift-e/deployments/web/scale', { spec: { replicas: 7 } });
    expect(await drift('drift-e', ...documents)).toEqual({
      deployed: true,
      drifts: [],
      notes: ['apps/Deployment/drift-e/web: an autoscaler has set its replicas to 7, the repository to 2: leave replicas out there.'],
    });
  });

  test('what a controller writes while it is compared is no difference', async () => {
    const documents = [namespace('drift-p'), deployment('drift-p')];
    await deploy('drift-p', ...documents);
    const web = '/apis/apps/v1/namespaces/drift-p/deployments/web';
    await patch('kubectl-annotate', web, { metadata: { annotations: { note: 'ours' } } }); // a hand's, so that it is looked at
    await patch('kubectl-label', web, { metadata: { labels: { 'lockkeeper.dev/note': 'x' } } });
    let tried = 0;
    const busy: ApiServer = {
      host: server.host,
      throwAway: true,
      kinds: (of) => server.kinds(of),
      discover: (of) => server.discover(of),
      ask: async (of, until) => {
        if (of.path.includes('dryRun=All')) tried += 1;
        if (of.path.includes('dryRun=All') && tried === 1)
          await patch('kube-controller-manager', web, { metadata: { annotations: { 'deployment.kubernetes.io/revision': '2' } } });
        return server.ask(of, until);
      },
    };
    const found = await findDrift(await targetOf('drift-p', busy), await wanting(...documents), quiet, signal);
    expect({ tried, ...found }).toEqual({ tried: 2, deployed: true, drifts: [], notes: [] });
  });

  test('missing, and left over: what prune would take, also of a former name; what it would keep is said', async () => {
    const pvc = `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data, namespace: drift-f}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n`;
    await deploy('drift-f', namespace('drift-f'), config('drift-f', 'one'), config('drift-f', 'old'), pvc);
    await deploy('drift-f-before', config('drift-f', 'older'));
    await ok({ method: 'DELETE', path: '/api/v1/namespaces/drift-f/configmaps/one' });
    const state = await wanting(namespace('drift-f'), config('drift-f', 'one'));
    const { drifts, notes } = await findDrift(await targetOf('drift-f', server, ['drift-f-before']), state, quiet, signal);
    expect(lines(drifts).toSorted()).toEqual([
      'left-over ConfigMap/drift-f/old: no longer in the repository',
      'left-over ConfigMap/drift-f/older: no longer in the repository; drift-f-before left it',
      'missing ConfigMap/drift-f/one: not in the cluster: deleted, or not deployed yet',
    ]);
    expect(notes).toEqual([
      'PersistentVolumeClaim/drift-f/data is not in the repository, and stays: prune.protect of environment.yml names PersistentVolumeClaim.',
    ]);
  });

  test('a repository that moved on is told apart from hands, also in one object', async () => {
    await deploy('drift-g', namespace('drift-g'), deployment('drift-g'), config('drift-g', 'one'));
    await patch('kubectl', '/apis/apps/v1/namespaces/drift-g/deployments/web/scale', { spec: { replicas: 5 } });
    const { drifts } = await drift(
      'drift-g',
      namespace('drift-g'),
      deployment('drift-g').replace('web:1', 'web:2'),
      config('drift-g', 'one', 'data: {a: "2"}'),
    );
    expect(lines(drifts)).toEqual([
      expect.stringMatching(/^changed apps\/Deployment\/drift-g\/web: replicas 2 → 5, by kubectl( at \S+)?; not deployed yet: image$/),
      'not-deployed ConfigMap/drift-g/one: not deployed yet: key a',
    ]);
  });

  test('a comment alone, though never deployed, is no drift', async () => {
    await deploy('drift-h', namespace('drift-h'), config('drift-h', 'one'));
    expect((await drift('drift-h', namespace('drift-h'), `# why\n${config('drift-h', 'one')}`)).drifts).toEqual([]);
  });

  test.each(['data: {password: aHVudGVyMg==}', 'stringData: {password: hunter2}'])(
    'a Secret that was changed shows no value: %s',
    async (content) => {
      const space = `drift-i-${content.slice(0, 4).toLowerCase()}`;
      const secret = `apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: ${space}}\n${content}\n`;
      await deploy(space, namespace(space), secret);
      const path = `/api/v1/namespaces/${space}/secrets/s`;
      expect((await drift(space, namespace(space), secret)).drifts).toEqual([]);
      await patch('kubectl-edit', path, { data: { password: Buffer.from('hunter3').toString('base64'), more: 'aHVudGVyNA==' } });
      const { drifts } = await drift(space, namespace(space), secret);
      expect(lines(drifts)).toEqual([expect.stringMatching(/^changed Secret\/.*: 2 keys, by kubectl-edit at /)]);
      expect(drifts[0]?.diff).toContain('(hidden, changed)');
      expect(JSON.stringify(drifts)).not.toMatch(/hunter|aHVu/);
    },
  );

  test('custom resources of a kind with two versions', async () => {
    const version = (name: string, storage: boolean) =>
      `    - {name: ${name}, served: true, storage: ${storage}, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}}\n`;
    const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boxes.drift.example.com}
spec:
  group: drift.example.com
  names: {kind: Box, plural: boxes}
  scope: Namespaced
  versions:
${version('v1', false)}${version('v2', true)}`;
    const box = (of: string) =>
      `apiVersion: drift.example.com/${of}\nkind: Box\nmetadata: {name: b, namespace: drift-j}\nspec: {size: 1}\n`;
    await deploy('drift-j', namespace('drift-j'), definition, box('v1'));
    const documents = [namespace('drift-j'), definition];
    expect(lines((await drift('drift-j', ...documents, box('v1'))).drifts)).toEqual([]);
    const path = '/apis/drift.example.com/v2/namespaces/drift-j/boxes/b?fieldManager=kubectl-edit';
    await ok({ method: 'PATCH', path, type: 'application/merge-patch+json', body: '{"spec":{"size":3}}' });
    for (const each of ['v1', 'v2'])
      expect(lines((await drift('drift-j', ...documents, box(each))).drifts)).toEqual([
        expect.stringMatching(/^changed drift\.example\.com\/Box\/drift-j\/b: size 1 → 3, by kubectl-edit at /),
      ]);
  });

  test('nothing deployed is said in one sentence', async () => {
    expect(await drift('drift-k', namespace('drift-k'), config('drift-k', 'one'))).toEqual({
      deployed: false,
      drifts: [],
      notes: ['drift-k was never deployed to this cluster: nothing in it carries the label of drift-k.'],
    });
  });

  test('where it is known to have been deployed, a cluster that has nothing of it has lost it', async () => {
    const state = await wanting(namespace('drift-gone'), config('drift-gone', 'one'));
    const { deployed, drifts } = await findDrift(await targetOf('drift-gone'), state, quiet, signal, true);
    expect(deployed).toBe(true);
    expect(drifts.map(({ kind }) => kind)).toEqual(['missing', 'missing']);
  });

  test('what is there and no deployment applied, and what belongs to another environment', async () => {
    await deploy('drift-l', namespace('drift-l'));
    await ok({ method: 'POST', path: '/api/v1/namespaces/drift-l/configmaps', body: JSON.stringify({ metadata: { name: 'theirs' } }) });
    await deploy('drift-l-other', config('drift-l', 'others'));
    const { drifts } = await drift('drift-l', namespace('drift-l'), config('drift-l', 'theirs'), config('drift-l', 'others'));
    expect(lines(drifts)).toEqual([
      expect.stringMatching(/^not-deployed ConfigMap\/drift-l\/theirs: is in the cluster and carries no label/),
      expect.stringMatching(/^changed ConfigMap\/drift-l\/others: belongs to drift-l-other, as its label/),
    ]);
  });

  test('what the server refuses is told in its words, and hides nothing else', async () => {
    const broken = deployment('drift-m').replace('matchLabels: {app: web}', 'matchLabels: {app: other}');
    await deploy('drift-m', namespace('drift-m'), deployment('drift-m'), config('drift-m', 'one'));
    await patch('kubectl-edit', '/api/v1/namespaces/drift-m/configmaps/one', { data: { a: '2' } });
    const { drifts } = await drift('drift-m', namespace('drift-m'), broken, config('drift-m', 'one'));
    expect(drifts.map(({ kind }) => kind)).toEqual(['unknown', 'changed']);
    expect(drifts[0]?.summary).toMatch(/selector|invalid/);
  });

  test('what cannot be listed is said; the rest is compared', async () => {
    await deploy('drift-n', namespace('drift-n'), config('drift-n', 'one'));
    const blind: ApiServer = {
      host: server.host,
      throwAway: true,
      kinds: (of) => server.kinds(of),
      discover: (of) => server.discover(of),
      ask: (of, until) =>
        of.path.startsWith('/api/v1/secrets?')
          ? Promise.reject(new RefusedError(server.host, 'secrets is forbidden'))
          : server.ask(of, until),
    };
    const state = await wanting(namespace('drift-n'), config('drift-n', 'one'), config('drift-n', 'two'));
    const { drifts, notes } = await findDrift(await targetOf('drift-n', blind), state, quiet, signal);
    expect(lines(drifts)).toEqual(['missing ConfigMap/drift-n/two: not in the cluster: deleted, or not deployed yet']);
    expect(notes).toEqual([expect.stringMatching(/^secrets of v1 could not be listed.*: what is left over there is not known\.$/)]);
  });

  test('a job that was to go is no drift; an object that is being deleted is', async () => {
    const job = `apiVersion: batch/v1\nkind: Job\nmetadata: {name: j, namespace: drift-o}\nspec: {ttlSecondsAfterFinished: 60, template: {spec: {restartPolicy: Never, containers: [{name: a, image: "a:1"}]}}}\n`;
    const held = config('drift-o', 'held').replace('}', ', finalizers: [example.com/wait]}');
    await deploy('drift-o', namespace('drift-o'), held);
    await ok({ method: 'DELETE', path: '/api/v1/namespaces/drift-o/configmaps/held' });
    const { drifts, notes } = await drift('drift-o', namespace('drift-o'), held, job);
    expect(lines(drifts)).toEqual(['missing ConfigMap/drift-o/held: being deleted']);
    expect(notes).toEqual(['batch/Job/drift-o/j is gone, as its ttlSecondsAfterFinished wants; the next deployment makes it again.']);
  });
});

test('a cluster that does not answer', async () => {
  const server = connectCluster({ url: 'https://127.0.0.1:1' }, { throwAway: false, wait: () => Promise.resolve() });
  await expect(openTarget({ server, environment: 'down', formerly: [] }, signal)).rejects.toThrow(OutsideError);
  await server.close();
});
