import { noting } from '../../../src/deploy/apply/written.ts';
import type { ApiRequest, ApiServer } from '../../../src/domain/cluster.ts';

const kind = { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true };
const object = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const path = '/apis/apps/v1/namespaces/shop/deployments/web';
const apply = { method: 'PATCH', path: `${path}?fieldManager=lockkeeper`, type: 'application/apply-patch+yaml' } as const;

const answering = (status: number): ApiServer => ({
  host: 'x',
  throwAway: true,
  kinds: () => Promise.resolve([]),
  discover: () => Promise.resolve({ kinds: [], unseen: [] }),
  ask: () => Promise.resolve({ status, warnings: [], body: '' }),
});

test.each<[string, ApiRequest, number, readonly ('PATCH' | 'DELETE')[]]>([
  ['what was applied', apply, 200, ['PATCH']],
  ['what was created', apply, 201, ['PATCH']],
  ['what was deleted', { method: 'DELETE', path }, 202, ['DELETE']],
  ['not a refusal', apply, 409, []],
  ['not a rehearsal', { ...apply, path: `${path}?dryRun=All&fieldManager=lockkeeper` }, 200, []],
  ['not the migration of its fields', { ...apply, type: 'application/json-patch+json' }, 200, []],
  ['not a look', { method: 'GET', path }, 200, []],
  ['not another object', { ...apply, path: `${path}-2` }, 200, []],
])('noted is %s', async (_, request, status, expected) => {
  const written = noting(answering(status));
  await written.server.ask(request);
  expect((['PATCH', 'DELETE'] as const).filter((method) => written.has(method, kind, object))).toEqual(expected);
  expect(written.has('PATCH', undefined, object)).toBe(false);
});
