import { aContainer, aWorkload, judged, said } from '../../support/builders/workloads.ts';

type Fields = Readonly<Record<string, unknown>>;

const requests = (missing: string) =>
  `Container web requests no ${missing}: its node may be full already, and it is among the first to be evicted.`;
const range = (limits: readonly Fields[], namespace = 'shop') => ({
  apiVersion: 'v1',
  kind: 'LimitRange',
  metadata: { name: 'x', namespace },
  spec: { limits },
});

test.each<[string, readonly Fields[], readonly string[]]>([
  ['both', [aWorkload()], []],
  ['nothing', [aWorkload({ container: { resources: undefined } })], [requests('cpu and no memory')]],
  ['memory alone', [aWorkload({ container: { resources: { requests: { memory: '1Gi' } } } })], [requests('cpu')]],
  ['limits are requests, too', [aWorkload({ container: { resources: { limits: { memory: '1Gi', cpu: 1 } } } })], []],
  ['zero is a request', [aWorkload({ container: { resources: { requests: { memory: '1Gi', cpu: 0 } } } })], []],
  [
    'of the whole pod',
    [aWorkload({ pod: { resources: { requests: { cpu: 1, memory: '1Gi' } }, containers: [aContainer({ resources: {} })] } })],
    [],
  ],
  [
    'defaults of the namespace',
    [aWorkload({ container: { resources: {} } }), range([{ type: 'Container', default: { cpu: 1 }, defaultRequest: { memory: '1Gi' } }])],
    [],
  ],
  [
    'defaults of another namespace',
    [aWorkload({ container: { resources: {} } }), range([{ type: 'Container', default: { cpu: 1, memory: 1 } }], 'b')],
    [requests('cpu and no memory')],
  ],
  [
    'a range for pods gives nothing',
    [aWorkload({ container: { resources: {} } }), range([{ type: 'Pod', max: { cpu: 1, memory: 1 } }])],
    [requests('cpu and no memory')],
  ],
  ['an init container', [aWorkload({ pod: { initContainers: [aContainer({ resources: {} })] } })], []],
  [
    'a sidecar',
    [aWorkload({ pod: { initContainers: [aContainer({ resources: {}, restartPolicy: 'Always' })] } })],
    [requests('cpu and no memory')],
  ],
  ['a CronJob', [aWorkload({ apiVersion: 'batch/v1', kind: 'CronJob', container: { resources: {} } })], [requests('cpu and no memory')]],
])('no-resource-requests: %s', (_, objects, expected) => {
  expect(said('no-resource-requests', ...objects)).toEqual(expected);
});

const digest = `sha256:${'a'.repeat(64)}`;

test.each<[string, string | undefined]>([
  ['nginx:1.27.3', undefined],
  ['nginx', 'has no tag, and so is whatever latest is when a node pulls it'],
  ['registry.example.com:5000/web', 'has no tag, and so is whatever latest is when a node pulls it'],
  ['nginx:latest', 'is whatever latest is when a node pulls it'],
  [`nginx@${digest}`, undefined],
  [`nginx:latest@${digest}`, undefined],
  ['nginx:latest-alpine', undefined],
  ['${IMAGE}', undefined],
  ['', undefined],
])('latest-tag: %s', (image, expected) => {
  expect(said('latest-tag', aWorkload({ container: { image } }))).toEqual(expected ? [`Image ${image} of container web ${expected}.`] : []);
});

const from = (image: string, ...registries: readonly string[]) =>
  judged([aWorkload({ container: { image } })], {}, registries).flatMap(({ rule, message }) =>
    rule === 'unknown-registry' ? [message] : [],
  );

test.each<[string, readonly string[], string | undefined]>([
  ['nginx:1', [], undefined],
  ['registry.example.com/web:1', ['registry.example.com'], undefined],
  ['Registry.Example.com/web:1', ['registry.EXAMPLE.com'], undefined],
  ['registry.example.com:5000/web:1', ['registry.example.com'], 'registry.example.com:5000'],
  ['nginx:1', ['registry.example.com'], 'docker.io'],
  ['bitnami/redis:1', ['registry.example.com'], 'docker.io'],
  ['nginx:1', ['docker.io'], undefined],
  ['nginx:1', ['registry-1.docker.io'], undefined],
  ['index.docker.io/bitnami/redis:1', ['docker.io'], undefined],
  ['${IMAGE}', ['docker.io'], undefined],
])('unknown-registry: %s where app.yml names %j', (image, registries, host) => {
  const expected = `Image ${image} of container web comes from ${host}, which is none of the registries of app.yml.`;
  expect(from(image, ...registries)).toEqual(host ? [expected] : []);
});

test('images of init and ephemeral containers are looked at, too', () => {
  const pod = { initContainers: [aContainer({ name: 'a', image: 'a' })], ephemeralContainers: [aContainer({ name: 'b', image: 'b' })] };
  expect(said('latest-tag', aWorkload({ pod }))).toHaveLength(2);
});

test.each<[string, Fields, Fields, readonly string[]]>([
  ['said by the pod', { runAsNonRoot: true }, {}, []],
  ['said by the container', {}, { runAsNonRoot: true }, []],
  ['a user other than root', { runAsUser: 1000 }, {}, []],
  ['said by nobody', {}, {}, ['Nothing keeps container web from running as root.']],
  ['the container takes it back', { runAsNonRoot: true }, { runAsNonRoot: false }, ['Nothing keeps container web from running as root.']],
  ['the container is root', { runAsUser: 1000 }, { runAsUser: 0 }, ['Container web runs as user 0, root.']],
  ['the pod is root', { runAsUser: 0 }, {}, ['Container web runs as user 0, root.']],
  ['the container is not the root that the pod is', { runAsUser: 0 }, { runAsUser: 7 }, []],
  [
    'the container contradicts itself: the kubelet refuses it',
    { runAsNonRoot: true },
    { runAsUser: 0 },
    ['Container web runs as user 0, root.'],
  ],
])('runs-as-root: %s', (_, ofPod, ofContainer, expected) => {
  const workload = (pod: Fields) => aWorkload({ pod: { securityContext: ofPod, ...pod }, container: { securityContext: ofContainer } });
  expect(said('runs-as-root', workload({}))).toEqual(expected);
  expect(said('runs-as-root', workload({ hostUsers: false }))).toEqual([]);
  expect(said('runs-as-root', workload({ os: { name: 'windows' } }))).toEqual([]);
});

test('runs-as-root: one point for all containers of which nothing is said', () => {
  const pod = { securityContext: {}, containers: [aContainer(), aContainer({ name: 'b' })], initContainers: [aContainer({ name: 'c' })] };
  expect(said('runs-as-root', aWorkload({ pod }))).toEqual(['Nothing keeps containers web, b and c from running as root.']);
  expect(said('runs-as-root', aWorkload({ pod: { ...pod, initContainers: [] } }))).toEqual([
    'Nothing keeps containers web and b from running as root.',
  ]);
});

test('writable-root: each container that does not say that it is read-only', () => {
  const pod = { initContainers: [aContainer({ name: 'setup', securityContext: { readOnlyRootFilesystem: false } })] };
  expect(said('writable-root', aWorkload({ pod }))).toEqual([expect.stringContaining('Container setup may write')]);
  expect(said('writable-root', aWorkload({ container: { securityContext: {} } }))).toEqual([
    expect.stringContaining('Container web may write'),
  ]);
  expect(said('writable-root', aWorkload({ container: { securityContext: {} }, pod: { os: { name: 'windows' } } }))).toEqual([]);
});

test('privileged and host-namespaces', () => {
  const pod = { hostNetwork: true, hostPID: true, hostIPC: false };
  const container = { securityContext: { privileged: true, readOnlyRootFilesystem: true } };
  expect(said('privileged', aWorkload({ container }))).toEqual(['Container web is privileged: whoever breaks into it has the whole node.']);
  expect(said('privileged', aWorkload())).toEqual([]);
  expect(said('host-namespaces', aWorkload({ pod }))).toEqual([
    "hostNetwork is true: its containers see the node's network.",
    "hostPID is true: its containers see all of the node's processes.",
  ]);
  expect(said('host-namespaces', aWorkload())).toEqual([]);
});

const account = (change: Fields = {}) => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'robot', namespace: 'shop' },
  ...change,
});
const binding = (subject: Fields, kind = 'RoleBinding') => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name: 'x', namespace: 'shop' },
  subjects: [subject],
});
const using = (pod: Fields) => aWorkload({ pod: { automountServiceAccountToken: undefined, ...pod } });
const robot = using({ serviceAccountName: 'robot' });

test.each<[string, readonly Fields[], string | undefined]>([
  ['not mounted', [aWorkload()], undefined],
  ['asked for', [using({ automountServiceAccountToken: true })], undefined],
  ['of default', [using({})], 'default'],
  ['of default, by name', [using({ serviceAccountName: 'default' })], 'default'],
  ['of an account from elsewhere', [robot], undefined],
  ['of an account without a binding', [robot, account()], 'robot'],
  ['by the old field', [using({ serviceAccount: 'robot' }), account()], 'robot'],
  ['of an account that says no', [robot, account({ automountServiceAccountToken: false })], undefined],
  ['of an account with a binding', [robot, account(), binding({ kind: 'ServiceAccount', name: 'robot' })], undefined],
  ['bound from another namespace', [robot, account(), binding({ kind: 'ServiceAccount', name: 'robot', namespace: 'b' })], 'robot'],
  [
    'bound everywhere',
    [robot, account(), binding({ kind: 'ServiceAccount', name: 'robot', namespace: 'shop' }, 'ClusterRoleBinding')],
    undefined,
  ],
  ['bound as a user', [robot, account(), binding({ kind: 'User', name: 'system:serviceaccount:shop:robot' })], undefined],
  ['bound as one of its namespace', [robot, account(), binding({ kind: 'Group', name: 'system:serviceaccounts:shop' })], undefined],
  ['bound as one of all', [robot, account(), binding({ kind: 'Group', name: 'system:serviceaccounts' })], undefined],
  ['a group of people', [robot, account(), binding({ kind: 'Group', name: 'team-shop' })], 'robot'],
])('service-account-token: %s', (_, objects, name) => {
  const expected = `The token of service account ${name} is mounted, and no RoleBinding of this environment gives it a right: only an intruder can use it.`;
  expect(said('service-account-token', ...objects)).toEqual(name ? [expected] : []);
});
