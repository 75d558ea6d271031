import type { IncomingMessage } from 'node:http';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { Seal } from './seal.ts';

/** One cookie of ours, sealed. */
export interface Jar {
  read(request: IncomingMessage): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** The header that sets it, for so many seconds. */
  put(content: Readonly<Record<string, string>>, seconds: number): Promise<string>;
  /** The header that takes it away. */
  readonly empty: string;
}

/** No script reads it, no other site sends it along; with https no subdomain can put it there. https://www.rfc-editor.org/rfc/rfc6265#section-4.1.2 */
export function createJar(name: string, seal: Seal, isSecure: boolean): Jar {
  const full = isSecure ? `__Host-${name}` : name;
  const header = (value: string, maxAge: number): string =>
    stringifySetCookie({ name: full, value, maxAge, path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure });
  return {
    async read({ headers }) {
      const text = parseCookie(headers.cookie ?? '')[full];
      return text === undefined ? undefined : seal.open(text);
    },
    put: async (content, seconds) => header(await seal.close(content, seconds), seconds),
    empty: header('', 0),
  };
}
