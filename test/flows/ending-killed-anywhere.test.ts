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

describeWith('control-plane', 'between the hour of a grant and the removal of its file', () => {
  const plane = sharedControlPlane();
  const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-ending-'));
  let world: LandingWorld;
  let last: number;
  beforeAll(async () => {
    world = await landingWorld(folder, await plane());
    expect(await exitOf(world.start())).toEqual(ended);
    const { book, bindings } = await world.sight();
    const [record] = book.grants;
    expect({ state: record?.state, bindings }).toEqual({ state: 'active', bindings: [record?.grant.id] });
    await world.expire();
    if (record !== undefined) world.keep(record.grant);
    last = await steps();
  }, longest);
  afterAll(async () => {
    await world.dispose();
    rmSync(folder, { recursive: true });
  });

  /** Nothing is taken that the journal does not say, and the file goes last. */
  async function expectInOrder(number: number): Promise<void> {
    const { bindings, book, entries, asks } = await world.sight();
    const [record] = book.grants;
    const phases = entries.flatMap(({ kind, facts }) => (kind === 'revocation' ? [facts['phase']] : []));
    const isGone = bindings.length === 0;
    expect({ number, isGone, phases }).toEqual({ number, isGone, phases: isGone ? expect.arrayContaining(['begin']) : phases });
    if (record?.state === 'ended') expect({ number, isGone, phases }).toEqual({ number, isGone: true, phases: ['begin', 'end'] });
    if (!asks) expect({ number, state: record?.state }).toEqual({ number, state: 'ended' });
  }

  const nothingLeft = { bindings: [], timers: [], asks: false, requests: 2 };

  /** It is gone everywhere, said once, and its file was taken away by one merge request. */
  async function expectEnded(number: number): Promise<void> {
    expect({ number, end: await exitOf(world.start()) }).toEqual({ number, end: ended });
    const { book, entries, ...left } = await world.sight();
    expect({ number, ...left }).toEqual({ number, ...nothingLeft });
    expect({ number, grants: book.grants }).toMatchObject({
      number,
      grants: [{ state: 'ended', because: 'its time is up', goneAt: expect.any(String), removal: { merged: true } }],
    });
    expect({ number, kinds: entries.map(({ kind, facts }) => [kind, facts['phase']]) }).toEqual({
      number,
      kinds: [
        ['grant', undefined],
        ['revocation', 'begin'],
        ['revocation', 'end'],
      ],
    });
  }

  /** Whoever remembers nothing gives nothing back, and leaves nothing; an alarm says what nobody knows. */
  async function expectForgotten(number: number): Promise<void> {
    world.forget();
    expect({ number, end: await exitOf(world.start()) }).toEqual({ number, end: ended });
    const { book, entries, ...left } = await world.sight();
    expect({ number, ...left }).toEqual({ number, ...nothingLeft });
    expect({ number, states: book.grants.map(({ state }) => state).filter((one) => one !== 'ended') }).toEqual({ number, states: [] });
    expect({ number, kinds: entries.map(({ kind }) => kind).filter((one) => one !== 'revocation') }).toEqual({ number, kinds: [] });
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
    await world.restore();
    expect(await exitOf(world.start({ count }))).toEqual(ended);
    await expectEnded(0);
    return Number(readFileSync(count, 'utf8'));
  }

  test.each([
    ['with what is remembered', 9, expectEnded],
    ['with store and journal lost', 11, expectForgotten],
  ] as const)(
    'killed before its git processes, changes of files and rows, %s',
    async (_, stride, expectRepaired) => {
      expect(last).toBeGreaterThan(40);
      const dead: number[] = [];
      await each(upTo(last, everything ? 1 : stride), async (number) => {
        const { signal } = await exitOf(world.start({ step: number, how: 'die' }));
        if (signal === 'SIGKILL') dead.push(number);
        await expectInOrder(number);
        await expectRepaired(number);
      });
      expect(dead.length).toBeGreaterThan(3);
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
        await expectInOrder(number);
        await expectEnded(number);
      });
    },
    longest,
  );

  test(
    'two at once, and a third after them: one end, one removal',
    async () => {
      await world.restore();
      const before = world.proxy.writes().length;
      expect(await Promise.all([1, 2].map(() => exitOf(world.start())))).toEqual([ended, ended]);
      await expectEnded(0);
      expect(world.proxy.writes().slice(before)).toHaveLength(2); // its binding and its timer
    },
    longest,
  );
});
