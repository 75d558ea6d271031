import { setImmediate } from 'node:timers/promises';

/** Entries after which others get their turn. */
const stretch = 200;

/** Reading much is a long step: others that wait for a reply get their turn. */
export async function* gently<T>(all: AsyncIterable<T>): AsyncIterable<T> {
  let count = 0;
  for await (const one of all) {
    yield one;
    count += 1;
    if (count % stretch === 0) await setImmediate();
  }
}
