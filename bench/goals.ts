import { defaultConcurrency } from '../src/adapters/http/client.ts';
import type { Figures, Trial } from './trial.ts';
import { packageCount, proposalsEach, type WorldSize } from './world.ts';

export interface Goal {
  readonly what: string;
  readonly value: number;
  readonly most: number;
}

export const megabyte = 1024 * 1024;
export const forgeRequests = ({ forgeReads, forgeWrites }: Figures): number => forgeReads + forgeWrites;

/** The goals: `value` should be at most `most`. Times as ratios only where a delay makes them comparable. */
export function goalsOf({ first, second }: Trial, delay: number, size: WorldSize): Goal[] {
  const late = delay > 0 ? [...timeGoals('first scan', first, delay), ...timeGoals('second scan', second, delay)] : [];
  return [
    {
      what: 'first scan: forge requests ÷ merge requests opened',
      value: forgeRequests(first) / (size.behind * proposalsEach),
      most: 4,
    },
    { what: 'second scan: forge requests ÷ environments', value: forgeRequests(second) / size.environments, most: 1 },
    { what: 'second scan: registry requests ÷ packages', value: second.registry / packageCount, most: 1 },
    ...late,
    { what: 'peak memory, MB', value: Math.max(first.memory, second.memory) / megabyte, most: 250 },
  ];
}

/** Against the bound of the delays alone, and against that of what the stand-ins, on the same machine, really needed to answer. */
function timeGoals(what: string, figures: Figures, delay: number): Goal[] {
  const bounds = { 'the delays': bound(figures, delay), 'all answers': figures.answering / defaultConcurrency };
  return Object.entries(bounds).map(([of, seconds]) => ({
    what: `${what}: wall time ÷ bound of ${of}, ${seconds.toFixed(2)} s`,
    value: figures.wall / seconds,
    most: 1.5,
  }));
}

/** Seconds that the requests to the busier host take at least: each is delayed, and so many are under way at once. */
function bound(figures: Figures, delay: number): number {
  return (Math.max(forgeRequests(figures), figures.registry) * delay) / 1000 / defaultConcurrency;
}

/** Of each figure by itself; requests in detail are those of the first, and what is wrong is that of all. Throws without any. */
export function medianTrial(trials: readonly Trial[]): Trial {
  const third = trials.flatMap((trial) => trial.third ?? []);
  return {
    first: medianFigures(trials.map(({ first }) => first)),
    second: medianFigures(trials.map(({ second }) => second)),
    ...(third.length > 0 && { third: medianFigures(third) }),
  };
}

function medianFigures(all: readonly Figures[]): Figures {
  const of = (figure: Exclude<keyof Figures, 'detail' | 'wrong'>): number => median(all.map((one) => one[figure]));
  return {
    wall: of('wall'),
    cpu: of('cpu'),
    memory: of('memory'),
    forgeReads: of('forgeReads'),
    forgeWrites: of('forgeWrites'),
    git: of('git'),
    registry: of('registry'),
    answering: of('answering'),
    detail: all[0]?.detail ?? {},
    wrong: all.flatMap(({ wrong }) => wrong),
  };
}

/** The upper one of an even number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('a median of nothing');
  return middle;
}
