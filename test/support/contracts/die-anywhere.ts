import { busyWorlds, type CreateForge, everything, expectRepaired, longest, upTo } from '../busy-worlds.ts';
import type { BusyWorld } from '../disturbed-scan.ts';
import type { Failure, LoggedRequest } from '../faults.ts';

/** Which requests of a scan, to the forge or the registry, are counted. */
const kinds = { request: () => true, write: ({ method }: LoggedRequest) => method !== 'GET' && method !== 'HEAD' } as const;
type Kind = keyof typeof kinds;

interface Disturbance {
  readonly kind: Kind;
  /** Gives whether the request of that kind with that number, from 1 on, has come. */
  readonly happen: (world: BusyWorld, number: number) => () => boolean;
  /** Whether the scan waits for a moment only, and not for a minute, before a reply is overdue. */
  readonly hurried?: (number: number) => boolean;
  /** Between the disturbed scan and the next. */
  readonly between?: (world: BusyWorld) => void;
}

/** From then on nobody answers: to the others no different from a process that is gone. */
const silent: Failure = { reset: true, times: Number.POSITIVE_INFINITY };

/** The request of that kind with that number is answered so. */
function disturb({ faults }: BusyWorld, kind: Kind, number: number, how: Failure): () => boolean {
  let seen = 0;
  faults.plan((request) => kinds[kind](request) && ++seen >= number, how);
  return () => seen >= number;
}

const stopBefore = (world: BusyWorld, number: number) => disturb(world, 'request', number, silent);

function stopAfter(world: BusyWorld, number: number): () => boolean {
  const isDead = disturb(world, 'write', number, { reset: true, after: true });
  world.faults.plan(isDead, silent);
  return isDead;
}

const failures: Readonly<Record<string, Failure>> = {
  '429 with Retry-After': { status: 429, headers: { 'retry-after': '7' } },
  '500 of the server': { status: 500 },
  '502 of a proxy': { status: 502 },
  'a connection that breaks': { reset: true },
  'half a reply': { cut: 'length' },
  'a reply without its last chunk': { cut: 'chunks' },
  'a reply that stops and never ends': { endless: 'silence' },
  'a reply that goes on for ever': { endless: 'bytes' },
};

const all = Object.values(failures);
const turn = (shift: number) => (number: number) => all[(number + shift) % all.length] ?? {};

/** The next request fails in the next way; in the second round in one that is far from the first. */
const inTurn = [
  ['in one way after the other', turn(0)],
  ['in one way after the other, again', turn(all.length / 2)],
] as const;

interface Extent {
  /** This forge is written to by requests. */
  readonly writes: boolean;
  /** In how many ways each request fails. */
  readonly ways: 1 | 2;
}

/**
 * A busy scan disturbed at each of its requests, and then one that is not: every end is the undisturbed one's.
 */
export function dieAnywhereContract(name: string, create: CreateForge, { writes, ways }: Extent): void {
  describe(`a busy scan on ${name}`, () => {
    const worlds = busyWorlds(create);

    async function everywhere({ kind, happen, between, hurried = () => false }: Disturbance): Promise<void> {
      const counts = worlds().known.map(({ asked }) => asked.filter(kinds[kind]).length);
      expect(Math.min(...counts)).toBeGreaterThan(5);
      const missed: number[] = [];
      await worlds().each(upTo(Math.max(...counts)), async (known, number) => {
        const { world, end } = known;
        const has = happen(world, number);
        const { errors } = await world.scanOnce({ hurried: hurried(number) });
        if (!has()) missed.push(number);
        world.faults.recover();
        const first = await world.snapshot();
        // Whoever fails must say so, in its report or in the text that lacks something; whoever says nothing must have done everything.
        const says = errors.length > 0 || JSON.stringify(first).includes('could not be ');
        if (!says) expect({ number, end: first }).toEqual({ number, end });
        between?.(world);
        await expectRepaired(known, number);
      });
      expect(missed.filter((number) => number <= Math.min(...counts))).toEqual([]);
    }

    const check = (what: string, disturbance: Disturbance) => test(what, () => everywhere(disturbance), longest);
    const between = ({ forget }: BusyWorld): void => forget();
    check('stopped before each request', { kind: 'request', happen: stopBefore });
    check('stopped before each request, with all memory lost', { kind: 'request', happen: stopBefore, between });
    if (writes) {
      check('stopped after each write took effect', { kind: 'write', happen: stopAfter });
      check('stopped after each write took effect, with all memory lost', { kind: 'write', happen: stopAfter, between });
    }

    const fails = (kind: Kind, after: boolean, how: (number: number) => Failure): Disturbance => ({
      kind,
      hurried: (number) => how(number).endless !== undefined,
      happen: (world, number) => disturb(world, kind, number, { ...how(number), after }),
    });
    // Every request in every way takes half an hour: one way or two for each, unless asked for.
    const failing = everything ? Object.entries(failures).map(([what, how]) => [what, () => how] as const) : inTurn.slice(0, ways);
    for (const [what, how] of failing) {
      check(`each request failing once: ${what}`, fails('request', false, how));
      if (writes) check(`each write failing once after its effect: ${what}`, fails('write', true, how));
    }
  });
}
