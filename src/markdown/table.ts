/** A bar would end the cell even in code, unless an odd number of backslashes stands before it. */
export const cell = (markdown: string): string =>
  markdown.replaceAll(/(?<!\\)(\\*)\|/g, (found, slashes: string) => (slashes.length % 2 === 0 ? `${slashes}\\|` : found));

/** Cells must be harmless already, and their bars escaped. */
export const markdownTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `|${cells.map((text) => (text === '' ? ' ' : ` ${text} `)).join('|')}|`).join('\n');
