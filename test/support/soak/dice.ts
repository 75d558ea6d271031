/** Chance that comes the same again from the same seed. */
export interface Dice {
  /** 0 ≤ number < 1. */
  roll(): number;
  happens(probability: number): boolean;
  /** A whole number below. */
  below(most: number): number;
  /** undefined of none. */
  oneOf<T>(all: readonly T[]): T | undefined;
}

/** Mulberry32. https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const roll = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (most: number): number => Math.floor(roll() * most);
  return { roll, happens: (probability) => roll() < probability, below, oneOf: (all) => all[below(all.length)] };
}
