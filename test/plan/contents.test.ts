import pLimit from 'p-limit';
import type { ApiRequest, ApiServer, DiscoveredKind, ObjectMetadata } from '../../src/domain/cluster.ts';
import { objectName } from '../../src/domain/finding.ts';
import { planPrune } from '../../src/plan/contents.ts';
import { type Looked, liveObject } from '../../src/plan/live.ts';
import { wantedOf } from '../../src/plan/wanted.ts';

const kind = (apiVersion: string, name: string, plural: string): DiscoveredKind => {
  return { apiVersion, kind: name, plural, namespaced: name !== 'Namespace', verbs: ['list', 'delete', 'create'] };
};
const [configMaps, services, endpoints, events, accounts, namespaces] = [
  kind('v1', 'ConfigMap', 'configmaps'),
  kind('v1', 'Service', 'services'),
  kind('v1', 'Endpoints', 'endpoints'),
  kind('events.k8s.io/v1', 'Event', 'events'),
  kind('v1', 'ServiceAccount', 'serviceaccounts'),
  kind('v1', 'Namespace', 'namespaces'),
] as const;

const owned = (...uids: string[]) => ({ ownerReferences: uids.map((uid) => ({ apiVersion: 'v1', kind: 'X', name: 'x', uid })) });
const metadata = (name: string, more: Partial<ObjectMetadata> = {}): ObjectMetadata => ({
  name,
  namespace: 'shop',
  uid: name,
  resourceVersion: '1',
  ...more,
});

/** A cluster whose namespace `shop` holds that, by plural; `config` and `web` are pruned, and so is the namespace. */
async function held(contents: Readonly<Record<string, readonly ObjectMetadata[]>>): Promise<string | undefined> {
  const served = [configMaps, services, endpoints, events, accounts, namespaces];
  const server: ApiServer = {
    host: 'cluster',
    throwAway: false,
    kinds: () => Promise.resolve(served),
    discover: () => Promise.reject(new Error('nobody asks')),
    ask: ({ path }: ApiRequest) => {
      const items = contents[/\/namespaces\/shop\/(\w+)\?/.exec(path)?.[1] ?? ''] ?? [];
      return Promise.resolve({ status: 200, warnings: [], body: JSON.stringify({ items: items.map((one) => ({ metadata: one })) }) });
    },
  };
  const looked: Looked = { server, environment: 'staging', formerly: [], served: () => ({ kinds: served, unseen: [] }), turns: pLimit(2) };
  const labels = { 'lockkeeper.dev/environment': 'staging', 'lockkeeper.dev/deployed-at': '20261120233632' };
  const ours = (of: DiscoveredKind, { namespace, ...rest }: ObjectMetadata, identity: string) =>
    liveObject(
      of,
      {
        ...rest,
        ...(of.namespaced && namespace !== undefined && { namespace }),
        labels,
        annotations: { 'lockkeeper.dev/identity': identity },
      },
      () => false,
    );
  const objects = [
    ours(configMaps, metadata('config'), '/ConfigMap/shop/config'),
    ours(services, metadata('web'), '/Service/shop/web'),
    ours(namespaces, metadata('shop'), '/Namespace//shop'),
  ];
  const { prune, kept } = await planPrune(looked, {
    live: { objects, unseen: [] },
    wanted: wantedOf([{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'other', name: 'new' }], () => configMaps),
    run: '20261121000000',
    environments: ['staging'],
    protect: [],
    share: 1,
    complete: true,
    failed: false,
  });
  expect(prune.map(objectName)).toEqual(['ConfigMap/shop/config', 'Service/shop/web', ...(kept.length === 0 ? ['Namespace/shop'] : [])]);
  return kept[0]?.reason;
}

const takes = (name: string): string => `it would take along what this run does not prune: ${name}`;
const all = { configmaps: [metadata('config')], services: [metadata('web')] };

test.each<[string, Readonly<Record<string, readonly ObjectMetadata[]>>, string | undefined]>([
  ['nothing but what goes', all, undefined],
  [
    'what each namespace has',
    { ...all, serviceaccounts: [metadata('default')], configmaps: [metadata('config'), metadata('kube-root-ca.crt')] },
    undefined,
  ],
  ['another account', { ...all, serviceaccounts: [metadata('builder')] }, takes('ServiceAccount/shop/builder')],
  ['events', { ...all, events: [metadata('e')] }, undefined],
  [
    'what belongs to what goes',
    { ...all, configmaps: [metadata('config'), metadata('a', owned('config')), metadata('b', owned('a'))] },
    undefined,
  ],
  ['what belongs to a stranger', { ...all, configmaps: [metadata('config'), metadata('a', owned('stranger'))] }, takes('ConfigMap/shop/a')],
  [
    'what belongs to a stranger, too',
    { ...all, configmaps: [metadata('config'), metadata('a', owned('config', 'stranger'))] },
    takes('ConfigMap/shop/a'),
  ],
  ['the endpoints of a service that goes', { ...all, endpoints: [metadata('web', { uid: 'endpoints' })] }, undefined],
  ['endpoints of their own', { ...all, endpoints: [metadata('database', { uid: 'endpoints' })] }, takes('Endpoints/shop/database')],
  ['what is being deleted', { ...all, configmaps: [metadata('config'), metadata('a', { deletionTimestamp: 'now' })] }, undefined],
])('a namespace that holds %s', async (_, contents, reason) => {
  expect(await held(contents)).toBe(reason);
});
