import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher, request } from 'undici';
import type { ApiReply, ApiRequest, ApiServer, ClusterAddress, Discovery, ServedKind } from '../../domain/cluster.ts';
import { OutsideError, RefusedError } from '../../domain/errors.ts';
import { shown } from '../http/exchange.ts';
import { backoff, fault, retryAfter, tries } from '../http/retry.ts';
import { aggregated, aggregatedDiscovery, groupVersions, listedKinds, notDescribed } from './discovery.ts';
import { warningsIn } from './warnings.ts';

/** Requests in flight; more make a server of two cores slower, not faster. */
const connections = 12;
/** The description of the core group, the longest that is asked for, has 1.6 MB. */
const mostBytes = 32 * 1024 * 1024;
const replyTimeoutMs = 60_000;
/** A server that wants a longer pause is reported, not waited for. Milliseconds. */
const longestPause = 30_000;

export interface ClusterClient extends ApiServer {
  close(): Promise<void>;
}

export interface ClusterClientOptions {
  /** See ApiServer. */
  readonly throwAway: boolean;
  /** For tests: waits that many milliseconds. */
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/**
 * One pool of connections to one API server. Not the client of adapters/http: that one repeats every 500, which here is how server-side apply
 * answers a mistake, and knows neither client certificates nor signals.
 */
export function connectCluster(address: ClusterAddress, options: ClusterClientOptions): ClusterClient {
  return new UndiciCluster(address, options);
}

class UndiciCluster implements ClusterClient {
  readonly host: string;
  readonly throwAway: boolean;
  readonly #url: string;
  readonly #agent: Agent;
  readonly #authorization: Readonly<Record<string, string>>;
  readonly #wait: (ms: number, signal?: AbortSignal) => Promise<void>;

  constructor(address: ClusterAddress, { throwAway, wait }: ClusterClientOptions) {
    this.#url = address.url;
    this.host = new URL(address.url).host;
    this.throwAway = throwAway;
    this.#agent = createAgent(address);
    this.#authorization = address.token === undefined ? {} : { authorization: `Bearer ${address.token}` };
    this.#wait = wait ?? ((ms, signal) => sleep(ms, undefined, { signal }));
  }

  async ask(of: ApiRequest, signal?: AbortSignal): Promise<ApiReply> {
    for (let attempt = 1; ; attempt += 1) {
      signal?.throwIfAborted();
      const outcome = await this.#once(of, signal);
      signal?.throwIfAborted();
      if ('reply' in outcome) return outcome.reply;
      if (!outcome.again || attempt === tries || (outcome.pause ?? 0) > longestPause) {
        throw new OutsideError(this.host, `${this.#shown(of)}: ${outcome.text}`, { status: outcome.status });
      }
      await this.#wait(outcome.pause ?? backoff(attempt, Math.random()), signal);
    }
  }

  async kinds(signal?: AbortSignal): Promise<readonly ServedKind[]> {
    const { seen, broken } = await this.#described(signal);
    if (broken !== undefined) throw broken;
    return seen.kinds
      .filter(({ verbs }) => verbs.includes('create'))
      .map(({ apiVersion, kind, plural, namespaced }) => ({ apiVersion, kind, plural, namespaced }));
  }

  async discover(signal?: AbortSignal): Promise<Discovery> {
    return (await this.#described(signal)).seen;
  }

  /** `broken`: why a group could not be asked, where each is asked by itself. */
  async #described(signal: AbortSignal | undefined): Promise<Described> {
    const [core, groups] = await Promise.all(['/api', '/apis'].map((path) => this.#json(path, signal)));
    const all = [aggregatedDiscovery(core), aggregatedDiscovery(groups)];
    if (all.every((part) => part !== undefined)) return { seen: joined(all), broken: undefined };
    const parts = await Promise.all(['v1', ...groupVersions(groups)].map((version) => this.#version(version, signal)));
    return { seen: joined(parts.map(({ seen }) => seen)), broken: parts.find(({ broken }) => broken !== undefined)?.broken };
  }

  async #version(version: string, signal: AbortSignal | undefined): Promise<Described> {
    try {
      const path = version.includes('/') ? `/apis/${version}` : `/api/${version}`;
      return { seen: { kinds: listedKinds(await this.#json(path, signal)), unseen: [] }, broken: undefined };
    } catch (error) {
      if (!(error instanceof OutsideError)) throw error;
      return { seen: { kinds: [], unseen: [notDescribed(version)] }, broken: error };
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #json(path: string, signal: AbortSignal | undefined): Promise<unknown> {
    const of = { method: 'GET', path, accept: aggregated } as const;
    const { status, body } = await this.ask(of, signal);
    if (status !== 200) throw new OutsideError(this.host, `${this.#shown(of)}: answered ${status}`, { status });
    try {
      return JSON.parse(body) as unknown;
    } catch (cause) {
      throw new OutsideError(this.host, `${this.#shown(of)}: the reply is no JSON; is it a Kubernetes API server?`, { cause });
    }
  }

  async #once(of: ApiRequest, signal: AbortSignal | undefined): Promise<Outcome> {
    try {
      const {
        statusCode: status,
        headers,
        body,
      } = await request(this.#url + of.path, {
        dispatcher: this.#agent,
        method: of.method,
        headers: {
          ...this.#authorization,
          accept: of.accept ?? 'application/json',
          ...(of.body === undefined ? {} : { 'content-type': of.type ?? 'application/json' }),
        },
        ...(of.body === undefined ? {} : { body: of.body }),
        ...(signal === undefined ? {} : { signal }),
      });
      if (of.verdictOnly === true && status < 400) await body.dump({ limit: mostBytes });
      const text = of.verdictOnly === true && status < 400 ? '' : await this.#read(of, body);
      const passing = this.#passing(status, text, headers['retry-after']);
      return passing ?? { reply: this.#allowed(of, { status, warnings: warningsIn(headers['warning']), body: text }) };
    } catch (error) {
      if (error instanceof OutsideError) throw error;
      return this.#broken(of, error);
    }
  }

  async #read(of: ApiRequest, body: Dispatcher.ResponseData['body']): Promise<string> {
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of body as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > mostBytes) throw new OutsideError(this.host, `${this.#shown(of)}: the reply is longer than ${mostBytes} bytes`);
      parts.push(part);
    }
    return Buffer.concat(parts).toString();
  }

  /** Refusals that are about the moment, not about the request: nothing was done. */
  #passing(status: number, text: string, after: string | string[] | undefined): Failed | undefined {
    const storage = status >= 500 && /etcdserver|rpc error|context deadline exceeded|error dialing|failed calling webhook/.test(text);
    if (status !== 429 && status !== 502 && status !== 503 && status !== 504 && !storage) return undefined;
    const said = messageOf(text);
    return {
      again: true,
      status,
      text: `answered ${status}${said === '' ? '' : ` (${said})`}`,
      pause: retryAfter(typeof after === 'string' ? after : undefined, new Date()),
    };
  }

  #allowed(of: ApiRequest, reply: ApiReply): ApiReply {
    const said = reply.status === 401 || reply.status === 403 ? messageOf(reply.body) : '';
    if (reply.status !== 401 && !/ is forbidden: User "|^forbidden: User "/.test(said)) return reply;
    const what = reply.status === 401 ? 'its credentials are not accepted' : said;
    throw new RefusedError(this.host, `${this.#shown(of)}: ${what}`, { status: reply.status });
  }

  #broken(of: ApiRequest, error: unknown): Failed {
    const { kind, text } = fault(error);
    return { again: kind === 'dead' || (kind === 'broken' && isRepeatable(of)), text, status: undefined, pause: undefined };
  }

  #shown({ method, path }: ApiRequest): string {
    return shown({ method, url: this.#url + path });
  }
}

interface Described {
  readonly seen: Discovery;
  readonly broken: OutsideError | undefined;
}

const joined = (parts: readonly Discovery[]): Discovery => ({
  kinds: parts.flatMap(({ kinds }) => kinds),
  unseen: parts.flatMap(({ unseen }) => unseen),
});

/** Done twice, it comes to the same: a server-side apply, and the deletion of one certain object, which is gone then or another one. */
function isRepeatable({ method, path, body, type }: ApiRequest): boolean {
  if (method === 'GET' || path.includes('dryRun=All') || type === 'application/apply-patch+yaml') return true;
  return method === 'DELETE' && typeof body === 'string' && /"preconditions":\{[^{}]*"uid"/.test(body);
}

type Outcome = { readonly reply: ApiReply } | Failed;

interface Failed {
  readonly again: boolean;
  readonly text: string;
  readonly status: number | undefined;
  /** Milliseconds that the server asks for. */
  readonly pause: number | undefined;
}

function createAgent({ ca, certificate, key, serverName, insecure }: ClusterAddress): Agent {
  return new Agent({
    connections,
    allowH2: false,
    headersTimeout: replyTimeoutMs,
    bodyTimeout: replyTimeoutMs,
    connect: {
      timeout: 5_000,
      rejectUnauthorized: insecure !== true,
      ...(ca === undefined ? {} : { ca }),
      ...(certificate === undefined ? {} : { cert: certificate }),
      ...(key === undefined ? {} : { key }),
      ...(serverName === undefined ? {} : { servername: serverName }),
    },
  });
}

function messageOf(body: string): string {
  try {
    const status = JSON.parse(body) as { readonly message?: unknown } | null;
    return typeof status?.message === 'string' ? status.message : '';
  } catch {
    return '';
  }
}
