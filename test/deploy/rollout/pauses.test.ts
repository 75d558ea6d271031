import { pauseAfter } from '../../../src/deploy/rollout/pauses.ts';

test.each([
  ['the first', 1, 10, 500],
  ['the second', 2, 10, 750],
  ['the hundredth', 100, 10, 5000],
  ['the first, of thousands', 1, 1500, 7500],
  ['a later one, of thousands', 9, 3000, 15_000],
  ['a server that hardly answers', 9, 60_000, 20_000],
])('how long until the next look: %s', (_, looks, took, pause) => {
  expect(pauseAfter(looks, took)).toBe(pause);
});
