import { createLocal } from '../../../src/adapters/forges/local/local.ts';
import { type Death, endingWorld } from '../../support/ending-world.ts';
import { localFixture } from '../../support/local-fixture.ts';
import { describeWith } from '../../support/parts.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const root = temporaryFolder();
const hour = new Date('2026-11-21T14:00:00Z');
const longest = 300_000;

type World = Awaited<ReturnType<typeof endingWorld>>;

/** Begins a grant, does that to it, and gives what one pass or command does about it. */
const ends: Readonly<Record<string, (world: World) => Promise<(death?: Death) => Promise<boolean>>>> = {
  'that has reached its hour': async ({ pass }) => pass,
  'that lost its file': async ({ pass, pushAsPerson, path, file, reads }) => {
    await pushAsPerson(path, 'main', { [file]: undefined }, 'enough');
    await reads();
    return pass;
  },
  'that was edited in the cluster': async ({ pass, state }) => {
    state.edited = 'a subject was added';
    return pass;
  },
  'that is revoked':
    async ({ revokeAndDie }) =>
    (death) =>
      revokeAndDie({ by: 'local:lead', reason: 'done' }, death),
};

/** The others go the same way in the end. */
const everyWay = { 'that has reached its hour': true };

describeWith('git', 'the process dies while it ends a grant', () => {
  let count = 0;
  const begin = async (
    how: keyof typeof ends,
  ): Promise<{ readonly world: World; readonly end: (death?: Death) => Promise<boolean>; readonly folder: string }> => {
    count += 1;
    const folder = `${root()}/${count}`;
    const now = how === 'that has reached its hour' ? hour : new Date(hour.getTime() - 3_600_000);
    const world = await endingWorld(localFixture(folder, createLocal({ name: 'local', path: folder })), () => now);
    return { world, end: (await ends[how]?.(world)) ?? world.pass, folder };
  };
  /** What is left, but for folders, and for ids of commits, which hold the time. */
  const snapshot = async (world: World, folder: string): Promise<unknown> => {
    const { record, entries, state, told, path, comments, request, reads, countMergeRequests } = world;
    await reads();
    const { removal, ...rest } = record() ?? {};
    const left = {
      record: { ...rest, removal: removal && { ...removal, head: '' } },
      entries: entries(),
      live: state.live,
      files: state.files,
      comments: await comments(path, request),
      requests: await countMergeRequests(path),
      ended: [...new Set(told.ended.map((one) => JSON.stringify(one)))],
      alarms: [...new Set(told.alarms.map((one) => JSON.stringify(one)))],
    };
    return JSON.parse(JSON.stringify(left).replaceAll(folder, '')) as unknown;
  };

  test.each(Object.keys(ends))(
    'of a grant %s, at each step, before and after its effect: the next pass repairs it',
    async (how) => {
      const first = await begin(how);
      expect(await first.end()).toBe(false);
      await first.world.pass();
      const wanted = await snapshot(first.world, first.folder);
      expect(wanted).toMatchObject({ live: [], record: { state: 'ended' } });
      let died = 0;
      for (let step = 1, isDead = true; isDead; step += how in everyWay ? 1 : 3) {
        for (const after of how in everyWay ? [false, true] : [step % 2 === 0]) {
          const { world, end, folder } = await begin(how);
          isDead = await end({ step, after });
          if (isDead) died += 1;
          // Nobody has heard of it yet, and whoever wanted it wants it again.
          if (how === 'that is revoked' && world.record()?.state === 'active') await end();
          await world.reads();
          await world.pass();
          await world.pass();
          expect({ step, after, end: await snapshot(world, folder) }).toEqual({ step, after, end: wanted });
        }
      }
      expect(died).toBeGreaterThan(how in everyWay ? 30 : 4);
    },
    longest,
  );
});
