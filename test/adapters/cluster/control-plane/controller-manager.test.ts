import { setTimeout as sleep } from 'node:timers/promises';
import { connectCluster } from '../../../../src/adapters/cluster/client.ts';
import { sharedControllers } from '../../../support/controller-manager.ts';
import { describeWith } from '../../../support/parts.ts';

describeWith('controller-manager', 'the controllers that tests run beside the API server', () => {
  const shared = sharedControllers();

  test('a deployment gets its pods, and a namespace that is deleted ends with all that is in it', async () => {
    const server = connectCluster((await shared()).address, { throwAway: true });
    const post = async (path: string, body: object) =>
      expect((await server.ask({ method: 'POST', path, body: JSON.stringify(body) })).status).toBe(201);
    await post('/api/v1/namespaces', { metadata: { name: 'played' } });
    const labels = { app: 'web' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:1' }] } };
    await post('/apis/apps/v1/namespaces/played/deployments', {
      metadata: { name: 'web' },
      spec: { selector: { matchLabels: labels }, template },
    });
    const pods = async (): Promise<number> => {
      const { body } = await server.ask({ method: 'GET', path: '/api/v1/namespaces/played/pods' });
      return (JSON.parse(body) as { items: unknown[] }).items.length;
    };
    while ((await pods()) === 0) await sleep(50);
    await server.ask({ method: 'DELETE', path: '/api/v1/namespaces/played' });
    while ((await server.ask({ method: 'GET', path: '/api/v1/namespaces/played' })).status !== 404) await sleep(50);
    await server.close();
  });
});
