interface Group {
  readonly start: number;
  /** Something inside repeats, or there is a choice. */
  busy: boolean;
}

const repeats = /^(?:[*+]|\{\d+(?:,\d*)?\})/;
/** At most one time: no repetition. */
const once = /^\{(?:0|1|0,1|1,1)\}/;

/**
 * The first group of a pattern that is repeated although something in it repeats or branches (`(a+)+`, `(a|ab)*`): the ways to match such a one grow
 * exponentially with the text. undefined when there is none. Whether the pattern is a valid one is not looked at.
 */
export function nestedQuantifier(source: string): string | undefined {
  const open: Group[] = [];
  let closed: Group | undefined;
  for (let at = 0; at < source.length; at += lengthAt(source, at)) {
    const char = source.charAt(at);
    const rest = source.slice(at);
    if (repeats.test(rest) && !once.test(rest)) {
      if (closed?.busy) return source.slice(closed.start, at + (repeats.exec(rest)?.[0].length ?? 1));
      markBusy(open);
    }
    if (char === '|') markBusy(open);
    closed = char === ')' ? open.pop() : undefined;
    if (char === '(') open.push({ start: at, busy: false });
  }
  return undefined;
}

/** A group that contains a busy one is busy itself. */
function markBusy(open: readonly Group[]): void {
  for (const group of open) group.busy = true;
}

/** An escape and a character class count as one character. */
function lengthAt(source: string, at: number): number {
  const rest = source.slice(at);
  return (/^(?:\\.|\[(?:\\.|[^\]\\])*\]|\(\?<[A-Za-z]\w*>)/s.exec(rest)?.[0] ?? rest.charAt(0)).length;
}
