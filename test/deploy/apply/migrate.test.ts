import { type ClusterClient, connectCluster } from '../../../src/adapters/cluster/client.ts';
import { migrate, migrated } from '../../../src/deploy/apply/migrate.ts';
import { openTarget } from '../../../src/deploy/target.ts';
import type { ManagedFields, ObjectMetadata } from '../../../src/domain/cluster.ts';
import type { DesiredObject } from '../../../src/manifests/desired-object.ts';
import { sharedControlPlane } from '../../support/control-plane.ts';
import { run } from '../../support/deployed.ts';
import { desired } from '../../support/desired.ts';
import { describeWith } from '../../support/parts.ts';

const entry = (manager: string, operation: string, fieldsV1: Record<string, object>, more: Partial<ManagedFields> = {}): ManagedFields => ({
  manager,
  operation,
  apiVersion: 'v1',
  fieldsType: 'FieldsV1',
  fieldsV1,
  ...more,
});
const ours = (fieldsV1: Record<string, object>): ManagedFields => entry('lockkeeper', 'Apply', fieldsV1);
const [x, y, z] = [{ 'f:x': {} }, { 'f:y': {} }, { 'f:z': {} }];

test.each<[string, ManagedFields[], Record<string, object> | undefined, ManagedFields[]]>([
  ['kubectl apply', [entry('kubectl-client-side-apply', 'Update', x)], undefined, [ours(x)]],
  ['kubectl apply --server-side', [entry('kubectl', 'Apply', x)], undefined, [ours(x)]],
  [
    'both, and ours',
    [ours(x), entry('kubectl', 'Apply', y), entry('kubectl-client-side-apply', 'Update', z)],
    undefined,
    [ours({ ...x, ...y, ...z })],
  ],
  [
    'what others set stays theirs',
    [entry('hpa', 'Update', x), entry('kubectl-client-side-apply', 'Update', y)],
    undefined,
    [ours(y), entry('hpa', 'Update', x)],
  ],
  [
    'what kubectl set by other commands stays theirs',
    [entry('kubectl-edit', 'Update', x), entry('kubectl', 'Update', y)],
    undefined,
    [entry('kubectl-edit', 'Update', x), entry('kubectl', 'Update', y)],
  ],
  [
    'a status is not part of it',
    [entry('kubectl', 'Apply', x, { subresource: 'status' })],
    undefined,
    [entry('kubectl', 'Apply', x, { subresource: 'status' })],
  ],
  ['fields of nobody, with kubectl’s note', [entry('before-first-apply', 'Update', { ...x, ...y })], y, [ours(y)]],
  ['fields of nobody, without', [entry('before-first-apply', 'Update', x)], undefined, []],
  ['fields in words of another version', [ours(x), entry('kubectl', 'Apply', y, { apiVersion: 'v1beta1' })], undefined, [ours(x)]],
])('managedFields once kubectl’s are ours: %s', (_, before, noted, after) => {
  expect(migrated(before, noted, 'v1')).toEqual(after);
});

const kept = { 'f:metadata': { 'f:labels': { 'f:lockkeeper.dev/x': {} } } };
test.each<[string, ManagedFields[], ManagedFields[]]>([
  ['kubectl edit', [ours(x), entry('kubectl-edit', 'Update', y)], [ours({ ...x, ...y })]],
  ['a dashboard, on what is not ours yet', [entry('k9s', 'Update', y)], [ours(y)]],
  ['a controller', [ours(x), entry('hpa', 'Update', y)], [ours(x), entry('hpa', 'Update', y)]],
  [
    'what they write for us',
    [ours(x), entry('kubectl-label', 'Update', { ...y, ...kept })],
    [ours({ ...x, ...y }), entry('kubectl-label', 'Update', kept)],
  ],
  [
    'replicas',
    [ours(x), entry('kubectl-edit', 'Update', { 'f:spec': { 'f:replicas': {} } }), entry('kubectl', 'Update', y, { subresource: 'scale' })],
    [ours(x), entry('kubectl-edit', 'Update', { 'f:spec': { 'f:replicas': {} } }), entry('kubectl', 'Update', y, { subresource: 'scale' })],
  ],
  [
    'fields in words of another version',
    [ours(x), entry('kubectl-edit', 'Update', y, { apiVersion: 'v1beta1' })],
    [ours(x), entry('kubectl-edit', 'Update', y, { apiVersion: 'v1beta1' })],
  ],
])('managedFields once people’s are ours, too: %s', (_, before, after) => {
  expect(migrated(before, undefined, 'v1', 'kubectl and hands')).toEqual(after);
});

const config = (ns: string, data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: ${ns}}\ndata: {${data}}\n`;
const wanted = (ns: string, data: string): readonly DesiredObject[] =>
  desired(`apiVersion: v1\nkind: Namespace\nmetadata: {name: ${ns}}\n---\n${config(ns, data)}`);

describeWith('control-plane', 'what was once applied by kubectl', () => {
  const shared = sharedControlPlane();
  let server: ClusterClient;
  beforeAll(async () => {
    server = connectCluster((await shared()).address, { throwAway: true });
  });
  afterAll(() => server.close());

  const path = (ns: string): string => `/api/v1/namespaces/${ns}/configmaps/c`;
  async function live(ns: string): Promise<{ readonly data: Record<string, string>; readonly metadata: ObjectMetadata }> {
    return JSON.parse((await server.ask({ method: 'GET', path: path(ns) })).body) as {
      data: Record<string, string>;
      metadata: ObjectMetadata;
    };
  }
  const send = async (method: 'POST' | 'PATCH', at: string, body: unknown, type = 'application/json'): Promise<void> => {
    const reply = await server.ask({ method, path: at, body: JSON.stringify(body), type });
    expect([reply.body, reply.status < 300]).toEqual([reply.body, true]);
  };
  const makeNamespace = (ns: string) => send('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: ns } });
  /** As `kubectl apply` does it. */
  async function kubectlApply(ns: string, data: Record<string, string>): Promise<void> {
    await makeNamespace(ns);
    const value = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: ns, annotations: {} }, data };
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': `${JSON.stringify(value)}\n` };
    await send('POST', `/api/v1/namespaces/${ns}/configmaps?fieldManager=kubectl-client-side-apply`, {
      ...value,
      metadata: { ...value.metadata, annotations },
    });
  }
  const deploy = (ns: string, data: string, options = {}) => run(server, ns, wanted(ns, data), options);

  test('a field that left the repository leaves the cluster, and it is said; what others set stays', async () => {
    await kubectlApply('migrate-a', { a: '1', old: '2' });
    await send('PATCH', `${path('migrate-a')}?fieldManager=controller`, { data: { theirs: '3' } }, 'application/merge-patch+json');
    const ran = await deploy('migrate-a', 'a: "2"');
    expect(ran.preflight.refusals).toEqual([]);
    expect(ran.preflight.notes).toEqual([
      'ConfigMap/migrate-a/c: data.a taken over from kubectl-client-side-apply.',
      'ConfigMap/migrate-a/c was applied with kubectl; what its manifest does not have leaves, or becomes the server’s default: data.old.',
    ]);
    expect(ran.applied?.failures).toEqual([]);
    const { data, metadata } = await live('migrate-a');
    expect(data).toEqual({ a: '2', theirs: '3' });
    expect(Object.keys(metadata.annotations ?? {})).toEqual(['lockkeeper.dev/applied', 'lockkeeper.dev/identity']);
    expect(metadata.managedFields?.map(({ manager }) => manager)).toEqual(['lockkeeper', 'controller']);
  });

  test('nothing of it is changed where the manifest says the same; from then on it is as any other', async () => {
    await kubectlApply('migrate-b', { a: '1' });
    const first = await deploy('migrate-b', 'a: "1"');
    expect([first.preflight.notes, first.preflight.rehearsed.map(({ effect }) => effect)]).toEqual([[], ['unchanged', 'unchanged']]);
    const second = await deploy('migrate-b', 'a: "1"');
    expect(second.preflight.rehearsed.map(({ way }) => way.kind === 'apply' && way.from === undefined && !way.force)).toEqual([true, true]);
    expect((await deploy('migrate-b', 'b: "1"')).applied?.failures).toEqual([]);
    expect((await live('migrate-b')).data).toEqual({ b: '1' });
  });

  test('an apply by hand behind our back is taken over again', async () => {
    await deploy('migrate-c', 'a: "1"');
    await send(
      'PATCH',
      `${path('migrate-c')}?fieldManager=kubectl&force=true`,
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { a: '9', b: '9' } },
      'application/apply-patch+yaml',
    );
    expect((await deploy('migrate-c', 'a: "1"')).applied?.failures).toEqual([]);
    expect((await live('migrate-c')).data).toEqual({ a: '1' });
  });

  test('an object from before anybody took note: kubectl’s own note says what leaves, and nothing else does', async () => {
    await kubectlApply('migrate-d', { a: '1', old: '2' });
    await send('PATCH', path('migrate-d'), { data: { theirs: '3' } }, 'application/merge-patch+json');
    await send('PATCH', path('migrate-d'), { metadata: { managedFields: [{}] } }, 'application/merge-patch+json');
    expect((await live('migrate-d')).metadata.managedFields).toBeUndefined();
    const ran = await deploy('migrate-d', 'a: "2"');
    expect(ran.preflight.notes.join('\n')).toContain('what its manifest does not have leaves, or becomes the server’s default: data.old.');
    expect(ran.applied?.failures).toEqual([]);
    expect((await live('migrate-d')).data).toEqual({ a: '2', theirs: '3' });
  });

  test('who dies between the two steps leaves what the next run finishes', async () => {
    await kubectlApply('migrate-e', { a: '1', old: '2' });
    const target = await openTarget({ server, environment: 'migrate-e', formerly: [] });
    const object = wanted('migrate-e', 'a: "1"')[1] as DesiredObject;
    const kind = target.kindOf(object);
    if (kind === undefined) throw new Error('no ConfigMaps');
    await migrate(target, kind, object, 'kubectl');
    expect((await live('migrate-e')).data).toEqual({ a: '1', old: '2' });
    await migrate(target, kind, object, 'kubectl');
    expect((await live('migrate-e')).metadata.managedFields?.map(({ manager, operation }) => `${manager} ${operation}`)).toEqual([
      'lockkeeper Apply',
    ]);
    const ran = await deploy('migrate-e', 'a: "1"');
    expect(ran.preflight.rehearsed.map(({ effect }) => effect)).toEqual(['unchanged', 'changed']);
    expect((await live('migrate-e')).data).toEqual({ a: '1' });
  });

  test('an object that left the repository is one of ours from the first run on', async () => {
    await kubectlApply('migrate-f', { a: '1' });
    await deploy('migrate-f', 'a: "1"');
    const { labels, annotations } = (await live('migrate-f')).metadata;
    expect(labels).toMatchObject({ 'lockkeeper.dev/environment': 'migrate-f' });
    expect(annotations).toMatchObject({ 'lockkeeper.dev/identity': '/ConfigMap/migrate-f/c' });
  });
});
