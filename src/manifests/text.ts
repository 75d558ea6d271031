import { countSigns } from '../domain/signs.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of a file, such that encoding it as UTF-8 gives the bytes back (a byte order mark stays). undefined when it is not UTF-8 text: UTF-16, binary. */
export function decodeText(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** 1-based line of an offset into the text. */
export type LineAt = (offset: number) => number;

export function lineIndex(text: string): LineAt {
  let starts: readonly number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** More than any file of a repository or bundle has: a megabyte of manifests has some 40,000. */
const mostValues = 200_000;

/** A YAML text has at most twice as many values. */
export const valuesIn = (text: string): number => countSigns(text, '\n,');

/** Why a text is not given to a parser; undefined for all that people write. */
export const crowding = (text: string): string | undefined =>
  valuesIn(text) > mostValues ? `it has more than ${mostValues} lines and commas: split it` : undefined;
