/** Where a JSON value that begins at `start` ends, exclusive: an object, a list, or a text; undefined for one that is not closed. Reads no value. */
export function jsonEnd(text: string, start: number): number | undefined {
  let depth = 0;
  for (const found of text.slice(start).matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]"]/g)) {
    if (found[0] === '"') return undefined;
    if (found[0] === '{' || found[0] === '[') depth += 1;
    else if (found[0] === '}' || found[0] === ']') depth -= 1;
    if (depth <= 0) return start + found.index + found[0].length;
  }
  return undefined;
}

/** More is no file that people write. */
const mostObjects = 10_000;

/** Objects that stand one after the other, as kubectl reads them too; empty where the text is anything else. */
export function jsonStream(text: string): { readonly start: number; readonly end: number }[] {
  const found: { start: number; end: number }[] = [];
  for (let start = text.search(/\S/); start >= 0 && start < text.length; ) {
    const end = text[start] === '{' ? jsonEnd(text, start) : undefined;
    if (end === undefined || found.length >= mostObjects || !isJson(text.slice(start, end))) return [];
    found.push({ start, end });
    const gap = text.slice(end).search(/\S/);
    start = gap < 0 ? text.length : end + gap;
  }
  return found;
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
