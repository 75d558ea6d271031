import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { OutsideError } from '../../domain/errors.ts';
import type { Redact } from '../../domain/redact.ts';
import type { Store } from '../../domain/store.ts';
import { boundBody, readBody } from './body.ts';
import { ConditionalCache, conditions, refreshed } from './conditional.ts';
import { type Asked, createAgent, exchange, type Hop, type Host, type Opened, shown, UntimedLimit } from './exchange.ts';
import { HostGate } from './host-gate.ts';
import { isRedirect, nextHop } from './redirect.ts';

/** What is known of one host, by `host[:port]` as in a URL. */
export interface HostSettings {
  /** With `password`: sent as basic authentication with every request that names no authorization itself. */
  readonly username?: string;
  readonly password?: string;
  /** Plain http is allowed to carry these credentials. */
  readonly insecure?: boolean;
  /** PEM text of a private authority, trusted besides the public ones. */
  readonly ca?: string;
  /** Requests at once; default 6. */
  readonly concurrency?: number;
}

export interface HttpRequest {
  /** Default GET. */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  /** An empty one is not sent: an empty `authorization` keeps the host's own credentials back. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Default 32 MiB; a longer body is an OutsideError and is not read to the end. */
  readonly maxBytes?: number;
  /** Of one whole reply; default 60,000. */
  readonly timeoutMs?: number;
  /** Keep the reply with its ETag or modification time; a 304 is answered from there, with status 200. */
  readonly conditional?: boolean;
  /** Default: true for GET and HEAD, false for the rest, which may have happened although no reply came. */
  readonly retry?: boolean;
  /**
   * Whether a 403 with this body means "not so often": a refusal whose headers do not say for how long. The host is then left alone for a
   * minute, and longer each time; so it is after a 429 that does not say.
   */
  readonly limited?: (text: string) => boolean;
  /** One of the writes that the host wants no more than 80 of in a minute. Default false. */
  readonly paced?: boolean;
  /** Goes before those without it that wait for the same host: what was begun is finished first. Default false. */
  readonly ahead?: boolean;
  /** Of a GET or HEAD; default 5, 0 gives the redirect itself back. */
  readonly redirects?: number;
}

export interface HttpReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Where the reply came from, after redirects. */
  readonly url: string;
  readonly fromCache: boolean;
}

export interface HttpStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** To be read to its end or destroyed: until then it holds one of the host's places. */
  readonly body: Readable;
}

export interface HttpClient {
  /** Any status is given back but 429, 5xx (501 is) and a 403 that means a rate limit: those, and a connection that fails, are tried again and in the end an OutsideError, scope = host. */
  request(of: HttpRequest): Promise<HttpReply>;
  /** The body as a stream, bounded by maxBytes; nothing is tried again once the body has begun. */
  stream(of: HttpRequest): Promise<HttpStream>;
  /** Requests sent per host, repeated ones included. */
  readonly counts: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

export interface HttpClientOptions {
  readonly hosts?: Readonly<Record<string, HostSettings>>;
  /** Where conditional replies are kept; without one, `conditional` does nothing. */
  readonly store?: Store;
  readonly userAgent?: string;
  readonly redact?: Redact;
  readonly asked?: Asked;
  /** For tests: waits that many milliseconds. */
  readonly wait?: (ms: number) => Promise<void>;
  /** For tests: a signal that says after that many milliseconds that a reply is overdue. */
  readonly deadline?: (ms: number) => AbortSignal;
}

/** Requests to one host at once, where nothing else is said of it. */
export const defaultConcurrency = 6;
const defaults = { maxBytes: 32 * 1024 * 1024, timeoutMs: 60_000, redirects: 5 };

export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  return new UndiciClient(options);
}

class UndiciClient implements HttpClient {
  readonly counts = new Map<string, number>();
  readonly #hosts = new Map<string, Host>();
  readonly #options: HttpClientOptions;
  readonly #cache: ConditionalCache | undefined;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#cache = options.store === undefined ? undefined : new ConditionalCache(options.store);
  }

  async request(of: HttpRequest): Promise<HttpReply> {
    const cache = of.conditional === true && (of.method ?? 'GET') === 'GET' ? this.#cache : undefined;
    if (cache === undefined) return this.#read(of);
    const key = cache.key(of.url, of.headers?.['accept'] ?? '');
    const kept = await cache.find(key);
    const reply = await this.#read({ ...of, headers: { ...of.headers, ...conditions(kept?.headers ?? {}) } });
    if (reply.status === 304 && kept !== undefined) {
      return { ...reply, status: 200, headers: refreshed(kept.headers, reply.headers), body: kept.body, fromCache: true };
    }
    if (reply.status === 200) await cache.keep(key, reply);
    return reply;
  }

  #read(of: HttpRequest): Promise<HttpReply> {
    return this.#follow(of, async (hop, opened) => {
      const body = await readBody(hop, opened, of.maxBytes ?? defaults.maxBytes);
      if (opened.status === 403 && hop.limited?.(body.toString()) === true) throw new UntimedLimit();
      return { status: opened.status, headers: opened.headers, body, url: hop.url, fromCache: false };
    });
  }

  stream(of: HttpRequest): Promise<HttpStream> {
    return this.#follow(of, async (hop, opened) => {
      const { status, headers } = opened;
      if (status !== 403 || hop.limited === undefined) {
        return { status, headers, body: boundBody(hop, opened, of.maxBytes ?? defaults.maxBytes) };
      }
      const body = await readBody(hop, opened, defaults.maxBytes);
      if (hop.limited(body.toString())) throw new UntimedLimit();
      return { status, headers, body: Readable.from([body]) };
    });
  }

  async #follow<T>(of: HttpRequest, use: (hop: Hop, opened: Opened) => Promise<T>): Promise<T> {
    let hop = this.#firstHop(of);
    const follows = hop.method === 'GET' || hop.method === 'HEAD';
    const most = follows ? (of.redirects ?? defaults.redirects) : 0;
    for (let left = most; ; left -= 1) {
      const at = hop;
      const outcome = await this.#exchange(at, async (opened) => {
        if (most === 0 || !isRedirect(opened.status)) return { value: await use(at, opened) };
        await opened.body.dump();
        return { location: opened.headers['location'] };
      });
      if ('value' in outcome) return outcome.value;
      const next = nextHop(at.url, outcome.location, at.headers);
      if (left === 0 || next.kind === 'refuse') {
        const reason = next.kind === 'refuse' ? next.reason : `more than ${most} redirects`;
        throw new OutsideError(new URL(at.url).host, `${shown(at)}: ${reason}`);
      }
      hop = { ...at, url: next.url, headers: next.headers };
    }
  }

  async #exchange<T>(hop: Hop, use: (opened: Opened) => Promise<T>): Promise<T> {
    try {
      return await exchange(this.#host(new URL(hop.url).host), hop, use);
    } catch (error) {
      const { redact } = this.#options;
      if (redact === undefined || !(error instanceof OutsideError)) throw error;
      throw new OutsideError(error.scope, redact(error.message), { status: error.status });
    }
  }

  #firstHop(of: HttpRequest): Hop {
    const method: Dispatcher.HttpMethod = of.method ?? 'GET';
    const given = Object.fromEntries(Object.entries(of.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
    const usual = { 'user-agent': this.#options.userAgent ?? 'lockkeeper', 'accept-encoding': 'identity' };
    const headers = { ...usual, ...this.#credentials(new URL(of.url)), ...given };
    return {
      method,
      url: of.url,
      headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== '')),
      body: of.body,
      retry: of.retry ?? (method === 'GET' || method === 'HEAD'),
      ahead: of.ahead ?? false,
      limited: of.limited,
      paced: of.paced ?? false,
      timeoutMs: of.timeoutMs ?? defaults.timeoutMs,
    };
  }

  #credentials({ host, protocol }: URL): Record<string, string> {
    const { username, password, insecure } = this.#options.hosts?.[host] ?? {};
    if (password === undefined || (protocol !== 'https:' && insecure !== true)) return {};
    return { authorization: `Basic ${Buffer.from(`${username ?? ''}:${password}`).toString('base64')}` };
  }

  #host(name: string): Host {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    const { concurrency = defaultConcurrency, ca } = this.#options.hosts?.[name] ?? {};
    const { wait = (ms: number) => sleep(ms), deadline = (ms: number) => AbortSignal.timeout(ms) } = this.#options;
    const host: Host = {
      name,
      gate: new HostGate(name, concurrency, wait),
      agent: createAgent(concurrency, ca),
      count: () => this.counts.set(name, (this.counts.get(name) ?? 0) + 1),
      asked: this.#options.asked ?? (() => {}),
      wait,
      deadline,
    };
    this.#hosts.set(name, host);
    return host;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#hosts.values()].map(({ agent }) => agent.destroy()));
  }
}
