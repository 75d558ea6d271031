import { type ClusterClient, connectCluster } from '../../../src/adapters/cluster/client.ts';
import { readObjects } from '../../../src/manifests/documents.ts';
import { judge } from '../../../src/validation/verdict/judge.ts';
import { ours } from '../../../src/validation/verdict/kinds.ts';
import { sweep } from '../../../src/validation/verdict/standing.ts';
import { sharedControlPlane } from '../../support/control-plane.ts';
import { standingIn } from '../../support/left-over.ts';
import { describeWith } from '../../support/parts.ts';

const read = (text: string) => readObjects(Buffer.from(text), { file: 'a.yaml' }, 'refused').objects;

const definition = (maximum: number): string => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: locks.canal.example.com}
spec:
  group: canal.example.com
  scope: Namespaced
  names: {plural: locks, kind: Lock}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {gates: {type: integer, maximum: ${maximum}}}}}}}
`;
const deployment = (label: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: ${label}}}
  template: {metadata: {labels: {app: ${label}}}, spec: {containers: [{name: web, image: "registry.example.com/web:1"}]}}
`;
const namespace = (name: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`;

describeWith('control-plane', 'a cluster that others use', () => {
  const plane = sharedControlPlane();
  let server: ClusterClient;

  const judged = (text: string) =>
    judge({ objects: read(text) }, server, { missingDefinitions: 'error', definitions: [] }, new AbortController().signal);
  const create = (path: string, text: string) => server.ask({ method: 'POST', path, body: text, type: 'application/yaml' });

  beforeAll(async () => {
    server = connectCluster((await plane()).address, { throwAway: false });
    await create('/api/v1/namespaces', namespace('shop'));
    await create('/apis/apps/v1/namespaces/shop/deployments', deployment('web'));
    await create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition(4));
  });
  afterAll(() => server.close());

  test('what it has is not touched, and is what a change is held against', async () => {
    const before = await standingIn(server);
    expect(await judged(`${namespace('shop')}---\n${deployment('web')}---\n${definition(4)}`)).toEqual([]);
    const findings = await judged(deployment('other'));
    expect(findings.map(({ line, message }) => [line, message])).toEqual([
      [5, 'spec.selector: Invalid value: {"matchLabels":{"app":"other"}}: field is immutable'],
    ]);
    expect(await standingIn(server)).toEqual(before);
  });

  test('its definitions count', async () => {
    const findings = await judged('apiVersion: canal.example.com/v1\nkind: Lock\nmetadata: {name: a}\nspec: {gates: 9}\n');
    expect(findings.map(({ rule, message }) => [rule, message])).toEqual([
      ['api-server', 'spec.gates: Invalid value: 9: spec.gates in body should be less than or equal to 4'],
    ]);
  });

  test('where the set changes a definition of the cluster, what it defines cannot be checked', async () => {
    const lock = 'apiVersion: canal.example.com/v1\nkind: Lock\nmetadata: {name: a}\nspec: {gates: 9}\n';
    const findings = await judged(`${lock}---\n${definition(40)}`);
    expect(findings.map(({ line, rule, message }) => [line, rule, message])).toEqual([
      [1, 'missing-definition', 'Not checked: the cluster has another definition locks.canal.example.com than this environment.'],
    ]);
  });

  test('what a killed validation left there is swept once it is old, and nothing else', async () => {
    const before = await standingIn(server);
    await create(
      '/api/v1/namespaces',
      `apiVersion: v1\nkind: Namespace\nmetadata: {name: left, labels: {${ours}: "true"}, finalizers: []}\n`,
    );
    const now = Date.now();
    await sweep(server, new Date(now));
    expect(await standingIn(server)).not.toEqual(before);
    const finalized = finalizing(server);
    await Promise.all([sweep(server, new Date(now + 2 * 3_600_000)), finalized]);
    expect(await standingIn(server)).toEqual(before);
  });
});

/** What a cluster's controller manager does: lets a namespace go that is being deleted. */
async function finalizing(server: ClusterClient): Promise<void> {
  for (;;) {
    const { body } = await server.ask({ method: 'GET', path: '/api/v1/namespaces/left' });
    const left = JSON.parse(body) as { readonly metadata: { readonly deletionTimestamp?: string } };
    if (left.metadata.deletionTimestamp !== undefined) {
      await server.ask({ method: 'PUT', path: '/api/v1/namespaces/left/finalize', body: JSON.stringify({ ...left, spec: {} }) });
      return;
    }
  }
}
