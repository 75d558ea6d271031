import { type ClusterClient, connectCluster } from '../../src/adapters/cluster/client.ts';
import { previewDeployment } from '../../src/deploy/preview.ts';
import type { ApiServer } from '../../src/domain/cluster.ts';
import { objectName } from '../../src/domain/finding.ts';
import { sharedControlPlane } from '../support/control-plane.ts';
import { deployed, stateOf } from '../support/deploy-world.ts';
import { silent } from '../support/deployed.ts';
import { describeWith } from '../support/parts.ts';

const config = (name: string, value: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: preview-${name}, namespace: default}\ndata: {key: ${value}}\n`;
const files = (...documents: readonly string[]) => stateOf({ 'all.yaml': documents.join('---\n') });

describeWith('control-plane', 'what a run would do', () => {
  const shared = sharedControlPlane();
  let server: ClusterClient;
  beforeAll(async () => {
    server = connectCluster((await shared()).address, { throwAway: true });
  });
  afterAll(() => server.close());

  test('is told after one list of each kind', async () => {
    await deployed(server, 'preview', await files(config('same', 'a'), config('changes', 'a'), config('goes', 'a')));
    const asked: string[] = [];
    const counting: ApiServer = {
      host: server.host,
      throwAway: true,
      kinds: (signal) => server.kinds(signal),
      discover: (signal) => server.discover(signal),
      ask: (of, signal) => {
        if (of.path.includes('labelSelector=')) asked.push(of.path);
        return server.ask(of, signal);
      },
    };
    const state = await files(config('same', 'a'), config('changes', 'b'), config('comes', 'a'));
    const usual = { formerly: [], share: 1, timeoutMs: 1000, wait: false, patienceMs: 0, takeOver: false };
    const ports = { server: counting, now: () => new Date(), progress: silent };
    const preview = await previewDeployment(ports, { ...usual, environment: 'preview', state }, new AbortController().signal);
    const { create, change, prune, unchanged } = preview.plan;
    expect({
      create: create.map(objectName),
      change: change.map(({ object }) => objectName(object)),
      prune: prune.map(({ object }) => objectName(object)),
      unchanged,
      refusals: preview.refusals,
    }).toEqual({
      create: ['ConfigMap/default/preview-comes'],
      change: ['ConfigMap/default/preview-changes'],
      prune: ['ConfigMap/default/preview-goes'],
      unchanged: 1,
      refusals: [],
    });
    expect(asked.length).toBeGreaterThan(20);
    expect(new Set(asked).size).toBe(asked.length);
  });
});
