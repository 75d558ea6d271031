import { protectedKinds } from '../../src/domain/environment.ts';
import { objectName } from '../../src/domain/finding.ts';
import type { DesiredState } from '../../src/manifests/desired-object.ts';
import { readObjects } from '../../src/manifests/documents.ts';
import { planJson, planOf } from '../../src/plan/plan.ts';

function state(text: string, more: Partial<DesiredState> & { readonly protect?: readonly string[] } = {}): DesiredState {
  const { objects, findings } = readObjects(Buffer.from(text), { file: 'all.yaml' }, 'refused');
  expect(findings).toEqual([]);
  const { protect = protectedKinds, ...rest } = more;
  return { environment: { manifests: [], apps: {}, prune: { protect } }, objects, findings, bundles: new Map(), complete: true, ...rest };
}

const joined = (...documents: string[]): string => documents.join('---\n');
const deployment = (image: string, replicas = 2) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: ${replicas}
  template:
    spec:
      containers:
        - name: web
          image: ${image}
          env:
            - name: A
              value: "1"
`;
const config = (name: string, more = '') => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: shop}\n${more}`;

test('what a change creates, changes, prunes and leaves', () => {
  const base = state(joined(deployment('web:1'), config('same', 'data: {a: "1"}\n'), config('old', 'data: {a: "1", b: "2"}\n')));
  const head = state(joined(config('new'), config('same', 'data: {"a": "1"} # as before\n'), deployment('web:2')));
  const plan = planOf(base, head);
  expect(planJson('staging', plan)).toEqual({
    environment: 'staging',
    create: ['ConfigMap/shop/new'],
    change: [
      {
        object: 'apps/Deployment/shop/web',
        summary: 'image',
        diff: `@@ -9,7 +9,7 @@
     spec:
       containers:
         - name: web
-          image: web:1
+          image: web:2
           env:
             - name: A
               value: '1'`,
      },
    ],
    prune: [{ object: 'ConfigMap/shop/old', lost: 'the values of its 2 keys' }],
    kept: [],
    unchanged: 1,
    notes: [],
  });
});

test('the keys of a diff stand as their author has them now; another order is no change of its own', () => {
  const before = config('a', 'data:\n  z: "1"\n  a: "1"\n  gone: "1"\n');
  const after = 'kind: ConfigMap\ndata:\n  a: "2"\n  z: "1"\nmetadata: {namespace: shop, name: a}\napiVersion: v1\n';
  const [change] = planOf(state(before), state(after)).change;
  expect(change?.diff.split('\n').slice(1)).toEqual([
    ' kind: ConfigMap',
    ' data:',
    "-  a: '1'",
    "+  a: '2'",
    "   z: '1'",
    "-  gone: '1'",
    ' metadata:',
    '   namespace: shop',
    '   name: a',
  ]);
  expect(planOf(state(config('a', 'data: {x: "1", y: "2"}\n')), state(config('a', 'data: {y: "2", x: "1"}\n')))).toMatchObject({
    change: [],
    unchanged: 1,
  });
});

test.each<[string, string, string, Partial<Record<'create' | 'change' | 'prune', number>>]>([
  [
    'another version of the API',
    'apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: a}\n',
    'apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\n',
    { change: 1 },
  ],
  [
    'another group',
    'apiVersion: a.example.com/v1\nkind: X\nmetadata: {name: a}\n',
    'apiVersion: b.example.com/v1\nkind: X\nmetadata: {name: a}\n',
    { create: 1, prune: 1 },
  ],
  ['another namespace', config('a'), config('a').replace('shop', 'other'), { create: 1, prune: 1 }],
  [
    'the namespace default, said or not',
    'apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: default}\n',
    'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n',
    { change: 1 },
  ],
  [
    'our labels and annotation',
    config('a').replace(
      '}',
      ', labels: {lockkeeper.dev/environment: x, lockkeeper.dev/deployed-at: "1"}, annotations: {lockkeeper.dev/identity: y}}',
    ),
    config('a'),
    {},
  ],
  ['a number that was a text', config('a', 'data: {n: "1"}\n'), config('a', 'data: {n: 1}\n'), { change: 1 }],
])('%s', (_, before, after, expected) => {
  const { create, change, prune } = planOf(state(before), state(after));
  expect({ create: create.length, change: change.length, prune: prune.length }).toEqual({ create: 0, change: 0, prune: 0, ...expected });
});

test('what prune leaves, and why', () => {
  const pvc = 'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data, namespace: shop}\n';
  const marked = config('marked').replace('}', ', annotations: {lockkeeper.dev/prune: disabled}}');
  const base = state(joined(pvc, marked, config('gone')));
  const kept = ({ kept: all }: ReturnType<typeof planOf>) => all.map(({ object, reason }) => `${objectName(object)}: ${reason}`);
  expect(kept(planOf(base, state(config('new'))))).toEqual([
    'PersistentVolumeClaim/shop/data: prune.protect of environment.yml names PersistentVolumeClaim',
    'ConfigMap/shop/marked: its annotation lockkeeper.dev/prune is disabled',
  ]);
  const plan = planOf(base, state(config('new'), { protect: ['ConfigMap'] }));
  expect(plan.prune.map(({ object, lost }) => [objectName(object), lost])).toEqual([
    ['PersistentVolumeClaim/shop/data', 'the data of the volume claim, unless its volume is retained'],
  ]);
});

test('what could not be read is neither called pruned nor silently new', () => {
  const [one, two] = [state(config('a')), state(config('b'))];
  expect(planOf(one, { ...two, complete: false })).toMatchObject({
    prune: [],
    kept: [{ object: { name: 'a' }, reason: 'not all of the new state could be read: it may still be wanted' }],
    notes: ['Not all of the new state could be read: nothing is pruned until it can be.'],
  });
  expect(planOf({ ...one, complete: false }, two).notes).toEqual([
    'Not all of the state before could be read: what is listed as created may be there already.',
  ]);
});

describe('secrets', () => {
  const secret = (data: string) => `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n${data}`;
  test.each([
    ['a value', 'stringData: {password: hunter2, other: same}\n', 'stringData: {password: hunter3, other: same}\n'],
    ['a key more', 'data: {a: aHVudGVyMg==}\n', 'data: {a: aHVudGVyMg==, b: aHVudGVyMw==}\n'],
    ['no mapping at all', 'data: hunter2\n', 'data: hunter3\n'],
  ])('%s that changed is shown as changed, and never what it is', (_, before, after) => {
    const [change] = planOf(state(secret(before)), state(secret(after))).change;
    expect(change?.diff).toMatch(/hidden/);
    expect(JSON.stringify(change)).not.toMatch(/hunter|aHVu/);
  });
});

test('what is large is cut, and says so', () => {
  const data = (value: string) => config('big', `data:\n${Array.from({ length: 400 }, (_, i) => `  k${i}: "${value}"\n`).join('')}`);
  const [change] = planOf(state(data('1')), state(data('2'))).change;
  expect(change?.diff.split('\n').at(-1)).toMatch(/^\(\d+ more lines\)$/);
});

test.each<[string, string]>([
  ['apiVersion: v1\nkind: ConfigMap\n', 'nothing: it has no keys'],
  ['apiVersion: apps/v1\nkind: Deployment\nspec: {replicas: 3}\n', 'its 3 pods'],
  ['apiVersion: apps/v1\nkind: Deployment\nspec: {}\n', 'its pod'],
  ['apiVersion: apps/v1\nkind: StatefulSet\nspec: {volumeClaimTemplates: [{}]}\n', 'its pod; the data of their volume claims stays'],
  [
    'apiVersion: apps/v1\nkind: StatefulSet\nspec: {replicas: 2, volumeClaimTemplates: [{}], persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}}\n',
    'its 2 pods, and the data of their volume claims',
  ],
  ['apiVersion: v1\nkind: Service\nspec: {type: LoadBalancer}\n', 'its external address, which a new one need not get again'],
  ['apiVersion: networking.k8s.io/v1\nkind: Ingress\nspec: {rules: [{host: a.example.com}, {}]}\n', 'the way in for a.example.com'],
  ['apiVersion: v1\nkind: Secret\ntype: kubernetes.io/tls\n', 'the certificate and its key'],
  ['apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nsubjects: [{name: alice}]\n', 'what it grants to alice'],
  ['apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: {names: {kind: Widget}}\n', 'every Widget in the cluster'],
  ['apiVersion: example.com/v1\nkind: Widget\n', 'what its controller made for it, if anything'],
])('what goes with %j', (text, lost) => {
  const [pruned] = planOf(state(`${text}metadata: {name: x}\n`, {}), state(config('other'), { protect: [] })).prune;
  expect(pruned?.lost).toBe(lost);
});
