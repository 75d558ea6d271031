/** Elements that people write into Markdown; anything else between `<` and `>` is more likely a type or a placeholder, and stays readable. */
const names =
  'a|abbr|b|blockquote|br|center|code|dd|del|details|div|dl|dt|em|embed|font|form|h[1-6]|hr|i|iframe|img|input|ins|kbd|li|link|meta|object|ol|p|picture|pre|s|samp|script|small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|th|thead|tr|tt|u|ul|var|video';
const tag = new RegExp(`</?(?:${names})(?:\\s[^<>]*)?/?>`, 'iy');

/** Length of the HTML tag or comment that starts there, 0 for none. What only looks like HTML is for the caller to escape. */
export function htmlAt(text: string, start: number): number {
  if (text.startsWith('<!--', start)) {
    const end = text.indexOf('-->', start + 4);
    return (end < 0 ? text.length : end + 3) - start;
  }
  tag.lastIndex = start;
  return tag.exec(text)?.[0].length ?? 0;
}

const named: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  hellip: '…',
  mdash: '—',
  ndash: '–',
};

/** The character of one entity (`&lt;`, `&#64;`, `&#x40;`); undefined for one that is not known. */
export function decodeEntity(entity: string): string | undefined {
  const [, hex, decimal, name] = /^&(?:#x([0-9a-f]+)|#(\d+)|(\w+));$/i.exec(entity) ?? [];
  if (name !== undefined) return named[name.toLowerCase()];
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
