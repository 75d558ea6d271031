import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { busyWorlds, type CreateForge, everything, expectRepaired, type Known, longest, upTo } from '../busy-worlds.ts';
import { exitOf, type Mortal, startScan } from '../scan-process.ts';

/** Every how manieth request and step is tried. */
interface Strides {
  readonly requests: number;
  readonly steps: number;
  /** The same of git processes, files and rows that fail instead; without it none. */
  readonly failing?: number;
}

/** `lockkeeper scan` as a process of its own, killed: at requests that it sent, and before git processes, changes of files and rows of the store. */
export function killedAnywhereContract(name: string, create: CreateForge, strides: Strides): void {
  const { requests, steps, failing } = everything ? { requests: 1, steps: 1, failing: strides.failing && 1 } : strides;
  describe(`the process of a busy scan on ${name}`, () => {
    const worlds = busyWorlds(create);

    /** With this one the number is certain: the last steps may come in another order, but not fewer of them. */
    async function countSteps({ world }: Known): Promise<number> {
      const count = join(world.folder, 'steps');
      expect(await exitOf(startScan(world, { count }))).toEqual({ code: 0, signal: null });
      world.restore();
      return Number(readFileSync(count, 'utf8'));
    }

    test(
      `killed at one request in ${requests}, with and without its effect`,
      async () => {
        const last = Math.min(...worlds().known.map(({ asked }) => asked.length));
        await worlds().each(upTo(last, requests), async (known, number) => {
          const { world } = known;
          let seen = 0;
          const child = startScan(world);
          const end = exitOf(child);
          const isDead = () => ++seen >= number && (child.kill('SIGKILL') || true);
          world.faults.plan(isDead, { reset: true, after: number % 2 === 0 });
          world.faults.plan(() => seen >= number, { reset: true, times: Number.POSITIVE_INFINITY });
          expect({ number, end: await end }).toEqual({ number, end: { code: null, signal: 'SIGKILL' } });
          world.faults.recover();
          await expectRepaired(known, number);
        });
      },
      longest,
    );

    async function atEachStep(how: NonNullable<Mortal['how']>, stride: number, between: (known: Known) => void = () => {}): Promise<void> {
      const [first] = worlds().known;
      const last = first === undefined ? 0 : await countSteps(first);
      expect(last).toBeGreaterThan(10);
      const unharmed: number[] = [];
      await worlds().each(upTo(last, stride), async (known, number) => {
        const { code, signal } = await exitOf(startScan(known.world, { step: number, how }));
        if (how === 'die' ? signal !== 'SIGKILL' : code === 0) unharmed.push(number);
        between(known);
        await expectRepaired(known, number);
      });
      if (how === 'die') expect(unharmed.filter((number) => number < last - 3)).toEqual([]);
      else expect(unharmed.length).toBeLessThan(upTo(last, stride).length);
    }

    test(`killed before one in ${steps} of git processes, changes of files and rows of the store`, () => atEachStep('die', steps), longest);
    test(
      `killed before one in ${steps * 5} of them, with all memory lost`,
      () => atEachStep('die', steps * 5, ({ world }) => world.forget()),
      longest,
    );
    if (failing === undefined) return;
    test(`one in ${failing} of them failing once`, () => atEachStep('fail', failing), longest);
    test(`one in ${failing} of them failing once, a git process after its effect`, () => atEachStep('fail-after', failing), longest);
  });
}
