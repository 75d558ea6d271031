/** Wakes the one who waits; a ring while nobody waits is heard by the next. */
export interface Bell {
  ring(): void;
  /** Resolves when it rings, at the latest after so many milliseconds. */
  heard(ms: number): Promise<void>;
}

/** One for each worker, rung together. */
export interface Bells {
  hang(): Bell;
  ring(): void;
}

export function createBells(): Bells {
  const all: Bell[] = [];
  return {
    hang() {
      const bell = createBell();
      all.push(bell);
      return bell;
    },
    ring() {
      for (const bell of all) bell.ring();
    },
  };
}

function createBell(): Bell {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      if (wake === undefined) rung = true;
      else wake();
    },
    async heard(ms) {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = undefined;
      }
      rung = false;
    },
  };
}
