/** Shorter ones would blank out ordinary words. */
const shortestSecret = 6;

/** Hides every secret, plain, URL-encoded and in base64, from text that leaves the process. */
export type Redact = (text: string) => string;

export function redactor(secrets: Iterable<string>): Redact {
  const forms = [...new Set(secrets)]
    .filter((secret) => secret.length >= shortestSecret)
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), Buffer.from(secret).toString('base64')])
    .sort((a, b) => b.length - a.length);
  return (text) =>
    forms
      .reduce((out, form) => out.replaceAll(form, '[redacted]'), text)
      .replaceAll(/(?<=\bhttps?:\/\/)[^\s/@:]+:[^\s/@]+(?=@)/g, '[redacted]');
}
