import type { ApiReply, ApiRequest } from '../../../../src/domain/cluster.ts';
import { OutsideError, RefusedError } from '../../../../src/domain/errors.ts';
import { describeWith } from '../../../support/parts.ts';
import { config, pruneWorld, watching } from '../../../support/prune-world.ts';

const answer = (status: number, body: object | string): ApiReply => ({
  status,
  warnings: [],
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const isSecrets = ({ method, path }: ApiRequest): boolean => method === 'GET' && path.startsWith('/api/v1/secrets?');

describeWith('control-plane', 'prune and what cannot be seen', () => {
  const world = pruneWorld();
  const { put, deploy, hasConfig, namespace, prune } = world;

  test.each([
    [
      'is not allowed',
      () => new RefusedError('host', 'secrets is forbidden: User "bot" cannot list'),
      /\(secrets is forbidden: User "bot" cannot list\)/,
    ],
    ['fails', () => answer(500, { message: 'no idea' }), /\(500: no idea\)/],
    ['is not found', () => answer(404, '404 page not found'), /\(404: 404 page not found\)/],
    ['breaks off', () => new OutsideError('host', 'the connection broke'), /\(the connection broke\)/],
    ['is cut short', () => answer(200, '{"kind": "PartialObjectMetadataList", "items": [{"meta'), /the reply is no list/],
    ['is no list', () => answer(200, { message: 'Welcome!' }), /the reply is no list/],
    ['holds what has no uid', () => answer(200, { items: [{ metadata: { name: 'x', resourceVersion: '1' } }] }), /the reply is no list/],
    ['never ends', () => answer(200, { items: [], metadata: { continue: 'more' } }), /the same page came twice/],
    ['forgets its pages', () => answer(410, { message: 'too old' }), /page tokens expire/],
  ])('a list that %s: nothing at all is pruned, and it says what it could not see', async (_, reply, why) => {
    await namespace('seeing-a');
    await deploy('seeing-a', config('seeing-a', 'old'));
    const server = watching(world.server(), (of) => {
      const replied = isSecrets(of) ? reply() : undefined;
      return Error.isError(replied) ? Promise.reject(replied) : replied && Promise.resolve(replied);
    });
    const { deletes, kept, notes } = await prune('seeing-a', { server });
    expect(deletes).toEqual([]);
    expect(kept).toEqual({ 'ConfigMap/seeing-a/old': 'not all of the cluster could be seen' });
    expect(notes).toEqual([expect.stringMatching(/^secrets of v1 could not be listed .*: nothing is pruned until it can be\.$/)]);
    expect(notes[0]).toMatch(why);
  });

  test('nobody answers: that is no left-over that could not be seen, but a run that cannot be', async () => {
    const server = watching(world.server(), ({ path }) =>
      path.includes('labelSelector') ? Promise.reject(new OutsideError('host', 'connection refused')) : undefined,
    );
    await expect(prune('seeing-b', { server })).rejects.toThrow('connection refused');
  });

  test('more than one page, one of which expires: all of it is seen', async () => {
    await namespace('seeing-c');
    const names = Array.from({ length: 510 }, (_, i) => `old-${i}`);
    await Promise.all(names.map((name) => deploy('seeing-c', config('seeing-c', name))));
    let expired = 0;
    const server = watching(world.server(), ({ path }) => {
      if (!path.startsWith('/api/v1/configmaps?') || !path.includes('continue=') || expired > 0) return undefined;
      expired += 1;
      return Promise.resolve(answer(410, { message: 'The provided continue parameter is too old' }));
    });
    const { pruned, failures } = await prune('seeing-c', { server, share: 1 });
    expect([pruned.length, failures, expired]).toEqual([510, [], 1]);
  });

  test('one list of each kind, metadata only, however many versions and namespaces there are; nothing else is asked', async () => {
    const asked: ApiRequest[] = [];
    const server = watching(world.server(), (of) => {
      asked.push(of);
      return undefined;
    });
    await prune('seeing-f', { server });
    const { kinds } = await world.server().discover();
    const able = kinds.filter(({ verbs }) => verbs.includes('list') && verbs.includes('delete'));
    const paths = asked.map(({ path }) => path.split('?')[0]);
    expect(paths).toEqual([...new Set(paths)]);
    expect(paths.length).toBe(new Set(able.map(({ apiVersion, plural }) => `${apiVersion.replace(/\/?v\d\w*$/, '')} ${plural}`)).size);
    expect(asked.every(({ method, accept }) => method === 'GET' && accept?.includes('as=PartialObjectMetadataList;'))).toBe(true);
    expect(paths.filter((path) => path?.endsWith('/horizontalpodautoscalers'))).toEqual(['/apis/autoscaling/v2/horizontalpodautoscalers']);
  });

  test('a server that gives other objects than it was asked for: they carry no label of ours', async () => {
    await namespace('seeing-d');
    await put(config('seeing-d', 'stranger'));
    await deploy('seeing-d-other', config('seeing-d', 'theirs'));
    const server = watching(world.server(), (of) => {
      if (!of.path.startsWith('/api/v1/configmaps?')) return undefined;
      return world.server().ask({ ...of, path: '/api/v1/configmaps?limit=500' });
    });
    expect(await prune('seeing-d', { server })).toMatchObject({ deletes: [], kept: {} });
    expect(await hasConfig('seeing-d', 'stranger')).toBe(true);
  });

  test('an aggregated API that is down, and was never up', async () => {
    await namespace('seeing-e');
    await deploy('seeing-e', config('seeing-e', 'old'));
    await put(`apiVersion: v1
kind: Service
metadata: {name: nowhere, namespace: seeing-e}
spec: {ports: [{port: 443}]}
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta1.nowhere.example.com}
spec:
  group: nowhere.example.com
  version: v1beta1
  groupPriorityMinimum: 100
  versionPriority: 100
  insecureSkipTLSVerify: true
  service: {name: nowhere, namespace: seeing-e}
`);
    try {
      await untilStale();
      const { deletes, kept, notes } = await prune('seeing-e');
      expect([deletes, kept]).toEqual([[], { 'ConfigMap/seeing-e/old': 'not all of the cluster could be seen' }]);
      expect(notes).toEqual([
        expect.stringMatching(/^the API nowhere\.example\.com\/v1beta1 cannot be seen: .*: nothing is pruned until it can be\.$/),
      ]);
    } finally {
      await world.server().ask({ method: 'DELETE', path: '/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.nowhere.example.com' });
    }
    await untilKnown();
    expect(await prune('seeing-e')).toMatchObject({ pruned: ['ConfigMap/seeing-e/old'] });
  });

  const unseen = async (): Promise<readonly string[]> => (await world.server().discover()).unseen;

  /** The server looks at what is registered now and then. */
  async function untilStale(): Promise<void> {
    while ((await unseen()).length === 0) await later();
  }

  async function untilKnown(): Promise<void> {
    while ((await unseen()).length > 0) await later();
  }
});

const later = (): Promise<void> =>
  new Promise((go) => {
    setTimeout(go, 100);
  });
