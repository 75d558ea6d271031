/** Headers that may travel to another origin; everything else (credentials under any name) stays behind. */
const harmless = new Set(['accept', 'user-agent', 'range', 'if-none-match', 'if-modified-since']);

const redirects = new Set([301, 302, 303, 307, 308]);

export const isRedirect = (status: number): boolean => redirects.has(status);

export type NextHop =
  | { readonly kind: 'go'; readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly sameOrigin: boolean }
  | { readonly kind: 'refuse'; readonly reason: string };

/** Where a redirect of a GET or HEAD leads, and with which headers. https://www.rfc-editor.org/rfc/rfc9110#section-15.4 */
export function nextHop(from: string, location: string | undefined, headers: Readonly<Record<string, string>>): NextHop {
  if (location === undefined || !URL.canParse(location, from)) return { kind: 'refuse', reason: 'it redirects to nowhere' };
  const [source, target] = [new URL(from), new URL(location, from)];
  if (!/^https?:$/.test(target.protocol)) return { kind: 'refuse', reason: `it redirects to a ${target.protocol} address` };
  if (source.protocol === 'https:' && target.protocol === 'http:') {
    return { kind: 'refuse', reason: `it redirects from https to plain http (${target.host})` };
  }
  const sameOrigin = source.origin === target.origin;
  const kept = sameOrigin ? headers : Object.fromEntries(Object.entries(headers).filter(([name]) => harmless.has(name.toLowerCase())));
  return { kind: 'go', url: target.href, headers: kept, sameOrigin };
}
