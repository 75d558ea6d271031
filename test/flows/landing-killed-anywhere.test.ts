import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isWrite } from '../support/api-proxy.ts';
import { everything, longest, upTo } from '../support/busy-worlds.ts';
import { sharedControlPlane } from '../support/control-plane.ts';
import { type LandingWorld, landingWorld } from '../support/landing-world.ts';
import { describeWith } from '../support/parts.ts';
import { exitOf } from '../support/scan-process.ts';

const ended = { code: 0, signal: null };

describeWith('control-plane', 'between the merge and the grant', () => {
  const plane = sharedControlPlane();
  const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-landing-'));
  let world: LandingWorld;
  beforeAll(async () => {
    world = await landingWorld(folder, await plane());
  }, longest);
  afterEach(() => world.restore());
  afterAll(async () => {
    await world.dispose();
    rmSync(folder, { recursive: true });
  });

  /** What the cluster has stands in the journal and in the book, whenever it ends. */
  async function expectWrittenBefore(number: number): Promise<void> {
    const { bindings, book, entries } = await world.sight();
    const granted = entries.flatMap(({ kind, facts }) => (kind === 'grant' ? [facts['grant']] : []));
    const known = book.grants.map(({ grant }) => grant.id);
    expect({ number, granted, known }).toEqual({
      number,
      granted: expect.arrayContaining([...bindings, ...known]),
      known: expect.arrayContaining([...bindings]),
    });
  }

  /** One grant, in all places, given once. */
  async function expectGranted(number: number): Promise<void> {
    expect({ number, end: await exitOf(world.start()) }).toEqual({ number, end: ended });
    const { bindings, book, entries } = await world.sight();
    const [record] = book.grants;
    expect({ number, book }).toMatchObject({ number, book: { grants: [{ state: 'active', grant: { file: world.file } }], refused: {} } });
    expect({ number, bindings }).toEqual({ number, bindings: [record?.grant.id] });
    expect({ number, kinds: entries.map(({ kind }) => kind) }).toEqual({ number, kinds: ['grant'] });
  }

  /** The world is as at the beginning each time. */
  async function each(numbers: readonly number[], work: (number: number) => Promise<void>): Promise<void> {
    for (const number of numbers) {
      await world.restore();
      await work(number);
    }
  }

  async function steps(): Promise<number> {
    const count = join(folder, 'steps');
    expect(await exitOf(world.start({ count }))).toEqual(ended);
    await expectGranted(0);
    return Number(readFileSync(count, 'utf8'));
  }

  test.each(['with what is remembered', 'with store and journal lost'])(
    'killed before its git processes, changes of files and rows, %s',
    async (how) => {
      const last = await steps();
      expect(last).toBeGreaterThan(20);
      const dead: number[] = [];
      await each(upTo(last, everything ? 1 : 4), async (number) => {
        const { signal } = await exitOf(world.start({ step: number, how: 'die' }));
        if (signal === 'SIGKILL') dead.push(number);
        await expectWrittenBefore(number);
        if (how !== 'with what is remembered') world.forget();
        await expectGranted(number);
      });
      expect(dead.length).toBeGreaterThan(5);
    },
    longest,
  );

  test.each([false, true])(
    'killed at each write to the cluster; done by then: %s',
    async (after) => {
      await each([1, 2], async (number) => {
        let seen = 0;
        const child = world.start();
        const end = exitOf(child);
        world.proxy.faults.plan((request) => isWrite(request) && ++seen === number && (child.kill('SIGKILL') || true), {
          reset: true,
          after,
        });
        expect({ number, end: await end }).toEqual({ number, end: { code: null, signal: 'SIGKILL' } });
        world.proxy.faults.recover();
        await expectWrittenBefore(number);
        await expectGranted(number);
      });
    },
    longest,
  );

  test(
    'two at once, and a third after them: one grant',
    async () => {
      const before = world.proxy.writes().length;
      expect(await Promise.all([1, 2].map(() => exitOf(world.start())))).toEqual([ended, ended]);
      await expectGranted(0);
      expect(world.proxy.writes().slice(before)).toHaveLength(2); // its timer and its binding
    },
    longest,
  );

  test(
    'a forge that does not answer grants nothing, and keeps no grant from its end',
    async () => {
      await world.restore();
      await expectGranted(0);
      world.loseForge();
      expect(await exitOf(world.start())).toEqual(ended);
      expect((await world.sight()).bindings).toHaveLength(1);
      await world.expire();
      expect(await exitOf(world.start())).toEqual(ended);
      const { bindings, book, entries } = await world.sight();
      expect({ bindings, states: book.grants.map(({ state }) => state) }).toEqual({ bindings: [], states: ['ended'] });
      expect(entries.map(({ kind }) => kind)).toEqual(['grant', 'revocation', 'revocation']);
    },
    longest,
  );
});
