import { checklistRules } from '../../../src/domain/checklist.ts';
import { checkWorkloads } from '../../../src/validation/checklist/check-workloads.ts';
import { checkSet } from '../../../src/validation/set/check-set.ts';
import { aBudget, aContainer, anAutoscaler, aService, aWorkload, judged } from '../../support/builders/workloads.ts';
import { desired, objectOf } from '../../support/desired.ts';
import { fc } from '../../support/fuzz.ts';

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  template:
    spec:
      automountServiceAccountToken: false
      securityContext: { runAsNonRoot: true }
      containers:
        - name: web
          image: nginx:latest
          resources: { requests: { cpu: 1, memory: 1Gi } }
          securityContext:
            privileged: true
`;

test('a finding stands at its field, or at the nearest above it, and names the object', () => {
  const findings = checkWorkloads(desired(deployment, 'manifests/web.yaml'), {
    settings: {},
    registries: ['registry.example.com'],
    complete: true,
  });
  const object = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: '', name: 'web' };
  for (const finding of findings) expect(finding).toMatchObject({ file: 'manifests/web.yaml', object });
  expect(findings.map(({ rule, line }) => [rule, line])).toEqual([
    ['single-replica', 6],
    ['privileged', 16],
    ['writable-root', 15],
    ['latest-tag', 13],
    ['unknown-registry', 13],
  ]);
});

test('a PodTemplate, and what merely has a spec.template, makes no pods', () => {
  const { spec, ...rest } = aWorkload({ apiVersion: 'v1', kind: 'PodTemplate', container: { image: 'nginx' } });
  const secret = { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', metadata: { name: 'x' }, spec: { template: { spec: {} } } };
  expect(judged([{ ...rest, template: Reflect.get(Object(spec), 'template') }, secret])).toEqual([]);
});

test('nonsense of any length stays short', () => {
  const long = 'x'.repeat(100_000);
  const container = aContainer({
    name: long,
    image: 'nginx',
    ports: [{ name: long, containerPort: 1 }],
    volumeMounts: [{ name: long, mountPath: `/data/${long}` }],
  });
  const objects = [
    aWorkload({
      metadata: { name: long, annotations: { [`lockkeeper.dev/waive.${long}`]: long } },
      pod: { containers: [container], volumes: [{ name: long, emptyDir: {} }] },
    }),
    aBudget({ selector: { matchLabels: { [long]: long }, matchExpressions: [{ key: long, operator: 'In', values: [long] }] } }),
    aBudget({ maxUnavailable: 1, selector: {} }, { name: long }),
    aBudget({ maxUnavailable: 1, selector: {} }, { name: `${long}2` }),
    aService({ selector: { [long]: long } }),
  ];
  for (const { message, help } of judged(objects)) expect(message.length + (help ?? '').length).toBeLessThan(1000);
});

test('app.yml says how grave each rule is', () => {
  const severities = (settings: Parameters<typeof judged>[1]) =>
    judged([aWorkload({ spec: { replicas: 1 } }), aBudget({ minAvailable: 1 })], settings).map(
      ({ rule, severity }) => `${rule} ${severity}`,
    );
  expect(severities({})).toEqual(['single-replica warning', 'budget-blocks-drain error']);
  expect(severities({ 'single-replica': 'error', 'budget-blocks-drain': 'off' })).toEqual(['single-replica error']);
});

test('where something could not be read, nothing is said that it might take back', () => {
  const objects = everythingWrong.map((value) => objectOf(value));
  const said = checkWorkloads(objects, { settings: {}, registries: ['registry.example.com'], complete: false });
  expect([...new Set(said.map(({ rule }) => rule))].toSorted()).toEqual([
    'bare-pod',
    'budget-keeps-unhealthy-pods',
    'budgets-overlap',
    'host-namespaces',
    'latest-tag',
    'local-state',
    'no-readiness-probe',
    'privileged',
    'replicas-not-spread',
    'runs-as-root',
    'termination-grace-period',
    'unknown-registry',
    'waiver',
    'writable-root',
  ]);
});

test('messages are one sentence, and help says what to do', () => {
  const findings = judged(everythingWrong, {}, ['registry.example.com']);
  const notHere = ['deprecated-api']; // the server's
  expect(new Set(findings.map(({ rule }) => rule))).toEqual(new Set(Object.keys(checklistRules).filter((rule) => !notHere.includes(rule))));
  for (const { message, help } of findings) {
    expect(message).toMatch(/^[^\n]+[.]$/);
    expect(help).toMatch(/^[A-Z][^\n]+[.]$/);
    expect(`${message}${help}`).not.toMatch(/undefined|null|\[object|https?:/);
  }
});

const bad = (name: string, change: Parameters<typeof aWorkload>[0] = {}) =>
  aWorkload({
    ...change,
    metadata: { name, annotations: { 'lockkeeper.dev/waive.x': '' } },
    pod: {
      hostNetwork: true,
      terminationGracePeriodSeconds: 0,
      securityContext: {},
      automountServiceAccountToken: undefined,
      containers: [{ name: 'web', image: 'nginx', ports: [{ containerPort: 1 }], securityContext: { privileged: true } }],
      initContainers: [aContainer({ name: 'setup', image: 'b' })],
      volumes: [{ name: 'data', hostPath: { path: '/data' } }],
    },
  });

const everythingWrong = [
  bad('web'),
  bad('one', { spec: { replicas: 1 } }),
  bad('pod', { apiVersion: 'v1', kind: 'Pod' }),
  bad('two', { podMetadata: { labels: { app: 'two' } } }),
  aBudget({ minAvailable: 4 }),
  aBudget(
    { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'IfHealthyBudget', selector: { matchLabels: { app: 'web' } } },
    { name: 'b', namespace: 'b' },
  ),
  aWorkload({ metadata: { name: 'b', namespace: 'b' } }),
  aBudget({ maxUnavailable: 1 }, { name: 'second' }),
  aBudget({ maxUnavailable: 1, selector: { matchLabels: { app: 'nobody' } } }, { name: 'third' }),
  aService({ selector: { app: 'nobody' } }),
  anAutoscaler(1),
];

test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('a kind may be called %s', (kind) => {
  const objects = [...desired(deployment), objectOf({ apiVersion: 'v1', kind, metadata: { name: kind }, spec: {} })];
  expect(checkWorkloads(objects, { settings: {}, registries: [], complete: true })).toEqual(
    checkWorkloads(desired(deployment), { settings: {}, registries: [], complete: true }),
  );
  expect(checkSet(objects)).toEqual([]);
});

test('no value, wherever it stands, makes it throw', () => {
  const seeds = [
    ...everythingWrong,
    aWorkload({ kind: 'StatefulSet', spec: { volumeClaimTemplates: [{ metadata: { name: 'x' }, spec: { storageClassName: 'fast' } }] } }),
    aWorkload({ apiVersion: 'batch/v1', kind: 'CronJob' }),
    aWorkload({ apiVersion: 'example.com/v1', kind: 'App' }),
    { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'fast' }, provisioner: 'rancher.io/local-path' },
    { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'x' }, spec: { limits: [{ type: 'Container', default: { cpu: 1 } }] } },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'x' }, subjects: [{ kind: 'User', name: 'x' }] },
  ];
  const junk = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      undefined,
      true,
      0,
      -1,
      1.5,
      2n ** 70n,
      Number.NaN,
      '',
      '50%',
      '__proto__',
      [],
      [null],
      {},
      { toString: 1 },
    ),
    fc.jsonValue(),
  );
  const spots = seeds.flatMap((value, seed) => pathsOf(value).map((path) => ({ seed, path })));
  expect(spots.length).toBeGreaterThan(300);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...spots), junk), { minLength: 1, maxLength: 4 }), (changes) => {
      const values = structuredClone(seeds);
      for (const [{ seed, path }, value] of changes) put(values[seed], path, value);
      checkWorkloads(
        values.map((value) => objectOf(value)),
        { settings: {}, registries: ['registry.example.com'], complete: true },
      );
    }),
    { numRuns: 1000 },
  );
});

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return path.length > 0 ? [path] : [];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [...(path.length > 0 ? [path] : []), ...keys.flatMap((key) => pathsOf(Reflect.get(value, key), [...path, key]))];
}

function put(target: unknown, path: Path, value: unknown): void {
  const [key, ...rest] = path;
  if (typeof target !== 'object' || target === null || key === undefined) return;
  if (rest.length === 0) Reflect.set(target, key, value);
  else put(Reflect.get(target, key), rest, value);
}

/** How many fields are looked at, counted by a proxy: time would depend on the machine. */
function readsFor(apps: number): number {
  let reads = 0;
  const counting = (value: unknown): unknown =>
    typeof value !== 'object' || value === null
      ? value
      : new Proxy(value, {
          get: (target, key, receiver) => {
            reads += 1;
            return counting(Reflect.get(target, key, receiver));
          },
        });
  const objects = Array.from({ length: apps }, (_, index) => {
    const app = `app-${index}`;
    const [labels, matchLabels] = [
      { app, 'part-of': 'shop' },
      { app, 'part-of': 'shop' },
    ];
    return [
      aWorkload({ metadata: { name: app }, podMetadata: { labels } }),
      aService({ selector: labels }, { name: app }),
      aBudget({ maxUnavailable: 1, selector: { matchLabels } }, { name: app }),
      { ...anAutoscaler(2), metadata: { name: app, namespace: 'shop' } },
    ];
  }).flat();
  checkWorkloads(
    objects.map((value) => ({ ...objectOf(value), value: counting(value) as typeof value })),
    { settings: {}, registries: ['registry.example.com'], complete: true },
  );
  return reads;
}

test('twice the objects of one namespace are twice the work', () => {
  const [few, many] = [readsFor(250), readsFor(500)];
  expect(few).toBeGreaterThan(1000);
  expect(many).toBeLessThan(few * 2.1);
});
