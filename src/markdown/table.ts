/** A bar would end the cell even in code. */
export const cell = (markdown: string): string => markdown.replaceAll(/(?<!\\)\|/g, '\\|');

/** Cells must be harmless already, and their bars escaped. */
export const markdownTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `|${cells.map((text) => (text === '' ? ' ' : ` ${text} `)).join('|')}|`).join('\n');
