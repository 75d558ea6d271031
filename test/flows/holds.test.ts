import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClusterClient, connectCluster } from '../../src/adapters/cluster/client.ts';
import { kubeconfigText } from '../../src/adapters/cluster/control-plane/kubeconfig.ts';
import type { ApiReply } from '../../src/domain/cluster.ts';
import { createJudging, type Judging } from '../../src/serve/judging.ts';
import type { ForgeFixture } from '../support/contracts/forge-fixture.ts';
import { sharedControlPlane } from '../support/control-plane.ts';
import { forgeFixtures } from '../support/forge-fixtures.ts';
import { describeWith } from '../support/parts.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { path, validationWorld } from '../support/validation-world.ts';

const config = (name: string, data: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n${data}\n`;
const files = {
  'environment.yml': 'name: staging\nmanifests:\n  - manifests/\n',
  'manifests/a.yaml': config('a', 'data: { key: one }'),
  'manifests/b.yaml': config('b', 'data: { key: one }'),
};
const change = (name: string, value: string) => ({ [`manifests/${name}.yaml`]: config(name, `data: { key: ${value} }`) });

const changeA = change('a', 'two');

describeWith('control-plane', 'who holds what is said at merge requests', () => {
  let judging: Judging;
  beforeAll(() => {
    judging = createJudging({ env: process.env, debug: () => {}, warn: () => {} });
  });
  afterAll(() => judging.close());

  describe.each(Object.entries(forgeFixtures))('%s', (name, create) => {
    let fixture: ForgeFixture;
    let world: ReturnType<typeof validationWorld>;
    beforeEach(async () => {
      fixture = await create();
      await fixture.createRepository(path, files);
      world = validationWorld(fixture, judging);
    });
    afterEach(() => fixture.dispose());

    const opened = async (branch: string, title: string, what: Readonly<Record<string, string>>): Promise<number> => {
      await fixture.pushAsPerson(path, branch, what, title);
      return fixture.openAsPerson(path, branch, title);
    };
    /** What the comment says of others. */
    const told = async (id: number): Promise<string> => {
      const all = await world.ours(id);
      expect(all.length).toBeLessThan(2);
      return (all[0] ?? '')
        .split('\n')
        .filter((line) => line.startsWith('> **Also'))
        .join('\n');
    };
    /** The local forge's merge requests have no page. */
    const named = (id: number) => (name === 'local' ? `\`!${id}\`` : `[${name === 'github' ? '#' : '!'}${id}](http`);

    test('the second is told of the first, with a link; once the first is closed, no more', async () => {
      const first = await opened('one', 'Change *a* @all', change('a', 'two'));
      const second = await opened('two', 'Change a and b', { ...change('a', 'three'), ...change('b', 'three') });
      const third = await opened('three', 'Change b', change('b', 'two'));
      for (const id of [first, third, second]) await world.validate(id);
      expect([await told(first), await told(third)]).toEqual(['', '']);
      const [one = '', other = ''] = (await told(second)).split('\n');
      expect(one).toMatch(/\(since \d{4}-\d\d-\d\d \d\d:\d\d UTC\): `ConfigMap a`\.$/);
      expect(one).toContain(named(first));
      expect(one).toContain('Change \\*a\\* @\u200ball');
      expect(other).toContain(named(third));
      expect((await world.status((await fixture.forge.request(path, second)).commit))?.state).toBe('success');
      await world.work();
      await fixture.closeAsPerson(path, first);
      await world.others();
      await world.work();
      expect(await told(second)).toBe(other);
      await world.others();
      expect(world.queue.jobs).toEqual([]);
      expect(world.outcomes).toEqual(['accepted', 'accepted', 'accepted']);
    });

    test('one whose objects change lets others have them; nobody is judged again for it', async () => {
      const first = await opened('one', 'Change a', change('a', 'two'));
      const second = await opened('two', 'Change a too', change('a', 'three'));
      await world.validate(first);
      await world.validate(second);
      expect(await told(second)).toContain('`ConfigMap a`');
      await fixture.pushAsPerson(path, 'one', { ...change('a', 'one'), ...change('b', 'two') }, 'b rather than a');
      await world.validate(first);
      await world.work();
      expect([await told(first), await told(second)]).toEqual(['', '']);
      expect(world.outcomes).toEqual(['accepted', 'accepted', 'accepted']);
    });

    test('released by a comment of somebody who may push, until its next plan', async () => {
      const first = await opened('one', 'Change a', change('a', 'two'));
      const second = await opened('two', 'Change a too', change('a', 'three'));
      await world.validate(first);
      await world.validate(second);
      await world.command(first, await fixture.commentAsPerson(path, first, '/lockkeeper unlock'));
      expect((await fixture.comments(path, first)).filter((text) => /Released by ada: .* `ConfigMap a` any more/.test(text))).toHaveLength(
        1,
      );
      await world.work();
      expect([await told(first), await told(second)]).toEqual(['', '']);
      await fixture.pushAsPerson(path, 'one', change('a', 'four'), 'more');
      await world.validate(first);
      await world.work();
      expect(await told(first)).toContain(named(second));
      expect(await told(second)).toBe('');
    });

    test('a lost store costs what was held, until the next validation', async () => {
      const first = await opened('one', 'Change a', change('a', 'two'));
      const second = await opened('two', 'Change a too', change('a', 'three'));
      await world.validate(first);
      world = validationWorld(fixture, judging);
      await world.validate(second);
      expect(await told(second)).toBe('');
      await world.validate(first);
      await world.work();
      const both = [await told(first), await told(second)];
      expect(both.filter((text) => text !== '')).toHaveLength(1);
    });
  });

  describe('a deployment run of the environment', () => {
    const plane = sharedControlPlane();
    const folder = temporaryFolder();
    const namespace = '/api/v1/namespaces/lockkeeper-system';
    const lease = '/apis/coordination.k8s.io/v1/namespaces/lockkeeper-system/leases';
    let cluster: ClusterClient;
    let fixture: ForgeFixture;
    let world: ReturnType<typeof validationWorld>;
    const stand = async (spec: object): Promise<void> => {
      const body = JSON.stringify({ metadata: { name: 'lockkeeper-staging' }, spec });
      expect((await cluster.ask({ method: 'POST', path: lease, body })).status).toBe(201);
    };
    const patch = (spec: object): Promise<ApiReply> =>
      cluster.ask({
        method: 'PATCH',
        path: `${lease}/lockkeeper-staging`,
        body: JSON.stringify({ spec }),
        type: 'application/merge-patch+json',
      });
    beforeAll(async () => {
      const { address } = await plane();
      cluster = connectCluster(address, { throwAway: true });
      await cluster.ask({ method: 'POST', path: '/api/v1/namespaces', body: JSON.stringify({ metadata: { name: 'lockkeeper-system' } }) });
      expect((await cluster.ask({ method: 'GET', path: namespace })).status).toBe(200);
    });
    afterAll(() => cluster.close());
    beforeEach(async () => {
      const kubeconfig = join(folder(), 'kubeconfig');
      writeFileSync(kubeconfig, kubeconfigText((await plane()).address));
      fixture = (await forgeFixtures['local']?.()) as ForgeFixture;
      await fixture.createRepository(path, files);
      const alone: Judging = {
        ...judging,
        lease: ({ cluster, ...of }, signal) => {
          expect(cluster).toBeDefined();
          return judging.lease(of, signal);
        },
      };
      world = validationWorld(fixture, alone, kubeconfig);
    });
    afterEach(async () => {
      await cluster.ask({ method: 'DELETE', path: `${lease}/lockkeeper-staging` });
      await fixture.dispose();
    });
    const held = { holderIdentity: 'pod-1', leaseDurationSeconds: 30, acquireTime: '2026-11-21T19:00:00.000000Z' };
    const comment = async (id: number): Promise<string> => (await world.ours(id))[0] ?? '';

    test('is said while it lasts', async () => {
      await stand({ ...held, renewTime: '2026-11-21T19:00:00.000000Z' });
      await fixture.pushAsPerson(path, 'one', changeA, 'a');
      const id = await fixture.openAsPerson(path, 'one', 'Change a');
      await world.validate(id);
      expect(await comment(id)).toContain('**A deployment run of `staging` is in progress** since 2026-11-21 19:00 UTC (`pod-1`)');
      await patch({ holderIdentity: null });
      await world.others();
      await world.work();
      expect(await comment(id)).not.toContain('in progress');
      expect(world.outcomes).toEqual(['accepted']);
    });

    test('that lives is not released, and its time is told; what the merge request holds is', async () => {
      await stand({ ...held, renewTime: '2026-11-21T19:00:00.000000Z' });
      await fixture.pushAsPerson(path, 'one', changeA, 'a');
      const id = await fixture.openAsPerson(path, 'one', 'Change a');
      await world.validate(id);
      let isOver = false;
      const commanded = world.command(id, await fixture.commentAsPerson(path, id, '/lockkeeper unlock')).finally(() => {
        isOver = true;
      });
      for (let beat = 0; !isOver; beat += 1)
        await patch({ renewTime: new Date(Date.UTC(2026, 10, 21, 19, 1) + beat).toISOString().replace('Z', '000Z') });
      await commanded;
      const [reply = ''] = (await fixture.comments(path, id)).filter((text) => text.includes('Released by ada'));
      expect(reply).toMatch(
        /`ConfigMap a`[\s\S]*\(`pod-1`\) has the environment's lock and renews it: it cannot be released\. It lasts until \d{4}-/,
      );
      expect(JSON.parse((await cluster.ask({ method: 'GET', path: `${lease}/lockkeeper-staging` })).body)).toMatchObject({
        spec: { holderIdentity: 'pod-1' },
      });
    });
  });
});
