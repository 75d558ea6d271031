import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What is being found out, by key: who asks for the same meanwhile waits for the same answer. After `patience` milliseconds they get undefined, and the
 * work goes on, so that its answer is there when they ask again.
 */
export function boundedWork<T>(patience: number): (key: string, work: () => Promise<T>) => Promise<T | undefined> {
  const running = new Map<string, Promise<T>>();
  return async (key, work) => {
    const begun = running.get(key) ?? work().finally(() => running.delete(key));
    running.set(key, begun);
    const waiting = new AbortController();
    const late = sleep(patience, undefined, { signal: waiting.signal, ref: false }).catch(() => undefined);
    try {
      return await Promise.race([begun, late]);
    } finally {
      waiting.abort();
    }
  };
}
