import { type Context, harmlessInline } from './harmless.ts';

/** Code between single backticks, and addresses. */
const kept = /`[^`]*`|https?:\/\/[^\s<>"`]+/g;

/**
 * One line of plain text from outside, such as a server's message, as Markdown that is harmless and reads as it was written: `*`, `_` and
 * brackets are themselves. Only addresses, and code between single backticks, are taken as what they are.
 */
export function harmlessText(text: string, context: Context = {}): string {
  const parts: string[] = [];
  let done = 0;
  for (const match of text.matchAll(kept)) {
    parts.push(literally(text.slice(done, match.index)), match[0]);
    done = match.index + match[0].length;
  }
  return harmlessInline([...parts, literally(text.slice(done))].join(''), context);
}

const literally = (text: string): string => text.replaceAll(/[\\`*_[\]<>~|]/g, '\\$&');
