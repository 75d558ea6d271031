import { setImmediate as turn } from 'node:timers/promises';
import { OutsideError } from '../../../src/domain/errors.ts';
import type { Locks } from '../../../src/domain/locks.ts';

/** What all locks promise. `create` gives two that share one store, as two processes would. */
export function locksContract(name: string, create: () => Promise<readonly [Locks, Locks]>): void {
  describe(`${name} keeps the locks' contract`, () => {
    let here: Locks;
    let there: Locks;
    beforeEach(async () => {
      [here, there] = await create();
    });

    /** Holds the lock until it is told to let go. */
    async function holding(locks: Locks, lock: string) {
      const begun = Promise.withResolvers<void>();
      const end = Promise.withResolvers<void>();
      const held = locks.hold(lock, 1000, async () => {
        begun.resolve();
        await end.promise;
      });
      await begun.promise;
      return async () => {
        end.resolve();
        await held;
      };
    }

    test('the work’s result, and its own failure, after which the lock is free', async () => {
      expect(await here.hold('a', 1000, async () => 7)).toBe(7);
      const failing = here.hold('a', 1000, async () => {
        throw new RangeError('mine');
      });
      await expect(failing).rejects.toThrow(RangeError);
      expect(await there.hold('a', 1000, async () => 8)).toBe(8);
    });

    test('one at a time, in the order of asking within one process', async () => {
      const order: string[] = [];
      const work = (text: string) =>
        here.hold('a', 10_000, async () => {
          order.push(`${text} begins`);
          await turn();
          order.push(`${text} ends`);
        });
      await Promise.all(['1', '2', '3'].map(work));
      expect(order).toEqual(['1', '2', '3'].flatMap((text) => [`${text} begins`, `${text} ends`]));
    });

    test('never two at the same time in two processes', async () => {
      let inside = 0;
      let most = 0;
      const work = (locks: Locks) =>
        locks.hold('a', 20_000, async () => {
          inside += 1;
          most = Math.max(most, inside);
          await turn();
          inside -= 1;
        });
      await Promise.all(Array.from({ length: 20 }, (_, index) => work(index % 2 === 0 ? here : there)));
      expect(most).toBe(1);
    });

    test('two names do not wait for each other, whatever their text', async () => {
      const release = await holding(here, 'environment gitlab:å/\u0000 b');
      expect(await there.hold('environment gitlab:å/\u0000 c', 0, async () => 'free')).toBe('free');
      expect(await here.hold('environment gitlab:å/\u0000 d', 0, async () => 'free')).toBe('free');
      await release();
    });

    test.each(['this process', 'another'])('patience ends while %s has it, and the line goes on', async (who) => {
      const release = await holding(here, 'environment a');
      const waiting = who === 'another' ? there : here;
      const refused = waiting.hold('environment a', 30, async () => 'got it');
      await expect(refused).rejects.toThrow(OutsideError);
      await expect(refused).rejects.toThrow('environment a: somebody else has worked on it for 0.03 s');
      const patient = waiting.hold('environment a', 10_000, async () => 'got it');
      await release();
      expect(await patient).toBe('got it');
    });
  });
}
