import { distance } from 'fastest-levenshtein';

/** The known name that a mistyped one most likely means; undefined when none is near (more than a third of its letters differ). */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const ranked = [...known].map((candidate) => ({ candidate, away: distance(name, candidate) })).sort((a, b) => a.away - b.away);
  const best = ranked[0];
  return best !== undefined && best.away <= Math.max(1, Math.floor(name.length / 3)) ? best.candidate : undefined;
}
