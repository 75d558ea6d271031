/** One `warn-code warn-agent "warn-text"`, perhaps with a date behind: https://www.rfc-editor.org/rfc/rfc7234#section-5.5 */
const warning = /\s*\d{3}\s+\S+\s+"((?:[^"\\]|\\.)*)"(?:\s+"[^"]*")?\s*(?:,|$)/gy;

/** The texts of `Warning` headers: a header may come several times, and hold several each. What does not read as one is left out. */
export function warningsIn(headers: string | readonly string[] | undefined): string[] {
  const lines = typeof headers === 'string' ? [headers] : (headers ?? []);
  return lines.flatMap((line) => [...line.matchAll(warning)].map(([, text = '']) => text.replace(/\\(.)/g, '$1')));
}
