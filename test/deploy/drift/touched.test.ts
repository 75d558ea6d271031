import { isHand } from '../../../src/deploy/drift/hands.ts';
import { ownersOf } from '../../../src/deploy/drift/owners.ts';
import { addedByHand, mayHaveAdditions, touchedBy, without } from '../../../src/deploy/drift/touched.ts';

test.each<[string, string | undefined, boolean]>([
  ['kubectl-edit', undefined, true],
  ['kubectl-patch', undefined, true],
  ['kubectl-replace', undefined, true],
  ['kubectl-set', undefined, true],
  ['kubectl-label', undefined, true],
  ['kubectl-annotate', undefined, true],
  ['kubectl-create', undefined, true],
  ['kubectl-rollout', undefined, true],
  ['kubectl', 'scale', true],
  ['kubectl', undefined, false], // apply --server-side
  ['kubectl-client-side-apply', undefined, false],
  ['kubectl-last-applied', undefined, false],
  ['k9s', undefined, true],
  ['OpenLens', undefined, true],
  ['node-fetch', undefined, true],
  ['Mozilla', undefined, true],
  ['dashboard', undefined, true],
  ['kube-controller-manager', 'scale', false],
  ['lockkeeper', undefined, false],
  ['Terraform', undefined, false],
  ['helm', undefined, false],
  ['', undefined, false],
])('%j of the subresource %j is a hand: %j', (manager, subresource, expected) => {
  expect(isHand({ manager, subresource })).toBe(expected);
});

const entry = (manager: string, fieldsV1: Readonly<Record<string, unknown>>, more: object = {}) => ({
  manager,
  operation: 'Update',
  fieldsV1,
  ...more,
});
const live = (managedFields: readonly object[]) => ({
  metadata: { annotations: { 'a.b/c': 'x' }, finalizers: ['one', 'two'], managedFields },
  spec: {
    replicas: 3,
    list: [4, 5],
    ports: [
      { containerPort: 80, protocol: 'TCP' },
      { containerPort: 80, protocol: 'UDP', name: 'udp' },
    ],
    containers: [
      { name: 'web', image: 'web:2', env: [{ name: 'A', value: '1' }] },
      { name: 'other', image: 'o' },
    ],
    atomic: { x: { y: 1 }, z: [true] },
  },
});

test.each<[string, Readonly<Record<string, unknown>>, string[]]>([
  ['a field', { 'f:spec': { 'f:replicas': {} } }, ['spec.replicas']],
  ['a name with dots and slashes', { 'f:metadata': { 'f:annotations': { '.': {}, 'f:a.b/c': {} } } }, ['metadata.annotations.a.b/c']],
  [
    'an item by its name',
    { 'f:spec': { 'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:image': {}, 'f:name': {} } } } },
    ['spec.containers[web].image', 'spec.containers[web].name'],
  ],
  [
    'an item by two keys, known by its place or its name',
    {
      'f:spec': {
        'f:ports': {
          'k:{"containerPort":80,"protocol":"TCP"}': { 'f:protocol': {} },
          'k:{"containerPort":80,"protocol":"UDP"}': { 'f:protocol': {} },
        },
      },
    },
    ['spec.ports[0].protocol', 'spec.ports[udp].protocol'],
  ],
  ['an item of a set', { 'f:metadata': { 'f:finalizers': { '.': {}, 'v:"two"': {} } } }, ['metadata.finalizers[1]']],
  ['an item by its place', { 'f:spec': { 'f:list': { 'i:1': {} } } }, ['spec.list[1]']],
  ['all that is below', { 'f:spec': { 'f:atomic': {} } }, ['spec.atomic.x.y', 'spec.atomic.z[0]']],
  [
    'an item of a list as a whole',
    { 'f:spec': { 'f:containers': { 'k:{"name":"other"}': {} } } },
    ['spec.containers[other].image', 'spec.containers[other].name'],
  ],
  ['what is there no more', { 'f:spec': { 'f:gone': {}, 'f:containers': { 'k:{"name":"gone"}': {} } } }, []],
  ['what has another shape in this version', { 'f:spec': { 'f:replicas': { 'k:{"name":"x"}': {} }, 'f:containers': { 'f:web': {} } } }, []],
])('who owns %s', (_, fields, expected) => {
  const owners = ownersOf(live([entry('someone', fields)]));
  expect([...owners.keys()].toSorted()).toEqual(expected);
  expect([...owners.values()].flat().every(({ manager }) => manager === 'someone')).toBe(true);
});

describe('differences are parted by who made them', () => {
  const replicas = { path: 'spec.replicas', from: '2', to: '3' };
  const removed = { path: 'spec.gone', from: 'x', to: undefined };
  const fields = { 'f:spec': { 'f:replicas': {} } };
  const managed = (...all: object[]) => live(all);
  test.each<[string, ReturnType<typeof live>, boolean, object]>([
    ['a hand', managed(entry('kubectl-edit', fields)), false, { byOthers: [replicas], notDeployed: [removed], managers: ['kubectl-edit'] }],
    ['another program', managed(entry('script', fields)), true, { byOthers: [replicas, removed], notDeployed: [], managers: ['script'] }],
    [
      'ourselves, of another document',
      managed(entry('lockkeeper', fields)),
      false,
      { byOthers: [], notDeployed: [replicas, removed], managers: [] },
    ],
    ['nobody, of this document', managed(), true, { byOthers: [replicas, removed], notDeployed: [], managers: [] }],
    [
      'an autoscaler',
      managed(entry('kube-controller-manager', fields, { subresource: 'scale' })),
      false,
      { scaled: [replicas], byOthers: [], notDeployed: [removed], managers: [] },
    ],
    [
      'kubectl scale',
      managed(entry('kubectl', fields, { subresource: 'scale' })),
      false,
      { scaled: [], byOthers: [replicas], notDeployed: [removed], managers: ['kubectl'] },
    ],
  ])('%s', (_, object, isCurrent, expected) => {
    const touched = touchedBy([replicas, removed], object, isCurrent);
    expect({ ...touched, managers: touched.managers.map(({ manager }) => manager) }).toMatchObject(expected);
  });
});

describe('what hands have put beside ours', () => {
  const env = {
    'f:spec': { 'f:containers': { 'k:{"name":"web"}': { 'f:env': { 'k:{"name":"A"}': { '.': {}, 'f:name': {}, 'f:value': {} } } } } },
  };
  const a = ['spec.containers[web].env[A].name', 'spec.containers[web].env[A].value'];
  test.each<[string, object[], string[]]>([
    ['theirs alone', [entry('kubectl-set', env)], a],
    ['also ours', [entry('kubectl-set', env), entry('lockkeeper', env)], []],
    ['of a controller', [entry('mesh', env)], []],
    [
      'an annotation',
      [entry('kubectl-annotate', { 'f:metadata': { 'f:annotations': { 'f:a.b/c': {} } } })],
      ['metadata.annotations.a.b/c'],
    ],
  ])('%s', (_, managed, expected) => {
    expect([...addedByHand(ownersOf(live(managed)))]).toEqual(expected);
  });

  test('is taken out with what holds nothing then', () => {
    const { env: gone, ...rest } = live([]).spec.containers[0] as { env: unknown };
    expect(gone).toBeDefined();
    expect(without(live([]).spec.containers, new Set(['[web].env[A].name', '[web].env[A].value']))).toEqual([
      rest,
      live([]).spec.containers[1],
    ]);
    expect(without({ a: {}, b: [], c: { d: 1 } }, new Set(['c.d']))).toEqual({ a: {}, b: [] });
  });

  test('may be there only where a hand is', () => {
    expect(mayHaveAdditions([entry('lockkeeper', env), entry('mesh', env)])).toBe(false);
    expect(mayHaveAdditions([entry('kubectl-edit', { 'f:status': {} }, { subresource: 'status' })])).toBe(false);
    expect(mayHaveAdditions([entry('k9s', env)])).toBe(true);
  });
});
