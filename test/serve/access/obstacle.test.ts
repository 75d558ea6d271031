import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { kubeconfigText } from '../../../src/adapters/cluster/control-plane/kubeconfig.ts';
import type { ClusterAddress } from '../../../src/domain/cluster.ts';
import { obstacleTo } from '../../../src/serve/access/obstacle.ts';
import { AccessCluster, guards as policies, written } from '../../support/access-cluster.ts';
import { settingsOf } from '../../support/builders/access.ts';
import { sharedControlPlane } from '../../support/control-plane.ts';
import { describeWith } from '../../support/parts.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const environment = { name: 'production' };
const never = new AbortController().signal;
const log = pino({ level: 'silent' });
const parts = (guards: 'required' | 'optional') => ({ settings: settingsOf({ guards }), log, redact: (text: string) => text });

describeWith('control-plane', 'before anybody approves in vain', () => {
  const plane = sharedControlPlane();
  const temporary = temporaryFolder();
  let cluster: AccessCluster;
  beforeAll(async () => {
    cluster = await AccessCluster.open(await plane(), { guarded: false });
    await cluster.namespace('shop');
  });
  afterAll(() => cluster.close());

  async function asked(namespace: string, guards: 'required' | 'optional', address?: ClusterAddress): Promise<string | undefined> {
    const file = join(temporary(), 'kubeconfig');
    const at = address ?? { ...(await plane()).address, token: await cluster.token('lockkeeper-system', 'lockkeeper-access') };
    writeFileSync(file, kubeconfigText(at));
    const of = { name: 'blue', place: { kubeconfig: file }, usernamePrefix: '', groupsPrefix: '' };
    return obstacleTo(parts(guards), { ...environment, cluster: of }, namespace, never);
  }

  test('a cluster without the policies is said to have none, and one with them is no obstacle', async () => {
    expect(await asked('shop', 'required')).toMatch(
      /^Nothing can be granted: the cluster is not guarded: policy lockkeeper-[a-z]+: it is not there: .* Install the policies of environments-template; "lockkeeper access doctor" says what is missing\.$/,
    );
    expect(await asked('shop', 'optional')).toBeUndefined();
    await cluster.apply(written(policies));
    await cluster.untilGuarded();
    expect(await asked('shop', 'required')).toBeUndefined();
  });

  test('a namespace that is not there', async () => {
    expect(await asked('shpo', 'required')).toBe(
      'Nothing can be granted: there is no namespace shpo in the cluster. Ask for a namespace of this environment.',
    );
  });

  test('an account that may not even look', async () => {
    await cluster.apply([{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'nothing', namespace: 'lockkeeper-system' } }]);
    const address = { ...(await plane()).address, token: await cluster.token('lockkeeper-system', 'nothing') };
    expect(await asked('shop', 'required', address)).toMatch(
      /^Nothing can be granted: the cluster of production refuses to be looked at: .*doctor/,
    );
  });

  test('what does not answer is asked again before anything is given', async () => {
    const { address } = await plane();
    expect(await asked('shop', 'required', { ...address, url: 'https://127.0.0.1:1' })).toBeUndefined();
  });
});
