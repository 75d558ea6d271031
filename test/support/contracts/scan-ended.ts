import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Entry } from '../../../src/domain/journal.ts';
import type { ScanWorld } from '../scan-world.ts';
import { type Begin, environment, manifest, requestUrl } from './scan-scene.ts';

const entries = async (world: ScanWorld): Promise<readonly Entry[]> =>
  (JSON.parse((await world.run('journal', 'list', '--json')).stdout) as { readonly entries: readonly Entry[] }).entries;

/** Everything but the journal. */
function loseStore(world: ScanWorld): void {
  const data = join(dirname(world.config), 'data');
  for (const name of readdirSync(data)) if (!name.startsWith('journal.db')) rmSync(join(data, name), { recursive: true });
}

/** What people do with merge requests is in the journal, once. */
export function endedContract(begin: Begin): void {
  test('who merged or closed one, and who approved it, is written down once; also when the store is lost', async () => {
    const { world, publish } = await begin(['1.5.0']);
    // git alone does not say which user of the forge pushed a merge
    const merger = world.forge.traits.type === 'local' ? {} : { by: 'ada' };
    await world.scan();
    await world.approveAsPerson(environment, 1);
    await world.mergeAsPerson(environment, 1);
    const merged = { environment: 'staging', title: 'billing 1.4.2 → 1.5.0', url: requestUrl(1), action: 'merged', ...merger };
    expect((await world.scan('--dry-run')).ended).toEqual([]);
    expect((await world.scan()).ended).toEqual([merged]);
    publish('1.6.0');
    expect((await world.scan()).proposals).toMatchObject([{ action: 'open' }]);
    await world.closeAsPerson(environment, 2);
    const closed = { environment: 'staging', title: 'billing 1.5.0 → 1.6.0', url: requestUrl(2), action: 'closed', by: 'ada' };
    const both = await world.scan();
    expect(both.errors).toEqual([]);
    expect(both.ended).toEqual(expect.arrayContaining([merged, closed]));
    loseStore(world);
    expect((await world.scan()).ended).toEqual(expect.arrayContaining([merged, closed]));
    await world.scan();

    const repository = `${world.forgeName}:${environment}`;
    const facts = { app: 'billing', repository };
    const ada = `${world.forgeName}:ada`;
    expect(await entries(world)).toMatchObject([
      { kind: 'proposal', actor: 'lockkeeper', facts: { action: 'open' } },
      { kind: 'approval', actor: ada, environment: 'staging', facts: { ...facts, action: 'approved', mergeRequest: 1 } },
      {
        kind: 'merge',
        actor: 'by' in merger ? ada : world.forgeName,
        environment: 'staging',
        what: 'merged merge request 1: billing 1.4.2 → 1.5.0',
        why: `approved by ${ada}`,
        links: [requestUrl(1)],
        facts: {
          ...facts,
          action: 'merged',
          mergeRequest: 1,
          from: '1.4.2',
          to: '1.5.0',
          approvedBy: ada,
          event: `merged ${repository} 1`,
        },
      },
      { kind: 'proposal', actor: 'lockkeeper', facts: { action: 'open' } },
      { kind: 'proposal', actor: ada, why: 'not this version', facts: { ...facts, action: 'closed', mergeRequest: 2 } },
    ]);
    expect((await world.run('journal', 'verify')).exit).toBe(0);
  });

  test('what we close ourselves, or what a person opened from a branch like ours, is no news', async () => {
    const { world, billing } = await begin(['1.5.0']);
    await world.scan();
    await world.pushAsPerson(environment, 'lockkeeper/mine', { 'mine.yaml': 'a: 1\n' }, 'Mine');
    const mine = { branch: 'lockkeeper/mine', target: 'main', title: 'Mine', description: 'By hand', labels: [] };
    const { id } = await world.forge.open(environment, mine);
    await world.closeAsPerson(environment, id);
    await world.pushAsPerson(environment, 'main', { [manifest]: billing('1.5.0') }, 'By hand');
    expect((await world.scan()).proposals).toMatchObject([{ action: 'close' }]);
    expect((await world.scan()).ended).toEqual([]);
    expect((await entries(world)).map(({ facts }) => facts['action'])).toEqual(['open', 'close']);
  });
}
