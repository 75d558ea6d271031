/** At most that many UTF-16 units, on one line; what was cut ends with `…`, and no character is cut in two. */
export function fitDescription(text: string, limit: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  if (line.length <= limit) return line;
  const cut = line.slice(0, limit - 1);
  return `${cut.replace(/[\uD800-\uDBFF]$/, '').trimEnd()}…`;
}
