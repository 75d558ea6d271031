/** A piece of a description. */
export interface Part {
  readonly text: string;
  /** What stands where the piece was cut, such as a link to the rest; a piece without it is never cut. */
  readonly rest?: string;
}

const separator = '\n\n';

/**
 * The parts as one text of at most `limit` characters. Pieces that may be cut share what the others leave: small ones stay whole, the
 * large ones end on a line's boundary, with their fences and `<details>` closed and their `rest` behind.
 */
export function fitParts(parts: readonly Part[], limit: number): string {
  const shown = parts.filter(({ text }) => text !== '');
  const fixed = shown.filter(({ rest }) => rest === undefined).reduce((sum, { text }) => sum + text.length, 0);
  const free = limit - fixed - separator.length * shown.length;
  const share = shareOf(
    shown.filter(({ rest }) => rest !== undefined).map(({ text }) => text.length),
    free,
  );
  return shown
    .map(({ text, rest }) => (rest === undefined ? text : cut(text, share, rest)))
    .filter((text) => text !== '')
    .join(separator);
}

/** The most that one piece may take so that together they stay within the sum. */
function shareOf(sizes: readonly number[], sum: number): number {
  const sorted = [...sizes].sort((a, b) => a - b);
  let left = sum;
  for (const [index, size] of sorted.entries()) {
    const share = left / (sorted.length - index);
    if (size > share) return Math.floor(share);
    left -= size;
  }
  return Number.POSITIVE_INFINITY;
}

/** The first lines of Markdown that fit into the limit together with what closes them and the rest; empty when not even one does. */
function cut(text: string, limit: number, rest: string): string {
  if (text.length <= limit) return text;
  const open: Open = { details: 0, fence: '' };
  const lines = text.split('\n');
  let size = 0;
  let taken = 0;
  let closing = '';
  for (const [index, line] of lines.entries()) {
    size += line.length + 1;
    follow(open, line);
    const end = `${open.fence === '' ? '' : `\n${open.fence}`}${'\n\n</details>'.repeat(open.details)}${separator}${rest}`;
    if (size + '\n</details>'.length * 2 + end.length > limit) break;
    taken = index + 1;
    closing = end;
  }
  return taken === 0 ? (rest.length <= limit ? rest : '') : `${lines.slice(0, taken).join('\n')}${closing}`;
}

interface Open {
  details: number;
  fence: string;
}

/** The text is ours or was written anew by us: tags stand alone at a line's start, fences at its very start. */
function follow(open: Open, line: string): void {
  const [fence = ''] = /^`{3,}/.exec(line) ?? [];
  if (open.fence !== '') {
    if (line === open.fence) open.fence = '';
  } else if (fence !== '') open.fence = fence;
  else if (line.startsWith('<details>')) open.details += 1;
  else if (line === '</details>') open.details -= 1;
}
