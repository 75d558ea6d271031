/** Milliseconds between two looks at the objects: the first pause, what the next is longer by, the longest. */
const pauses = { first: 500, growth: 1.5, longest: 5000 };
/** Looks that take long, since thousands are not ready, are made so that the server has this many times as long without one; up to so many milliseconds. */
const rest = { share: 5, longest: 20_000 };

/** Milliseconds to the next look: after so many of them, the last of which took so long. */
export function pauseAfter(looks: number, tookMs: number): number {
  const steady = Math.min(pauses.first * pauses.growth ** (looks - 1), pauses.longest);
  return Math.max(steady, Math.min(tookMs * rest.share, rest.longest));
}
