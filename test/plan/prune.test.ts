import type { ObjectId } from '../../src/domain/finding.ts';
import { objectName } from '../../src/domain/finding.ts';
import type { LiveObject } from '../../src/plan/live.ts';
import { decidePrune, type PruneQuestion, protectedBy, staysBecause } from '../../src/plan/prune.ts';
import { wantedOf } from '../../src/plan/wanted.ts';

const served = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const kinds = [
  served,
  { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false },
  { apiVersion: 'example.com/v1', kind: 'Widget', plural: 'widgets', namespaced: true },
];
const kindOf = ({ apiVersion, kind }: Pick<ObjectId, 'apiVersion' | 'kind'>) =>
  kinds.find((one) => one.apiVersion === apiVersion && one.kind === kind);

function live(name: string, more: Partial<LiveObject> = {}): LiveObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace: 'shop',
    name,
    served,
    alsoAs: [],
    uid: name,
    resourceVersion: '1',
    environment: 'staging',
    deployedAt: '20261120233632',
    named: true,
    owned: false,
    deleting: false,
    finalizers: [],
    pruneDisabled: false,
    builtIn: false,
    settled: false,
    applied: '',
    ...more,
  };
}

const id = (name: string, more: Partial<ObjectId> = {}): ObjectId => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: 'shop',
  name,
  ...more,
});

function question(objects: readonly LiveObject[], more: Partial<PruneQuestion> = {}): PruneQuestion {
  return {
    live: { objects, unseen: [] },
    wanted: wantedOf([id('wanted')], kindOf),
    run: '20261121000000',
    environments: ['staging'],
    protect: ['PersistentVolumeClaim'],
    share: 1,
    complete: true,
    failed: false,
    ...more,
  };
}

const namespace = { apiVersion: 'v1', kind: 'Namespace', namespace: '' };
const definition = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', namespace: '' };

describe('an object that carries our label', () => {
  test.each<[string, Partial<LiveObject>, string | undefined]>([
    ['nothing speaks against it', {}, undefined],
    ['another environment’s', { environment: 'production' }, 'it belongs to the environment production'],
    ['no environment’s', { environment: '' }, 'it does not carry the label of an environment any more'],
    ['owned', { owned: true }, 'another object owns it, and takes it along'],
    ['wanted', { name: 'wanted' }, 'it is wanted'],
    ['wanted as another group shows it', { alsoAs: [id('wanted')] }, 'it is wanted'],
    ['not named', { named: false }, expect.stringContaining('does not name it')],
    ['no run', { deployedAt: '' }, expect.stringContaining('deployed-at is missing')],
    ['no run of ours', { deployedAt: '42' }, expect.stringContaining('deployed-at is 42, which is no run of ours')],
    ['this run', { deployedAt: '20261121000000' }, expect.stringContaining('not older')],
    ['a newer run', { deployedAt: '20261121000001' }, expect.stringContaining('not older')],
    ['annotated', { pruneDisabled: true }, 'its annotation lockkeeper.dev/prune is disabled'],
    ['built in', { builtIn: true }, 'it is a part of Kubernetes itself'],
    ['a system namespace', { ...namespace, name: 'kube-flannel' }, 'it is a namespace of the system'],
    ['a namespace', { ...namespace, name: 'kubernetes-dashboard' }, undefined],
    ['a namespace in which something is wanted', { ...namespace, name: 'shop' }, 'objects in it are wanted'],
    ['a definition', { ...definition, name: 'gadgets.example.com' }, undefined],
    ['a definition of which something is wanted', { ...definition, name: 'widgets.example.com' }, 'custom resources of it are wanted'],
    ['protected', { kind: 'PersistentVolumeClaim' }, 'prune.protect of environment.yml names PersistentVolumeClaim'],
    [
      'protected as another group shows it',
      { alsoAs: [id('x', { kind: 'PersistentVolumeClaim' })] },
      expect.stringContaining('names PersistentVolumeClaim'),
    ],
    ['being deleted', { deleting: true }, 'it is being deleted already'],
    ['being deleted, and held', { deleting: true, finalizers: ['a/b', 'c/d'] }, 'it is being deleted already, and waits for a/b and c/d'],
  ])('%s', (_, more, reason) => {
    const widget = id('w', { apiVersion: 'example.com/v1', kind: 'Widget' });
    const wanted = wantedOf([id('wanted'), widget], kindOf);
    expect(staysBecause(live('x', more), question([], { wanted }))).toEqual(reason);
  });
});

describe('what is wanted', () => {
  test.each<[string, ObjectId, ObjectId, boolean]>([
    ['the same', id('a'), id('a'), true],
    ['another name', id('a'), id('b'), false],
    ['another namespace', id('a'), id('a', { namespace: 'other' }), false],
    [
      'another version of its kind',
      id('a', { apiVersion: 'example.com/v1', kind: 'Widget' }),
      id('a', { apiVersion: 'example.com/v2', kind: 'Widget' }),
      true,
    ],
    ['the same kind of another group', id('a', { apiVersion: 'example.com/v1' }), id('a'), false],
    ['no namespace, and it lands in default', id('a', { namespace: '' }), id('a', { namespace: 'default' }), true],
    ['a namespace that its kind does not have', { ...namespace, namespace: 'x', name: 'a' }, { ...namespace, name: 'a' }, true],
    [
      'a kind that is not served, with a namespace that it may not have',
      id('a', { kind: 'Odd' }),
      id('a', { kind: 'Odd', namespace: '' }),
      true,
    ],
  ])('%s', (_, wanted, object, expected) => {
    expect(wantedOf([wanted], kindOf).has(object)).toBe(expected);
  });
});

describe('a whole run', () => {
  const names = (objects: readonly ObjectId[]): string[] => objects.map(objectName);
  const old = live('old');

  test.each<[string, Partial<PruneQuestion>, string]>([
    ['the state is not whole', { complete: false }, 'not all of the new state could be read: it may still be wanted'],
    ['nothing is wanted', { wanted: wantedOf([], kindOf) }, 'nothing at all is wanted, which is taken for a mistake'],
    ['an object could not be applied', { failed: true }, 'not every object could be applied'],
    ['something could not be seen', { live: { objects: [old], unseen: ['the API x'] } }, 'not all of the cluster could be seen'],
    [
      'a newer run',
      { live: { objects: [old, live('wanted', { deployedAt: '20261121000001' })], unseen: [] } },
      'a newer run, 20261121000001, has begun',
    ],
    ['a namespace or definition is held', { held: new Map([['old', 'it would take along x']]) }, 'it would take along x'],
  ])('prunes nothing: %s', (_, more, reason) => {
    const { prune, kept, notes, refusal } = decidePrune(question([old], more));
    expect([prune, kept, refusal]).toEqual([[], [{ object: id('old'), reason }], undefined]);
    expect(notes).toHaveLength(more.held === undefined ? 1 : 0);
  });

  test('all that cannot be seen is told, though nothing would be pruned', () => {
    const unseen = ['the API x cannot be seen', 'secrets of v1 could not be listed'];
    expect(decidePrune(question([], { live: { objects: [], unseen } })).notes).toEqual(
      unseen.map((clause) => `${clause}: nothing is pruned until it can be.`),
    );
  });

  test('a newer stamp on a copy, or on another environment’s object, stops nobody', () => {
    const newer = { name: 'wanted', deployedAt: '20261121000001' };
    for (const more of [{ named: false }, { environment: 'other' }])
      expect(names(decidePrune(question([old, live('wanted', { ...newer, ...more })])).prune)).toEqual(['ConfigMap/shop/old']);
  });

  test('a name that the environment had before counts as its own, and any other does not', () => {
    const objects = [live('a', { environment: 'stage' }), live('b', { environment: 'other' })];
    const { prune, kept } = decidePrune(question(objects, { environments: ['staging', 'stage'] }));
    expect([names(prune), kept.map(({ object }) => object.name)]).toEqual([['ConfigMap/shop/a'], ['b']]);
  });

  test('what is wanted or owned, and endpoints that carry their service’s labels, are not even told', () => {
    const objects = [live('wanted'), live('owned', { owned: true }), live('web', { kind: 'Endpoints', named: false })];
    expect(decidePrune(question(objects))).toEqual({ prune: [], kept: [], notes: [] });
  });

  test.each([
    [1, 1, 0.5, true],
    [2, 1, 0.5, false],
    [1, 3, 0.25, true],
    [2, 5, 0.25, false],
    [9, 1, 0.9, true],
    [1000, 1, 1, true],
    [0, 1, 0.01, true],
    [3, 27, 0.1, true],
    [29, 71, 0.29, true],
    [30, 70, 0.29, false],
  ])('%i that would go, %i that are wanted, a share of %d', (go, want, share, allowed) => {
    const objects = Array.from({ length: go }, (_, i) => live(`old-${i}`));
    const wanted = wantedOf(
      Array.from({ length: want }, (_, i) => id(`new-${i}`)),
      kindOf,
    );
    const { prune, kept, refusal } = decidePrune(question(objects, { share, wanted }));
    expect([prune.length, kept.length, refusal === undefined]).toEqual(allowed ? [go, 0, true] : [0, go, false]);
  });
});

test.each([
  ['ConfigMap', true],
  ['configmap', true],
  ['configmaps', true],
  ['/ConfigMap', true],
  ['apps/ConfigMap', false],
  ['Config', false],
  ['', false],
])('prune.protect says "%s" of a core ConfigMap', (entry, expected) => {
  expect(protectedBy([entry], served, 'configmaps') !== undefined).toBe(expected);
});
