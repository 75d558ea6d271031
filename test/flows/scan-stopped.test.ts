import { busyGitLab } from '../support/busy-forges.ts';
import { busyWorlds, expectRepaired, type Known, longest, upTo } from '../support/busy-worlds.ts';
import type { LoggedRequest } from '../support/faults.ts';

const isWrite = ({ method }: LoggedRequest): boolean => method !== 'GET' && method !== 'HEAD';

describe('a scan that is told to stop', () => {
  const worlds = busyWorlds(busyGitLab);

  /** Stops that left something unwritten. */
  const early: number[] = [];

  /** Told so at the so-manieth request. */
  async function expectStopped({ world, asked, end }: Known, number: number): Promise<void> {
    const stop = new AbortController();
    let seen = 0;
    world.asked();
    world.faults.plan(
      () => {
        seen += 1;
        if (seen === number) stop.abort(new Error('Lockkeeper stops'));
        return false;
      },
      { status: 500 },
    );
    const stopped = world.scanOnce({ signal: stop.signal });
    await expect(stopped).rejects.toThrow('Lockkeeper stops');
    world.faults.recover();
    const writes = world.asked().filter(isWrite).length;
    if (number <= 3) expect({ number, writes }).toEqual({ number, writes: 0 });
    if (writes < asked.filter(isWrite).length) early.push(number);
    await expectRepaired({ world, asked, end }, number);
  }

  test(
    'at any request, ends what it writes, begins nothing more, and the next one does the rest',
    async () => {
      const asked = Math.min(...worlds().known.map((known) => known.asked.length));
      expect(asked).toBeGreaterThan(20);
      await worlds().each(upTo(asked), expectStopped);
      expect(early.length).toBeGreaterThan(asked / 2);
    },
    longest,
  );
});
