/** Characters; a registry's answer fits, a page of HTML does not. */
const most = 400;

/** What a cluster's part says, as one line that can be shown: without what addresses carry of credentials and signatures, cut where it is long. */
export function words(text: string): string {
  const line = text
    .slice(0, 20 * most)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .replaceAll(/(?<=:\/\/)[^\s/@"']+@/g, '')
    .replaceAll(/:\/\/[^\s"']+/g, (address) => address.split('?', 1)[0] ?? '')
    .trim();
  return line.length > most ? `${line.slice(0, most).toWellFormed()}…` : line;
}
