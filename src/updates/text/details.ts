/** A part that is folded away, on both forges; the summary must be harmless already. The empty lines make what is inside Markdown again. */
export const details = (summary: string, body: string): string => `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;

/** Text for between HTML tags, where Markdown is not read. */
export function summaryText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[@#!%~$^](?=\S)/g, '$&\u200b');
}
