import { clean, gap } from './clean.ts';
import { neutralCode } from './harmless.ts';

/** A part that is folded away, on both forges; the summary must be harmless already. The empty lines make what is inside Markdown again. */
export const details = (summary: string, body: string): string => `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;

/** One line of text from outside for between HTML tags, where Markdown is not read but references are. */
export function summaryText(text: string): string {
  const line = neutralCode(clean(text).replaceAll(/\s+/g, ' ').trim().slice(0, 300));
  return line
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', `${gap}&gt;`)
    .replaceAll(/[@#!%~$^[](?=\S)|\](?=\()|\b(?:GL|GH)(?=-\d)/gi, `$&${gap}`)
    .replaceAll('&amp;', `&amp;${gap}`);
}
