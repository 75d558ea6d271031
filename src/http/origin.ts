import type { IncomingMessage } from 'node:http';

export const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|::1|\[::1\])$/.test(host);

/** A page of somebody else's whose name is made to point here must not read ours (DNS rebinding). */
export function isOwnName(host: string | undefined): boolean {
  const name = (host ?? '').replace(/:\d+$/, '');
  return ['localhost', '127.0.0.1', '[::1]'].includes(name.toLowerCase());
}

/** By a proxy that says so. */
export const isHandedOn = ({ headers }: IncomingMessage): boolean =>
  ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some((header) => headers[header] !== undefined);

/**
 * Browsers say where a request comes from and no page can make them say otherwise; who does not say it is no browser, and has a command line.
 * https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
export function isFromOurPage({ headers }: IncomingMessage, origin: string): boolean {
  const site = headers['sec-fetch-site'];
  const isOurs = headers.origin === origin;
  return site === undefined ? isOurs : site === 'same-origin' && (headers.origin === undefined || isOurs);
}

/** A place of ours to go back to, as its path and query; `/` for whatever else a link may say. */
export function ownPlace(text: string | null | undefined): string {
  if (text === null || text === undefined || !/^\/(?![/\\])[\x21-\x7e]*$/.test(text)) return '/';
  const url = URL.parse(text, 'http://own.invalid');
  return url?.origin === 'http://own.invalid' && !url.pathname.startsWith('//') ? `${url.pathname}${url.search}` : '/';
}
