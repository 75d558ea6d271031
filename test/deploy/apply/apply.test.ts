import { type ClusterClient, connectCluster } from '../../../src/adapters/cluster/client.ts';
import { applyAll } from '../../../src/deploy/apply/apply.ts';
import { rehearse } from '../../../src/deploy/apply/preflight.ts';
import { openTarget } from '../../../src/deploy/target.ts';
import type { ApiReply, ApiRequest } from '../../../src/domain/cluster.ts';
import { OutsideError } from '../../../src/domain/errors.ts';
import { objectName } from '../../../src/domain/finding.ts';
import type { DesiredObject } from '../../../src/manifests/desired-object.ts';
import { sharedControlPlane } from '../../support/control-plane.ts';
import { looked, type Ran, run, silent } from '../../support/deployed.ts';
import { desired } from '../../support/desired.ts';
import { describeWith } from '../../support/parts.ts';

const namespace = (name: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`;
const config = (ns: string, name: string, rest = 'data: {a: "1"}\n'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: ${ns}}\n${rest}`;
const deployment = (ns: string, more = '', annotations = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: ${ns}, annotations: {${annotations}}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "web:1"${more}}]}
`;
const definition = (group: string, fields: string): string => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.${group}}
spec:
  group: ${group}
  names: {kind: Gadget, plural: gadgets, singular: gadget, listKind: GadgetList}
  scope: Namespaced
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {${fields}}}}}}}]
`;
const gadget = (group: string, ns: string, spec: string): string =>
  `apiVersion: ${group}/v1\nkind: Gadget\nmetadata: {name: g, namespace: ${ns}}\nspec: {${spec}}\n`;
const all = (...documents: string[]): readonly DesiredObject[] => desired(documents.join('---\n'));

const said = ({ preflight, applied }: Ran): string[] =>
  [...preflight.refusals, ...(applied?.failures ?? [])].map(
    ({ object, message }) => `${object === undefined ? '' : `${objectName(object)} `}${message}`,
  );
const effects = ({ preflight }: Ran): Record<string, string> =>
  Object.fromEntries(preflight.rehearsed.map(({ object, effect }) => [objectName(object), effect]));

describeWith('control-plane', 'rehearsing and applying', () => {
  const shared = sharedControlPlane();
  let server: ClusterClient;
  beforeAll(async () => {
    server = connectCluster((await shared()).address, { throwAway: true });
  });
  afterAll(() => server.close());

  const get = async (path: string) => {
    const { status, body } = await server.ask({ method: 'GET', path });
    return status === 200 ? (JSON.parse(body) as Record<string, Record<string, unknown>>) : undefined;
  };
  const patch = (path: string, value: unknown, manager = 'kubectl-edit') =>
    server.ask({
      method: 'PATCH',
      path: `${path}?fieldManager=${manager}`,
      body: JSON.stringify(value),
      type: 'application/merge-patch+json',
    });
  /** The same server with something between it and us. */
  const through = (between: (of: ApiRequest, on: () => Promise<ApiReply>) => Promise<ApiReply>): ClusterClient => ({
    host: server.host,
    throwAway: true,
    close: () => Promise.resolve(),
    kinds: (signal) => server.kinds(signal),
    discover: (signal) => server.discover(signal),
    ask: (of, signal) => {
      signal?.throwIfAborted();
      return between(of, () => server.ask(of, signal));
    },
  });
  const isWrite = ({ method, path }: ApiRequest): boolean => method !== 'GET' && !path.includes('dryRun=All');

  test('everything at once, where nothing is there: a definition and its objects, a namespace and what lies in it', async () => {
    const objects = all(
      gadget('one.example.com', 'apply-a', 'size: 1'),
      config('apply-a', 'c'),
      deployment('apply-a'),
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: apply-a, namespace: ignored}\nrules: []\n',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: apply-a}\n',
      namespace('apply-a'),
      definition('one.example.com', 'size: {type: integer}'),
    );
    const ran = await run(server, 'apply-a', objects);
    expect(said(ran)).toEqual([]);
    expect(new Set(Object.values(effects(ran)))).toEqual(new Set(['created']));
    expect(ran.preflight.notes).toEqual([
      'Not rehearsed before the first write, because they stand on what this run makes: one.example.com/Gadget/apply-a/g.',
    ]);
    expect(ran.applied?.applied.map(objectName).toSorted()).toEqual([
      'ConfigMap/apply-a/c',
      'ConfigMap/default/apply-a',
      'Namespace/apply-a',
      'apiextensions.k8s.io/CustomResourceDefinition/gadgets.one.example.com',
      'apps/Deployment/apply-a/web',
      'one.example.com/Gadget/apply-a/g',
      'rbac.authorization.k8s.io/ClusterRole/apply-a',
    ]);
    const web = await get('/apis/apps/v1/namespaces/apply-a/deployments/web');
    expect(web?.['metadata']).toMatchObject({
      labels: { 'lockkeeper.dev/environment': 'apply-a', 'lockkeeper.dev/deployed-at': '20261121120000' },
      annotations: {
        'lockkeeper.dev/identity': 'apps/Deployment/apply-a/web',
        'lockkeeper.dev/applied': expect.stringMatching(/^[0-9a-f]{16}\.[0-9a-f]{16}$/),
      },
    });
    expect(JSON.stringify(web?.['spec'])).not.toContain('lockkeeper.dev');
    expect((await get('/apis/rbac.authorization.k8s.io/v1/clusterroles/apply-a'))?.['metadata']).toMatchObject({
      annotations: { 'lockkeeper.dev/identity': 'rbac.authorization.k8s.io/ClusterRole//apply-a' },
    });
    expect((await get('/api/v1/namespaces/default/configmaps/apply-a'))?.['metadata']).toMatchObject({
      annotations: { 'lockkeeper.dev/identity': '/ConfigMap/default/apply-a' },
    });
    const again = await run(server, 'apply-a', objects, { run: '20261121120001' });
    expect(said(again)).toEqual([]);
    expect(effects(again)).toEqual(Object.fromEntries(again.preflight.rehearsed.map(({ object }) => [objectName(object), 'unchanged'])));
  }, 60_000);

  test('every refusal at once, with file and line, before anything is written', async () => {
    const writes: ApiRequest[] = [];
    const watched = through((of, on) => {
      if (isWrite(of)) writes.push(of);
      return on();
    });
    const objects = all(
      namespace('apply-b'),
      config('apply-b', 'fine'),
      deployment('apply-b', ', imagePullPolicy: Sometimes'),
      config('default', 'typo', 'dta: {a: b}\n'),
      config('apply-b', 'typo-in-new', 'dta: {a: b}\n'),
      config('nowhere', 'lost'),
      config('default', 'twice'),
      config('default', 'twice'),
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: x-}\n',
      'apiVersion: example.com/v1\nkind: Unknown\nmetadata: {name: x}\n',
      config('default', 'keys', 'data:\n  a: "1"\n  a: "2"\n'),
      config('default', 'labels', '').replace('{name', '{labels: [a], name'),
    );
    const ran = await run(watched, 'apply-b', objects);
    expect(writes).toEqual([]);
    expect(said(ran)).toEqual([
      expect.stringMatching(/^ConfigMap\/default\/twice a\.yaml:\d+: stands twice: here, and at a\.yaml:\d+$/),
      expect.stringMatching(/^ConfigMap\/default\/x- a\.yaml:\d+: it has no name of its own$/),
      expect.stringMatching(
        /^apps\/Deployment\/apply-b\/web a\.yaml:18: spec\.template\.spec\.containers\[0\]\.imagePullPolicy: Unsupported value: "Sometimes"/,
      ),
      expect.stringMatching(/^ConfigMap\/default\/typo a\.yaml:\d+: dta: field not declared in schema$/),
      expect.stringMatching(/^ConfigMap\/apply-b\/typo-in-new a\.yaml:\d+: dta: field not declared in schema$/),
      expect.stringMatching(/^ConfigMap\/nowhere\/lost a\.yaml:\d+: namespaces "nowhere" not found$/),
      expect.stringMatching(/^example\.com\/Unknown\/x a\.yaml:\d+: the cluster does not serve Unknown of example\.com\/v1$/),
      expect.stringMatching(/^ConfigMap\/default\/keys a\.yaml:\d+: key "a" already set in map$/),
      expect.stringMatching(/^ConfigMap\/default\/labels a\.yaml:\d+: metadata\.labels is no mapping of names to texts$/),
    ]);
    expect(ran.preflight.refusals.every(({ help }) => help !== '')).toBe(true);
    expect(await get('/api/v1/namespaces/apply-b')).toBeUndefined();
  });

  test('a definition whose kind another one has is refused', async () => {
    await run(server, 'apply-names', all(definition('names.example.com', 'a: {type: string}')));
    const other = definition('names.example.com', 'a: {type: string}')
      .replaceAll('gadgets', 'gizmos')
      .replaceAll('singular: gadget', 'singular: gizmo');
    expect(said(await run(server, 'apply-names', all(other)))).toEqual([
      expect.stringContaining(
        'the cluster has the kind Gadget of names.example.com already, by another definition: gadgets.names.example.com',
      ),
    ]);
  }, 60_000);

  test('objects that use what their definition gains in the same run are not refused by the old one', async () => {
    const [old, fresh] = ['size: {type: integer}', 'size: {type: integer}, colour: {type: string}'];
    const first = await run(
      server,
      'apply-c',
      all(namespace('apply-c'), definition('two.example.com', old), gadget('two.example.com', 'apply-c', 'size: 1')),
    );
    expect(said(first)).toEqual([]);
    const ran = await run(
      server,
      'apply-c',
      all(namespace('apply-c'), definition('two.example.com', fresh), gadget('two.example.com', 'apply-c', 'size: 1, colour: red')),
    );
    expect(said(ran)).toEqual([]);
    expect(effects(ran)).toMatchObject({ 'two.example.com/Gadget/apply-c/g': 'changed' });
    expect((await get('/apis/two.example.com/v1/namespaces/apply-c/gadgets/g'))?.['spec']).toEqual({ size: 1, colour: 'red' });
  }, 60_000);

  describe('a field of another manager', () => {
    const path = (ns: string) => `/apis/apps/v1/namespaces/${ns}/deployments/web`;
    const replicas = async (ns: string) => (await get(path(ns)))?.['spec']?.['replicas'];
    const setUp = async (ns: string, manager: string): Promise<void> => {
      expect(said(await run(server, ns, all(namespace(ns), deployment(ns))))).toEqual([]);
      expect((await patch(path(ns), { spec: { replicas: 5 } }, manager)).status).toBe(200);
    };

    test('is named with its owner, and nothing is written', async () => {
      await setUp('apply-d', 'kube-controller-manager');
      const ran = await run(server, 'apply-d', all(namespace('apply-d'), deployment('apply-d')), { takeOver: true });
      expect(said(ran)).toEqual([
        'apps/Deployment/apply-d/web a.yaml:9: spec.replicas belongs to the field manager "kube-controller-manager", which set it to another value',
      ]);
      expect(ran.preflight.refusals[0]?.help).toContain('lockkeeper.dev/take-over: enabled');
      expect(await replicas('apply-d')).toBe(5);
    });

    test('is taken over where the object’s annotation allows it', async () => {
      await setUp('apply-e', 'kube-controller-manager');
      const ran = await run(server, 'apply-e', all(namespace('apply-e'), deployment('apply-e', '', 'lockkeeper.dev/take-over: enabled')));
      expect(said(ran)).toEqual([]);
      expect(ran.preflight.notes).toEqual(['apps/Deployment/apply-e/web: spec.replicas taken over from kube-controller-manager.']);
      expect(await replicas('apply-e')).toBe(2);
    });

    test('that a person changed is set back where drift is corrected, and only there', async () => {
      await setUp('apply-f', 'kubectl-scale');
      expect(said(await run(server, 'apply-f', all(namespace('apply-f'), deployment('apply-f'))))).toEqual([
        expect.stringContaining('belongs to the field manager "kubectl-scale"'),
      ]);
      expect(said(await run(server, 'apply-f', all(namespace('apply-f'), deployment('apply-f')), { takeOver: true }))).toEqual([]);
      expect(await replicas('apply-f')).toBe(2);
    });

    test('that our manifest does not name stays what it is', async () => {
      const without = deployment('apply-g').replace('  replicas: 2\n', '');
      await run(server, 'apply-g', all(namespace('apply-g'), without));
      await patch(path('apply-g'), { spec: { replicas: 5 } }, 'kube-controller-manager');
      expect(effects(await run(server, 'apply-g', all(namespace('apply-g'), without)))).toMatchObject({
        'apps/Deployment/apply-g/web': 'unchanged',
      });
      expect(await replicas('apply-g')).toBe(5);
    });

    test('a mark of ours that was changed is set right, whoever changed it', async () => {
      await run(server, 'apply-h', all(namespace('apply-h'), config('apply-h', 'c')));
      const at = '/api/v1/namespaces/apply-h/configmaps/c';
      await patch(at, { metadata: { labels: { 'lockkeeper.dev/deployed-at': '1' } } });
      expect(said(await run(server, 'apply-h', all(namespace('apply-h'), config('apply-h', 'c'))))).toEqual([]);
      expect((await get(at))?.['metadata']?.['labels']).toMatchObject({ 'lockkeeper.dev/deployed-at': '20261121120000' });
    });
  });

  test('a field that left the manifest leaves the cluster, a key of stringData too', async () => {
    const secret = (keys: string) => `apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: apply-i}\nstringData: {${keys}}\n`;
    await run(server, 'apply-i', all(namespace('apply-i'), config('apply-i', 'c', 'data: {a: "1", b: "2"}\n'), secret('a: x, b: z')));
    const ran = await run(server, 'apply-i', all(namespace('apply-i'), config('apply-i', 'c', 'data: {b: "2"}\n'), secret('b: z')));
    expect(effects(ran)).toEqual({ 'Namespace/apply-i': 'unchanged', 'ConfigMap/apply-i/c': 'changed', 'Secret/apply-i/s': 'changed' });
    expect((await get('/api/v1/namespaces/apply-i/configmaps/c'))?.['data']).toEqual({ b: '2' });
    expect((await get('/api/v1/namespaces/apply-i/secrets/s'))?.['data']).toEqual({ b: 'eg==' });
  });

  describe('another environment’s objects', () => {
    test('are refused, once for all of them, with what to do; with its name in formerly they are adopted', async () => {
      const objects = all(namespace('apply-j'), config('apply-j', 'a'), config('apply-j', 'b'));
      await run(server, 'apply-j-old', objects);
      const ran = await run(server, 'apply-j-new', objects);
      expect(said(ran)).toEqual([
        '3 objects belong to the environment apply-j-old: Namespace/apply-j, ConfigMap/apply-j/a, ConfigMap/apply-j/b',
      ]);
      expect(ran.preflight.refusals[0]?.help).toContain('formerly: [apply-j-old] in app.yml, or give --formerly apply-j-old');
      expect(said(await run(server, 'apply-j-new', objects, { formerly: ['apply-j-old'] }))).toEqual([]);
      expect((await get('/api/v1/namespaces/apply-j/configmaps/a'))?.['metadata']?.['labels']).toMatchObject({
        'lockkeeper.dev/environment': 'apply-j-new',
      });
    });

    test('a label that was copied makes none', async () => {
      await run(server, 'apply-k', all(namespace('apply-k')));
      const copied = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: 'c',
          labels: { 'lockkeeper.dev/environment': 'other' },
          annotations: { 'lockkeeper.dev/identity': '/ConfigMap/apply-k/d' },
        },
      };
      await server.ask({
        method: 'POST',
        path: '/api/v1/namespaces/apply-k/configmaps?fieldManager=kubectl-create',
        body: JSON.stringify(copied),
      });
      expect(said(await run(server, 'apply-k', all(namespace('apply-k'), config('apply-k', 'c'))))).toEqual([]);
      expect((await get('/api/v1/namespaces/apply-k/configmaps/c'))?.['metadata']?.['labels']).toMatchObject({
        'lockkeeper.dev/environment': 'apply-k',
      });
    });
  });

  describe('a field that cannot change', () => {
    const moved = (ns: string, annotations = ''): string => deployment(ns, '', annotations).replaceAll('app: web', 'app: moved');

    test('is named, and so is the annotation that allows to make the object anew', async () => {
      await run(server, 'apply-l', all(namespace('apply-l'), deployment('apply-l')));
      const ran = await run(server, 'apply-l', all(namespace('apply-l'), moved('apply-l')));
      expect(said(ran)).toEqual([
        expect.stringMatching(/^apps\/Deployment\/apply-l\/web a\.yaml:\d+: spec\.selector: .*field is immutable$/),
      ]);
      expect(ran.preflight.refusals[0]?.help).toContain('lockkeeper.dev/recreate: enabled');
    });

    test('is changed by making the object anew where its annotation allows', async () => {
      await run(server, 'apply-m', all(namespace('apply-m'), deployment('apply-m')));
      const before = (await get('/apis/apps/v1/namespaces/apply-m/deployments/web'))?.['metadata']?.['uid'];
      const ran = await run(server, 'apply-m', all(namespace('apply-m'), moved('apply-m', 'lockkeeper.dev/recreate: enabled')));
      expect(said(ran)).toEqual([]);
      expect(ran.preflight.notes).toEqual(['apps/Deployment/apply-m/web is deleted and made anew, as its annotation allows.']);
      const after = await get('/apis/apps/v1/namespaces/apply-m/deployments/web');
      expect(after?.['metadata']?.['uid']).not.toBe(before);
      expect(after?.['spec']?.['selector']).toEqual({ matchLabels: { app: 'moved' } });
    });

    test('what keeps an object from being made anew is said, not only that it cannot change', async () => {
      const service = (address: string): string =>
        `apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: apply-address, annotations: {lockkeeper.dev/recreate: enabled}}\nspec: {clusterIP: ${address}, ports: [{port: 80}]}\n`;
      await run(server, 'apply-address', all(namespace('apply-address'), service('None')));
      // Of the addresses of loopback no service can have one, whatever range the cluster has.
      const { refusals } = (await run(server, 'apply-address', all(namespace('apply-address'), service('127.0.0.9')))).preflight;
      expect(refusals.map(({ message }) => message)).toEqual([expect.stringContaining('not in the valid range')]);
    });

    test('an object is not made anew for a state that would be refused anyway', async () => {
      await run(server, 'apply-n', all(namespace('apply-n'), deployment('apply-n')));
      const broken = moved('apply-n', 'lockkeeper.dev/recreate: enabled').replace('image: "web:1"', 'image: ""');
      expect(said(await run(server, 'apply-n', all(namespace('apply-n'), broken))).join('\n')).toContain(
        'containers[0].image: Required value',
      );
      expect((await get('/apis/apps/v1/namespaces/apply-n/deployments/web'))?.['spec']?.['selector']).toEqual({
        matchLabels: { app: 'web' },
      });
    });

    test.each([
      [
        'a claim',
        (size: string) =>
          `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: x, namespace: apply-o, annotations: {lockkeeper.dev/recreate: enabled}}\nspec: {accessModes: [${size}], resources: {requests: {storage: 1Gi}}}\n`,
        'ReadWriteOnce',
        'ReadWriteMany',
        'the data of its volume',
      ],
      [
        'a StatefulSet whose claims go with it',
        (name: string) =>
          `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: x, namespace: apply-o, annotations: {lockkeeper.dev/recreate: enabled}}\nspec:\n  serviceName: ${name}\n  persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}\n  selector: {matchLabels: {a: b}}\n  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: "a:1"}]}}\n`,
        'a',
        'b',
        'the data of its volume claims',
      ],
    ])('%s is never made anew', async (_, manifest, first, second, lost) => {
      expect(said(await run(server, 'apply-o', all(namespace('apply-o'), manifest(first))))).toEqual([]);
      const ran = await run(server, 'apply-o', all(namespace('apply-o'), manifest(second)));
      expect(said(ran)).toEqual([expect.stringMatching(/immutable|forbidden/)]);
      expect(ran.preflight.refusals[0]?.help).toContain(lost);
    });

    test('a finalizer that hangs is named', async () => {
      const job = (command: string) =>
        `apiVersion: batch/v1\nkind: Job\nmetadata: {name: j, namespace: apply-p, finalizers: [example.com/hold], annotations: {lockkeeper.dev/recreate: enabled}}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: "a:1", command: [${command}]}]}}}\n`;
      await run(server, 'apply-p', all(namespace('apply-p'), job('a')));
      await server.ask({ method: 'DELETE', path: '/apis/batch/v1/namespaces/apply-p/jobs/j', body: '{"propagationPolicy":"Background"}' });
      expect(said(await run(server, 'apply-p', all(namespace('apply-p'), job('b'))))).toEqual([
        expect.stringContaining('the object in the cluster is being deleted, and its finalizers hold it: example.com/hold'),
      ]);
      await patch('/apis/batch/v1/namespaces/apply-p/jobs/j', { metadata: { finalizers: null } });
    });
  });

  describe('what fails while it is applied', () => {
    const failing = (path: string, reply: () => Promise<ApiReply>): ClusterClient =>
      through((of, on) => (isWrite(of) && of.path.startsWith(path) ? reply() : on()));
    const answer = (status: number, message: string, reason = ''): Promise<ApiReply> =>
      Promise.resolve({ status, warnings: [], body: JSON.stringify({ kind: 'Status', message, reason }) });

    test('is told, every one, and stops what stands on it and nothing else', async () => {
      const blocked = failing('/api/v1/namespaces/apply-q?', () => answer(403, 'no namespaces today'));
      const objects = all(
        namespace('apply-q'),
        config('apply-q', 'in-it'),
        config('default', 'apply-q'),
        namespace('apply-q2'),
        config('apply-q2', 'beside'),
      );
      const ran = await run(blocked, 'apply-q', objects);
      expect(said(ran)).toEqual([
        'Namespace/apply-q a.yaml:1: no namespaces today',
        expect.stringMatching(/^ConfigMap\/apply-q\/in-it a\.yaml:\d+: was not tried, because Namespace\/apply-q could not be applied$/),
      ]);
      expect(ran.applied?.applied.map(objectName).toSorted()).toEqual([
        'ConfigMap/apply-q2/beside',
        'ConfigMap/default/apply-q',
        'Namespace/apply-q2',
      ]);
    });

    test('a definition that fails stops its objects', async () => {
      const blocked = failing('/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gadgets.three.example.com?', () =>
        answer(500, 'broken'),
      );
      const ran = await run(
        blocked,
        'apply-r',
        all(namespace('apply-r'), definition('three.example.com', 'a: {type: string}'), gadget('three.example.com', 'apply-r', 'a: b')),
      );
      expect(said(ran)).toEqual([
        expect.stringContaining('gadgets.three.example.com a.yaml:'),
        expect.stringContaining(
          'was not tried, because apiextensions.k8s.io/CustomResourceDefinition/gadgets.three.example.com could not be applied',
        ),
      ]);
    });

    test('a conflict with somebody who wrote at the same moment is tried again', async () => {
      let left = 2;
      const busy = through((of, on) => {
        left -= isWrite(of) && of.path.includes('/configmaps/') ? 1 : 0;
        return isWrite(of) && of.path.includes('/configmaps/') && left >= 0
          ? answer(409, 'the object has been modified', 'Conflict')
          : on();
      });
      expect(said(await run(busy, 'apply-s', all(namespace('apply-s'), config('apply-s', 'c'))))).toEqual([]);
      expect(left).toBe(-1);
    });

    test('what misses something that is made beside it is tried again', async () => {
      let left = 2;
      const slow = through((of, on) => {
        const isBinding = isWrite(of) && of.path.includes('/rolebindings/');
        left -= isBinding ? 1 : 0;
        return isBinding && left >= 0 ? answer(404, 'roles.rbac.authorization.k8s.io "apply-w" not found', 'NotFound') : on();
      });
      const role = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: apply-w, namespace: default}\nrules: []\n';
      const binding =
        'apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: apply-w, namespace: default}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: apply-w}\n';
      expect(said(await run(slow, 'apply-w', all(role, binding)))).toEqual([]);
      expect(left).toBe(-1);
    });

    test('a field that somebody takes after the rehearsal is named, and left to him', async () => {
      await run(server, 'apply-x', all(namespace('apply-x'), deployment('apply-x')));
      const at = '/apis/apps/v1/namespaces/apply-x/deployments/web';
      let taken = false;
      const raced = through(async (of, on) => {
        if (isWrite(of) && of.path.startsWith(at) && !taken) {
          taken = true;
          await patch(at, { spec: { replicas: 7 } }, 'hpa');
        }
        return on();
      });
      const ran = await run(raced, 'apply-x', all(namespace('apply-x'), deployment('apply-x', ', command: [a]')));
      expect(said(ran)).toEqual([
        expect.stringContaining('spec.replicas belongs to the field manager "hpa", which set it to another value'),
      ]);
    });

    test('a server that cannot be reached any more is not asked for each object', async () => {
      let asked = 0;
      const dead = failing('/api/v1/namespaces/apply-t/configmaps/', () => {
        asked += 1;
        return Promise.reject(new OutsideError('there', 'connection refused'));
      });
      const many = Array.from({ length: 40 }, (_, i) => config('apply-t', `c${i}`));
      const ran = await run(dead, 'apply-t', all(namespace('apply-t'), ...many));
      expect(ran.applied?.failures).toHaveLength(40);
      expect(ran.applied?.failures.every(({ outside }) => outside === true)).toBe(true);
      expect(asked).toBeLessThan(20);
    });

    test('once the signal has fired nothing more is written', async () => {
      const stop = new AbortController();
      const after: string[] = [];
      const watched = through((of, on) => {
        if (isWrite(of) && stop.signal.aborted) after.push(of.path);
        if (isWrite(of) && of.path.includes('/configmaps/')) stop.abort(new Error('the lock is lost'));
        return on();
      });
      const objects = all(namespace('apply-u'), ...Array.from({ length: 40 }, (_, i) => config('apply-u', `c${i}`)), deployment('apply-u'));
      const target = await openTarget({ server: watched, environment: 'apply-u', formerly: [] });
      const { rehearsed } = await rehearse(target, objects, await looked(server, target, objects), { takeOver: false }, silent);
      await expect(applyAll(target, rehearsed, '20261121120000', silent, stop.signal)).rejects.toThrow('the lock is lost');
      expect(after).toEqual([]);
      expect(await get('/apis/apps/v1/namespaces/apply-u/deployments/web')).toBeUndefined();
    });
  });

  test('a secret’s value is in no message', async () => {
    const ran = await run(
      server,
      'apply-v',
      all(
        namespace('apply-v'),
        'apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: default}\ntype: hunter\ndata: {password: "hunter2!"}\n',
        'apiVersion: v1\nkind: Secret\nmetadata: {name: b, namespace: default}\nstringData: {password: [hunter2]}\n',
        'apiVersion: v1\nkind: Secret\nmetadata: {name: c, namespace: default}\nstringData: {pass word: hunter2}\n',
        'apiVersion: v1\nkind: Secret\nmetadata: {name: d, namespace: default}\nstringData: {port: 54321}\n',
        'apiVersion: v1\nkind: Secret\nmetadata: {name: e, namespace: default}\ndata: hunter2\n',
        'apiVersion: v1\nkind: Secret\nmetadata: {name: f, namespace: default}\ntype: kubernetes.io/dockerconfigjson\nstringData: {.dockerconfigjson: "{hunter2"}\n',
      ),
    );
    expect(new Set(ran.preflight.refusals.map(({ object }) => object?.name))).toEqual(new Set(['a', 'b', 'c', 'd', 'e', 'f']));
    expect(said(ran).join('\n')).not.toMatch(/hunter2|54321|aHVudGVyMg/);
  });
});
