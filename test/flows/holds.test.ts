import { createJudging, type Judging } from '../../src/serve/judging.ts';
import type { ForgeFixture } from '../support/contracts/forge-fixture.ts';
import { forgeFixtures } from '../support/forge-fixtures.ts';
import { describeWith } from '../support/parts.ts';
import { path, validationWorld } from '../support/validation-world.ts';

const config = (name: string, data: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n${data}\n`;
const files = {
  'environment.yml': 'name: staging\nmanifests:\n  - manifests/\n',
  'manifests/a.yaml': config('a', 'data: { key: one }'),
  'manifests/b.yaml': config('b', 'data: { key: one }'),
};
const change = (name: string, value: string) => ({ [`manifests/${name}.yaml`]: config(name, `data: { key: ${value} }`) });

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
});
