/** A bundle's URL as it may be shown: without user and password, and without what a query says. */
export function shownUrl(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return url.replace(/\/\/[^/]*@/, '//').replace(/[?#].*$/s, '');
  parsed.username = '';
  parsed.password = '';
  parsed.search = '';
  parsed.hash = '';
  return parsed.href;
}
