import { type ClusterClient, connectCluster } from '../../src/adapters/cluster/client.ts';
import { findDrift } from '../../src/deploy/drift/drift.ts';
import { openTarget } from '../../src/deploy/target.ts';
import { record } from '../../src/manifests/objects.ts';
import { sharedControlPlane } from '../support/control-plane.ts';
import { deployed, stateOf, told } from '../support/deploy-world.ts';
import { silent } from '../support/deployed.ts';
import { describeWith } from '../support/parts.ts';

const namespace = 'take-back';
const manifest = `apiVersion: v1
kind: Namespace
metadata: {name: ${namespace}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: ${namespace}, annotations: {note: ours}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: "web:1", env: [{name: MODE, value: fast}]}]
`;
const web = `/apis/apps/v1/namespaces/${namespace}/deployments/web`;

describeWith('control-plane', 'a run that sets back what people changed', () => {
  const shared = sharedControlPlane();
  let server: ClusterClient;
  beforeAll(async () => {
    server = connectCluster((await shared()).address, { throwAway: true });
  });
  afterAll(() => server.close());

  const patch = async (manager: string, path: string, body: object): Promise<void> => {
    const type = 'application/strategic-merge-patch+json';
    const { status } = await server.ask({ method: 'PATCH', path: `${path}?fieldManager=${manager}`, type, body: JSON.stringify(body) });
    expect(status).toBe(200);
  };
  const run = async (takeOver: boolean) =>
    told((await deployed(server, namespace, await stateOf({ 'all.yaml': manifest }), { takeOver })).report);
  const live = async () => record(JSON.parse((await server.ask({ method: 'GET', path: web })).body));
  const drifts = async () => {
    const target = await openTarget({ server, environment: namespace, formerly: [] });
    return (await findDrift(target, await stateOf({ 'all.yaml': manifest }), silent, new AbortController().signal)).drifts;
  };

  test('takes away what they put beside ours, and leaves what is not theirs, or is meant to stay', async () => {
    await run(false);
    const debug = { name: 'web', env: [{ name: 'DEBUG', value: '1' }] };
    const restarted = { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-11-21T18:00:00Z' } };
    await patch('kubectl-set', web, { spec: { template: { spec: { containers: [debug, { name: 'shell', image: 'sh:1' }] } } } });
    await patch('kubectl-annotate', web, { metadata: { annotations: { 'example.com/x': '1', 'lockkeeper.dev/prune': 'disabled' } } });
    await patch('kubectl-rollout', web, { spec: { template: { metadata: restarted } } });
    await patch('kubectl-edit', web, { spec: { replicas: 5 } });
    await patch('mesh', web, { metadata: { annotations: { 'mesh.example.com/y': '1' } } });
    expect((await drifts()).map(({ stays }) => stays)).toEqual([undefined]);

    expect(await run(false)).toMatchObject({ outcome: 'succeeded', changed: [], unchanged: 2 });
    expect(JSON.stringify(await live())).toContain('DEBUG');

    expect(await run(true)).toMatchObject({
      outcome: 'succeeded',
      changed: [`apps/Deployment/${namespace}/web`],
      notes: [expect.stringContaining('web: what was put there by hand leaves: '), 'Rollouts were not waited for.'],
    });
    const { metadata, spec } = await live();
    const { replicas, template } = record(spec);
    expect(Object.keys(record(record(metadata)['annotations'])).toSorted()).toEqual([
      'lockkeeper.dev/applied',
      'lockkeeper.dev/identity',
      'lockkeeper.dev/prune',
      'mesh.example.com/y',
      'note',
    ]);
    expect(replicas).toBe(5);
    expect(record(record(template)['metadata'])['annotations']).toEqual(restarted.annotations);
    expect(record(record(template)['spec'])['containers']).toMatchObject([{ name: 'web', env: [{ name: 'MODE', value: 'fast' }] }]);

    expect(await run(true)).toMatchObject({ outcome: 'succeeded', changed: [], unchanged: 2, notes: ['Rollouts were not waited for.'] });
    expect((await drifts()).map(({ stays, summary }) => [stays, summary])).toEqual([[true, expect.stringContaining('replicas')]]);
  });
});
