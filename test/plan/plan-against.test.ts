import { type ClusterClient, connectCluster } from '../../src/adapters/cluster/client.ts';
import type { ApiServer } from '../../src/domain/cluster.ts';
import { RefusedError } from '../../src/domain/errors.ts';
import { objectName } from '../../src/domain/finding.ts';
import { BundleMemory, createBundles } from '../../src/manifests/bundles.ts';
import type { DesiredState } from '../../src/manifests/desired-object.ts';
import { readDesiredState } from '../../src/manifests/desired-state.ts';
import { readObjects } from '../../src/manifests/documents.ts';
import { type PlannedRun, planAgainst } from '../../src/plan/plan-against.ts';
import { planRequest } from '../../src/plan/plan-request.ts';
import { sharedControlPlane } from '../support/control-plane.ts';
import { describeWith } from '../support/parts.ts';

const as = (environment: string): PlannedRun => ({ environment, formerly: [], share: 0.5, run: '20261121000000' });

/** What stands in a folder, wanted. */
async function state(...documents: string[]): Promise<DesiredState> {
  const files = (async function* () {
    yield { path: 'all.yaml', bytes: Buffer.from(documents.join('---\n')) };
  })();
  const read = await readDesiredState(
    files,
    createBundles(() => Promise.resolve(undefined), new BundleMemory()),
  );
  expect(read.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  return read;
}

const deployment = (namespace: string, image: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: ${namespace}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - image: ${image}
          name: web
          resources: {limits: {cpu: 1000m}}
`;
const config = (namespace: string, name: string, more = '') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: ${namespace}}\n${more}`;

describeWith('control-plane', 'a plan against a cluster', () => {
  const shared = sharedControlPlane();
  let server: ClusterClient;
  beforeAll(async () => {
    server = connectCluster((await shared()).address, { throwAway: true });
  });
  afterAll(() => server.close());

  /** As a deployment of the environment does it. */
  async function deploy(environment: string, ...documents: string[]): Promise<void> {
    for (const { value, apiVersion, kind, namespace, name } of readObjects(Buffer.from(documents.join('---\n')), { file: 'x' }, 'refused')
      .objects) {
      const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
      const metadata = {
        ...(value['metadata'] as object),
        labels: { 'lockkeeper.dev/environment': environment, 'lockkeeper.dev/deployed-at': '20261120233632' },
        annotations: {
          'lockkeeper.dev/identity': `${group}/${kind}/${namespace}/${name}`,
          ...(value['metadata'] as { annotations?: object }).annotations,
        },
      };
      await apply('lockkeeper', JSON.stringify({ ...value, metadata }));
    }
  }

  async function apply(manager: string, body: string): Promise<void> {
    const { apiVersion, kind, metadata } = JSON.parse(body) as {
      apiVersion: string;
      kind: string;
      metadata: { name: string; namespace?: string };
    };
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const place = metadata.namespace === undefined ? root : `${root}/namespaces/${metadata.namespace}`;
    const plural = `${kind.toLowerCase()}s`;
    const path = `${place}/${plural}/${metadata.name}?fieldManager=${manager}&force=true`;
    const reply = await server.ask({ method: 'PATCH', path, body, type: 'application/apply-patch+yaml' });
    expect([200, 201]).toContain(reply.status);
  }

  const names = (plan: Awaited<ReturnType<typeof planAgainst>>) => ({
    create: plan.create.map(objectName),
    change: plan.change.map(({ object }) => objectName(object)),
    prune: plan.prune.map(({ object, lost }) => `${objectName(object)}: ${lost}`),
    kept: plan.kept.map(({ object, reason }) => `${objectName(object)}: ${reason}`),
    unchanged: plan.unchanged,
    notes: plan.notes,
  });
  const namespace = (name: string) => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`;

  test('nothing is there: all is created, and nothing is written', async () => {
    const head = await state(namespace('plan-empty'), deployment('plan-empty', 'web:1'));
    const plan = await planAgainst(server, as('plan-empty'), head);
    expect(names(plan)).toEqual({
      create: ['Namespace/plan-empty', 'apps/Deployment/plan-empty/web'],
      change: [],
      prune: [],
      kept: [],
      unchanged: 0,
      notes: [],
    });
    expect((await server.ask({ method: 'GET', path: '/api/v1/namespaces/plan-empty' })).status).toBe(404);
  });

  test('defaults, other managers’ fields and our labels are no difference; what changes is shown as its author writes it', async () => {
    await deploy('plan-b', namespace('plan-b'), deployment('plan-b', 'web:1'), config('plan-b', 'same', 'data: {a: "1"}\n'));
    await apply(
      'somebody',
      JSON.stringify({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web', namespace: 'plan-b', annotations: { note: 'x' } },
        spec: { replicas: 3 },
      }),
    );
    const same = await planAgainst(
      server,
      as('plan-b'),
      await state(namespace('plan-b'), deployment('plan-b', 'web:1'), config('plan-b', 'same', 'data: {a: "1"}\n')),
    );
    expect(names(same)).toEqual({ create: [], change: [], prune: [], kept: [], unchanged: 3, notes: [] });
    const plan = await planAgainst(
      server,
      as('plan-b'),
      await state(namespace('plan-b'), deployment('plan-b', 'web:2'), config('plan-b', 'same', 'data: {a: "1"}\n')),
    );
    expect(names(plan)).toMatchObject({ change: ['apps/Deployment/plan-b/web'], unchanged: 2 });
    const [change] = plan.change;
    expect(change?.summary).toBe('image');
    expect(change?.diff.split('\n').filter((line) => /^[-+]/.test(line))).toEqual(['-        - image: web:1', '+        - image: web:2']);
  });

  test('a field that is left out goes, and so does what nothing wants any more, with what is lost', async () => {
    const pvc =
      'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data, namespace: plan-c}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n';
    await deploy(
      'plan-c',
      namespace('plan-c'),
      deployment('plan-c', 'web:1'),
      pvc,
      config('plan-c', 'two', 'data: {a: "1", b: "2"}\n'),
      config('plan-c', 'left').replace('}', ', annotations: {lockkeeper.dev/prune: disabled}}'),
    );
    await apply(
      'lockkeeper',
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: 'copied',
          namespace: 'plan-c',
          labels: { 'lockkeeper.dev/environment': 'plan-c', 'lockkeeper.dev/deployed-at': '1' },
          annotations: { 'lockkeeper.dev/identity': '/ConfigMap/plan-c/two' },
        },
      }),
    );
    await apply(
      'lockkeeper',
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: 'others',
          namespace: 'plan-c',
          labels: { 'lockkeeper.dev/environment': 'plan-other', 'lockkeeper.dev/deployed-at': '1' },
        },
      }),
    );
    const plan = await planAgainst(server, as('plan-c'), await state(namespace('plan-c'), config('plan-c', 'two', 'data: {b: "2"}\n')));
    expect(names(plan)).toEqual({
      create: [],
      change: ['ConfigMap/plan-c/two'],
      prune: ['apps/Deployment/plan-c/web: its pod'],
      kept: [
        'ConfigMap/plan-c/copied: its annotation lockkeeper.dev/identity does not name it: its labels were copied, or written by hand',
        'ConfigMap/plan-c/left: its annotation lockkeeper.dev/prune is disabled',
        'PersistentVolumeClaim/plan-c/data: prune.protect of environment.yml names PersistentVolumeClaim',
      ],
      unchanged: 1,
      notes: [],
    });
    expect(plan.change[0]?.diff).toContain("-  a: '1'");
    const unread = await planAgainst(server, as('plan-c'), { ...(await state(namespace('plan-c'))), complete: false });
    expect(unread.prune).toEqual([]);
    expect(unread.notes).toEqual(['Not all of the new state could be read: nothing is pruned until it can be.']);
  });

  test('a secret’s values are not shown', async () => {
    const secret = (value: string) =>
      `apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: plan-d}\nstringData: {password: ${value}}\n`;
    await deploy('plan-d', namespace('plan-d'), secret('hunter2'));
    const plan = await planAgainst(server, as('plan-d'), await state(namespace('plan-d'), secret('hunter3')));
    expect(names(plan)).toMatchObject({ change: ['Secret/plan-d/s'], unchanged: 1 });
    expect(plan.change[0]?.diff).toContain('(hidden, changed)');
    expect(JSON.stringify(plan.change)).not.toMatch(/hunter|aHVu/);
  });

  test('a Job that has no labels but ours is not said to get those of its template', async () => {
    const job = `apiVersion: batch/v1
kind: Job
metadata: {name: once, namespace: plan-job}
spec: {suspend: true, template: {spec: {restartPolicy: Never, containers: [{name: a, image: a}]}}}
`;
    await deploy('plan-job', namespace('plan-job'), job);
    const plan = await planAgainst(server, as('plan-job'), await state(namespace('plan-job'), job));
    expect(names(plan)).toMatchObject({ change: [], unchanged: 2 });
  });

  test('what the server refuses is a note in its words, and hides nothing else', async () => {
    await deploy('plan-e', namespace('plan-e'), deployment('plan-e', 'web:1'));
    const broken = deployment('plan-e', 'web:2').replace('matchLabels: {app: web}', 'matchLabels: {app: other}');
    const plan = await planAgainst(server, as('plan-e'), await state(namespace('plan-e'), broken, config('plan-e', 'new')));
    expect(names(plan)).toMatchObject({ create: ['ConfigMap/plan-e/new'], unchanged: 1 });
    expect(plan.notes).toEqual([
      expect.stringMatching(/^apps\/Deployment\/plan-e\/web could not be compared with the cluster: .*(selector|invalid)/),
    ]);
  });

  test('a kind that cannot be listed prunes nothing', async () => {
    await deploy('plan-f', namespace('plan-f'), config('plan-f', 'gone'));
    const blind: ApiServer = {
      host: server.host,
      throwAway: true,
      kinds: () => server.kinds(),
      discover: () => server.discover(),
      ask: (of, signal) =>
        of.path.startsWith('/api/v1/secrets?')
          ? Promise.reject(new RefusedError(server.host, 'secrets is forbidden'))
          : server.ask(of, signal),
    };
    const plan = await planAgainst(blind, as('plan-f'), await state(namespace('plan-f')));
    expect(names(plan)).toMatchObject({
      prune: [],
      notes: ['secrets of v1 could not be listed (secrets is forbidden): nothing is pruned until it can be.'],
    });
    expect(plan.kept.map(({ object }) => objectName(object))).toEqual(['ConfigMap/plan-f/gone']);
  });

  describe('of a merge request', () => {
    test('of what its files change, the cluster tells the differences; what it does not touch is not asked for', async () => {
      const before = [
        namespace('plan-g'),
        deployment('plan-g', 'web:1'),
        config('plan-g', 'gone', 'data: {a: "1"}\n'),
        config('plan-g', 'never'),
        config('plan-g', 'left'),
      ];
      await deploy(
        'plan-g',
        namespace('plan-g'),
        deployment('plan-g', 'web:1'),
        config('plan-g', 'gone', 'data: {a: "1"}\n'),
        config('plan-g', 'left'),
      );
      await apply(
        'somebody',
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'left', namespace: 'plan-g', annotations: { 'lockkeeper.dev/prune': 'disabled' } },
        }),
      );
      const after = [namespace('plan-g'), deployment('plan-g', 'web:2').replace('cpu: 1000m', 'cpu: "1"'), config('plan-g', 'new')];
      const plan = await planRequest(server, 'plan-g', [await state(...before), await state(...after)]);
      expect(names(plan)).toEqual({
        create: ['ConfigMap/plan-g/new'],
        change: ['apps/Deployment/plan-g/web'],
        prune: ['ConfigMap/plan-g/gone: the value of its key'],
        kept: ['ConfigMap/plan-g/left: its annotation lockkeeper.dev/prune is disabled'],
        unchanged: 1,
        notes: [],
      });
      expect(plan.change[0]?.diff.split('\n').filter((line) => /^[-+]/.test(line))).toEqual([
        '-        - image: web:1',
        '+        - image: web:2',
      ]);
    });

    test('what no deployment of the environment applied is not shown, whoever names it', async () => {
      await deploy(
        'plan-other',
        namespace('plan-h'),
        config('plan-h', 'theirs', 'data: {a: unseen}\n'),
        config('plan-h', 'gone', 'data: {a: unseen}\n'),
      );
      await apply(
        'kubectl',
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'adopted', namespace: 'plan-h' },
          data: { a: 'unseen', live: 'unseen' },
        }),
      );
      const base = await state(config('plan-h', 'adopted', 'data: {a: "1"}\n'), config('plan-h', 'gone'));
      const head = await state(config('plan-h', 'adopted', 'data: {a: "2"}\n'), config('plan-h', 'theirs', 'data: {b: x}\n'));
      const plan = await planRequest(server, 'plan-h', [base, head]);
      expect(names(plan)).toEqual({
        create: [],
        change: ['ConfigMap/plan-h/adopted'],
        prune: [],
        kept: ['ConfigMap/plan-h/gone: no deployment of this environment applied it'],
        unchanged: 0,
        notes: [expect.stringContaining('ConfigMap/plan-h/theirs is in the cluster already')],
      });
      expect(plan.change[0]?.diff).toContain("-  a: '1'\n+  a: '2'");
      expect(JSON.stringify(plan)).not.toContain('unseen');
    });

    test('one that touches very much is compared by its files', async () => {
      const many = Array.from({ length: 502 }, (_, i) => config('plan-i', `n${i}`));
      const plan = await planRequest(server, 'plan-i', [await state(config('plan-i', 'n0')), await state(...many)]);
      expect(plan.create).toHaveLength(501);
      expect(plan.notes).toEqual(['More than 500 objects are touched: they are compared by their files alone.']);
    });
  });
});
