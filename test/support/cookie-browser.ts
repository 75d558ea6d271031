import { parseSetCookie, stringifyCookie } from 'cookie';
import { request } from 'undici';

/** What a browser shows at the end of its way. */
export interface Shown {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface How {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Keeps cookies of a host, whatever its port, and follows redirects, as browsers do. */
export class Browser {
  readonly cookies = new Map<string, string>();
  /** Attributes of what was last set. */
  readonly set = new Map<string, ReturnType<typeof parseSetCookie>>();
  /** Every address on the way, in order. */
  readonly way: string[] = [];

  /** `most`: redirects that are followed. */
  async open(url: string, most = 20): Promise<Shown> {
    return this.#go(url, { method: 'GET' }, most);
  }

  /** Presses a button on a page of the same origin. */
  async press(url: string, fields: Readonly<Record<string, string>>, more: Readonly<Record<string, string>> = {}): Promise<Shown> {
    const { origin } = new URL(url);
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin', origin, ...more };
    return this.#go(url, { method: 'POST', headers, body: new URLSearchParams(fields).toString() }, 20);
  }

  /** Not by `fetch`, which says of itself that it is a script. */
  async #go(url: string, how: How, most: number): Promise<Shown> {
    this.way.push(url);
    const cookie = stringifyCookie(Object.fromEntries(this.cookies));
    const reply = await request(url, { ...how, headers: { 'sec-fetch-mode': 'navigate', ...how.headers, cookie } });
    const headers = new Headers(
      Object.entries(reply.headers).flatMap(([name, value]) => [value ?? []].flat().map((one): [string, string] => [name, one])),
    );
    for (const text of headers.getSetCookie()) this.#keep(parseSetCookie(text));
    const location = headers.get('location');
    const shown = { url, status: reply.statusCode, headers, text: await reply.body.text() };
    return location === null || most === 0 ? shown : this.#go(new URL(location, url).href, { method: 'GET' }, most - 1);
  }

  #keep(cookie: ReturnType<typeof parseSetCookie>): void {
    this.set.set(cookie.name, cookie);
    if (cookie.maxAge === 0 || cookie.value === '' || cookie.value === undefined) this.cookies.delete(cookie.name);
    else this.cookies.set(cookie.name, cookie.value);
  }
}
