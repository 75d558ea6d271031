import type { ApiReply, ApiRequest, ApiServer, ServedKind } from '../../src/domain/cluster.ts';
import { noEnvironmentFile } from '../../src/domain/environment.ts';
import { RefusedError } from '../../src/domain/errors.ts';
import type { DesiredState } from '../../src/manifests/desired-object.ts';
import { existingIn, stays } from '../../src/validation/existing.ts';
import { desired } from '../support/desired.ts';

const never = new AbortController().signal;
const stateOf = (text: string, complete = true): DesiredState => ({
  environment: noEnvironmentFile,
  objects: desired(text),
  findings: [],
  complete,
  bundles: new Map(),
});

const configMaps: ServedKind = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const served: readonly ServedKind[] = [
  configMaps,
  { apiVersion: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true },
  { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false },
  { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', plural: 'customresourcedefinitions', namespaced: false },
  { apiVersion: 'canal.example.com/v2', kind: 'Lock', plural: 'locks', namespaced: true },
  { apiVersion: 'canal.example.com/v1', kind: 'Lock', plural: 'locks', namespaced: true },
];

/** Judges, and knows what Kubernetes itself has of `served`. */
const judge: ApiServer = {
  host: 'localhost',
  throwAway: true,
  kinds: () => Promise.resolve([...served.slice(0, 4), { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true }]),
  discover: () => Promise.reject(new Error('nobody asks')),
  ask: () => Promise.resolve({ status: 200, warnings: [], body: '{"items": []}' }),
};

/** Plays a cluster that has what `objects` says, by path, and keeps what it was asked. */
function clusterWith(objects: Readonly<Record<string, object | number | Error>>) {
  const asked: string[] = [];
  const server: ApiServer = {
    host: 'cluster.example.com',
    throwAway: false,
    kinds: () => Promise.resolve(served),
    discover: () => Promise.reject(new Error('nobody asks')),
    ask: ({ method, path, accept }: ApiRequest): Promise<ApiReply> => {
      asked.push(`${method} ${path} ${accept?.replace('application/json', '') ?? ''}`.trim());
      const held = objects[path] ?? 404;
      if (held instanceof Error) return Promise.reject(held);
      const status = typeof held === 'number' ? held : 200;
      return Promise.resolve({ status, warnings: [], body: status === 200 ? JSON.stringify(held) : '{}' });
    },
  };
  return { server, asked };
}

const using = (name: string) => `apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec: { containers: [{ name: web, image: "web:1", envFrom: [{ configMapRef: { name: "${name}" } }, { secretRef: { name: s } }] }] }
`;
const asMetadata = ';as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const config = (name: string, more: object = {}) => ({ metadata: { name, namespace: 'shop', uid: '1', resourceVersion: '1', ...more } });

describe('what is asked', () => {
  test('each object in question once, nothing but its metadata', async () => {
    const { server, asked } = clusterWith({ '/api/v1/namespaces/shop/configmaps/c': config('c') });
    const { known } = await existingIn(
      server,
      { environment: 'staging', state: stateOf(`${using('c')}---\n${using('c')}`) },
      { by: judge, definitions: [] },
      never,
    );
    expect(asked.sort()).toEqual([
      `GET /api/v1/namespaces/shop ${asMetadata}`,
      `GET /api/v1/namespaces/shop/configmaps/c ${asMetadata}`,
      `GET /api/v1/namespaces/shop/secrets/s ${asMetadata}`,
    ]);
    const has = (kind: string, name: string) => known?.has({ apiVersion: 'v1', kind, namespace: 'shop', name });
    expect([has('ConfigMap', 'c'), has('Secret', 's'), has('ConfigMap', 'nobody-asked')]).toEqual([true, false, undefined]);
  });

  test.each([['..'], ['.'], ['a/b'], ['a%2fb'], ['x'.repeat(254)]])(
    'nothing can be called %s: it is not there, and no other path is asked',
    async (name) => {
      const { server, asked } = clusterWith({});
      const { known } = await existingIn(
        server,
        { environment: 'staging', state: stateOf(using(name)) },
        { by: judge, definitions: [] },
        never,
      );
      expect(known?.has({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name })).toBe(false);
      expect(asked.filter((one) => one.includes('configmaps') || one.includes('..'))).toEqual([]);
    },
  );

  test('nothing where nothing is in question, and no objects where part of the environment is unread', async () => {
    const { server, asked } = clusterWith({});
    const alone = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\n';
    await existingIn(
      { ...server, kinds: () => Promise.reject(new Error('asked')) },
      { environment: 'a', state: stateOf(alone) },
      { by: judge, definitions: [] },
      never,
    );
    const unread = await existingIn(server, { environment: 'a', state: stateOf(using('c'), false) }, { by: judge, definitions: [] }, never);
    expect([unread, asked]).toEqual([{ known: undefined, definitions: [] }, []]);
  });

  test('definitions of the kinds that are used and defined nowhere else', async () => {
    const lock = 'apiVersion: canal.example.com/v1\nkind: Lock\nmetadata: { name: a }\n';
    const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: locks.canal.example.com }
spec: { group: canal.example.com, names: { kind: Lock, plural: locks }, versions: [{ name: v1 }] }
`;
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/locks.canal.example.com';
    const [own] = desired(definition);
    const { server, asked } = clusterWith({ [path]: own?.value ?? 404 });
    const names = async (text: string, given: readonly (typeof own & object)[] = []) =>
      (await existingIn(server, { environment: 'a', state: stateOf(text) }, { by: judge, definitions: given }, never)).definitions.map(
        ({ name }) => name,
      );
    expect(await names(`${lock}---\napiVersion: canal.example.com/v1\nkind: Gate\nmetadata: { name: b }\n`)).toEqual([
      'locks.canal.example.com',
    ]);
    expect(asked.splice(0)).toEqual([`GET ${path}`]);
    expect(await names(`${lock}---\n${definition}`)).toEqual([]);
    expect(await names(lock, own === undefined ? [] : [own])).toEqual([]);
    const cluster = { ...judge, throwAway: false };
    expect(
      (await existingIn(server, { environment: 'a', state: stateOf(lock) }, { by: cluster, definitions: [] }, never)).definitions,
    ).toEqual([]);
    expect(asked).toEqual([]);
  });
});

describe('what is answered', () => {
  const answer = async (held: object | number | Error) => {
    const { server } = clusterWith({ '/api/v1/namespaces/shop/configmaps/c': held });
    const { known } = await existingIn(
      server,
      { environment: 'staging', state: stateOf(using('c')) },
      { by: judge, definitions: [] },
      never,
    );
    return known?.has({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'c' });
  };

  test.each([
    ['found', config('c'), true],
    ['not found', 404, false],
    ['forbidden', new RefusedError('c', 'configmaps "c" is forbidden: User "u" cannot get it'), undefined],
    ['refused in another way', 403, undefined],
    ['not to be had as metadata', 406, undefined],
  ])('%s', async (_, held, expected) => {
    expect(await answer(held)).toBe(expected);
  });

  test('a cluster that breaks down gives no answer, and says why', async () => {
    await expect(answer(500)).rejects.toThrow("GET /api/v1/namespaces/shop/configmaps/c: the environment's cluster answered 500");
  });
});

describe('what stays when the environment is deployed', () => {
  const labels = { 'lockkeeper.dev/environment': 'staging', 'lockkeeper.dev/deployed-at': '20261121170000' };
  const annotations = { 'lockkeeper.dev/identity': '/ConfigMap/shop/c' };
  const claims = { ...configMaps, kind: 'PersistentVolumeClaim', plural: 'persistentvolumeclaims' };

  test.each([
    ['nobody deployed it', {}, true],
    ['this environment did, and wants it no more', { labels, annotations }, false],
    ['another environment did', { labels: { ...labels, 'lockkeeper.dev/environment': 'production' }, annotations }, true],
    ['prune was told to leave it', { labels, annotations: { ...annotations, 'lockkeeper.dev/prune': 'disabled' } }, true],
    ['its label was copied', { labels, annotations: { 'lockkeeper.dev/identity': '/ConfigMap/shop/other' } }, true],
    ['a controller made it', { labels, annotations, ownerReferences: [{}] }, true],
    ['a validation put it there for a moment', { labels: { 'lockkeeper.dev/validation': 'true' } }, false],
  ])('%s', (_, metadata, expected) => {
    expect(stays(configMaps, config('c', metadata), { environment: 'staging', state: stateOf(using('c')) })).toBe(expected);
  });

  test('a protected kind, and anything while part of the environment is unread', () => {
    const mine = (kind: string) => config('c', { labels, annotations: { 'lockkeeper.dev/identity': `/${kind}/shop/c` } });
    expect(stays(claims, mine(claims.kind), { environment: 'staging', state: stateOf(using('c')) })).toBe(true);
    expect(stays(configMaps, mine('ConfigMap'), { environment: 'staging', state: stateOf(using('c'), false) })).toBe(true);
  });
});
