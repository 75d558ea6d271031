import { OutsideError } from '../../domain/errors.ts';
import type { Locks } from '../../domain/locks.ts';

/** A lock that this process has. */
export interface Held {
  /** Aborted when it was lost. */
  readonly signal: AbortSignal;
  release(): Promise<void>;
}

/** Between two tries for a lock that another process has, milliseconds. */
const pause = 10;

/**
 * Locks from one attempt to take one, `tryTake`, that gives undefined while another process has it: those of this process that want the same name
 * wait in line, and the first in line tries.
 */
export function locksFrom(tryTake: (name: string) => Promise<Held | undefined>): Locks {
  /** Last in line, by name. */
  const lines = new Map<string, Promise<void>>();
  return {
    async hold(name, patience, work) {
      const giveUp = Date.now() + patience;
      const refuse = () =>
        new OutsideError(name, `${name}: somebody else has worked on it for ${patience / 1000} s; the next run looks again`);
      const { promise: left, resolve: leave } = Promise.withResolvers<void>();
      const before = lines.get(name) ?? Promise.resolve();
      const mine = before.then(() => left);
      lines.set(name, mine);
      try {
        await within(before, giveUp, refuse);
        const held = await take(() => tryTake(name), giveUp, refuse);
        try {
          return await work(held.signal);
        } finally {
          await held.release();
        }
      } finally {
        leave();
        if (lines.get(name) === mine) lines.delete(name);
      }
    },
  };
}

async function take(attempt: () => Promise<Held | undefined>, giveUp: number, refuse: () => Error): Promise<Held> {
  for (;;) {
    const held = await attempt();
    if (held !== undefined) return held;
    if (Date.now() > giveUp) throw refuse();
    await new Promise((resolve) => setTimeout(resolve, pause + Math.random() * pause));
  }
}

async function within(waiting: Promise<void>, giveUp: number, refuse: () => Error): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(refuse()), Math.max(0, giveUp - Date.now()));
  try {
    await Promise.race([waiting, late]);
  } finally {
    clearTimeout(timer);
  }
}
