import { rootCertificates } from 'node:tls';
import { Agent, type Dispatcher, request } from 'undici';
import { OutsideError } from '../../domain/errors.ts';
import type { HostGate } from './host-gate.ts';
import { backoff, fault, isPassing, longestPause, pauseAsked, tries } from './retry.ts';

/** One request to one address, without redirects. */
export interface Hop {
  readonly method: Dispatcher.HttpMethod;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  readonly retry: boolean;
  readonly ahead: boolean;
  /** See HttpRequest. */
  readonly limited: ((text: string) => boolean) | undefined;
  readonly paced: boolean;
  readonly timeoutMs: number;
}

/** A reply whose body is still to be read; it holds one of its host's places until the body was read or destroyed. */
export interface Opened {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Dispatcher.ResponseData['body'];
}

/** Who watches what is asked, for the metrics. */
export type Asked = (host: string, seconds: number, answer?: Pick<Opened, 'status' | 'headers'>) => void;

/** Everything that is known of one host. */
export interface Host {
  readonly name: string;
  readonly gate: HostGate;
  readonly agent: Agent;
  /** Called once per request sent. */
  readonly count: () => void;
  /** Told of each: seconds until the head of the answer, or until nobody had answered. */
  readonly asked: Asked;
  readonly wait: (ms: number) => Promise<void>;
  readonly deadline: (ms: number) => AbortSignal;
}

/** Thrown by who reads a reply: the host wants to be asked less often, and does not say for how long. */
export class UntimedLimit extends Error {}

const connectTimeoutMs = 5_000;

/** Whatever a host asks for, after an hour it is asked again. */
const longestClosed = 3_600_000;

/** A private authority is trusted besides the public ones. */
export function createAgent(concurrency: number, ca: string | undefined): Agent {
  return new Agent({
    connections: concurrency,
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: connectTimeoutMs, ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }) },
  });
}

/** `GET https://host/path`: what an error may show of a request; a query may hold secrets. */
export function shown(hop: Pick<Hop, 'method' | 'url'>): string {
  const { origin, pathname } = new URL(hop.url);
  return `${hop.method} ${origin}${pathname}`;
}

/**
 * Sends the request until it is answered, `use` has read what it needs of the reply, and neither says "again".
 * Throws OutsideError after the last try.
 */
export async function exchange<T>(host: Host, hop: Hop, use: (reply: Opened) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await once(host, hop, use);
    if ('value' in outcome) return outcome.value;
    if (!outcome.again || !hop.retry || attempt === tries) throw failure(host, hop, outcome, attempt);
    host.gate.check();
    if (!outcome.paused) await host.wait(backoff(attempt, Math.random()));
  }
}

interface Failed {
  readonly again: boolean;
  /** The host's gate makes the next try wait. */
  readonly paused: boolean;
  readonly text: string;
  readonly status?: number;
  readonly cause?: unknown;
}

function failure(host: Host, hop: Hop, { text, status, cause }: Failed, attempt: number): OutsideError {
  const effort = attempt === 1 ? '' : ` (${attempt} tries)`;
  return new OutsideError(host.name, `${shown(hop)}: ${text}${effort}`, { status, cause });
}

async function once<T>(host: Host, hop: Hop, use: (reply: Opened) => Promise<T>): Promise<{ readonly value: T } | Failed> {
  if (hop.paced) await host.gate.pace();
  const leave = await host.gate.enter(hop.ahead);
  let [handed, wave] = [false, 0];
  try {
    await host.gate.open();
    wave = host.gate.wave;
    const reply = await send(host, hop);
    if (isPassing(reply.status, reply.headers)) return await refused(host, hop, reply, wave);
    handed = true;
    reply.body.once('close', leave);
    const value = await use(reply);
    host.gate.answered();
    return { value };
  } catch (error) {
    if (error instanceof UntimedLimit) return untimed(host, 'too many requests (403)', 403, wave);
    if (error instanceof OutsideError) throw error;
    const { kind, text } = fault(error);
    if (kind === 'dead') host.gate.failed(text);
    return { again: kind !== 'wrong', paused: false, text, cause: error };
  } finally {
    if (!handed) leave();
  }
}

async function send(host: Host, hop: Hop): Promise<Opened> {
  host.count();
  const begun = performance.now();
  const seconds = (): number => (performance.now() - begun) / 1000;
  try {
    const opened = await transmit(host, hop);
    host.asked(host.name, seconds(), opened);
    return opened;
  } catch (error) {
    host.asked(host.name, seconds());
    throw error;
  }
}

async function transmit(host: Host, hop: Hop): Promise<Opened> {
  const { statusCode, headers, body } = await request(hop.url, {
    dispatcher: host.agent,
    method: hop.method,
    headers: hop.headers,
    body: hop.body ?? null,
    signal: host.deadline(hop.timeoutMs),
  });
  body.on('error', () => undefined); // whoever reads the body hears of it; without a listener a late abort would end the process
  return { status: statusCode, headers: flat(headers), body };
}

/** 429, 5xx and a rate limit's 403: the next try may fare better, when the host says so. */
async function refused(host: Host, hop: Hop, { status, headers, body }: Opened, wave: number): Promise<Failed> {
  await body.dump();
  host.gate.answered();
  const limited = status === 429 || status === 403;
  const text = limited ? `too many requests (${status})` : `the server failed with status ${status}`;
  const pause = limited || status === 503 ? pauseAsked(headers, new Date()) : undefined;
  if (pause === undefined && status === 429 && hop.limited !== undefined) return untimed(host, text, status, wave);
  if (pause === undefined || pause === 0) return { again: true, paused: false, text, status };
  return leaveAlone(host, pause, { text, status, who: `${host.name} asks to be` });
}

/** All requests that were under way together are refused together: that is one word of the host, not several. */
function untimed(host: Host, text: string, status: number, wave: number): Failed {
  const pause = host.gate.limit(wave);
  if (pause === undefined) return { again: true, paused: true, text, status };
  return leaveAlone(host, pause, { text, status, who: `${host.name} does not say for how long, and is` });
}

/** A short pause is waited for by all who ask the host; before the end of a long one nobody asks it. */
function leaveAlone(
  host: Host,
  pause: number,
  { text, status, who }: { readonly text: string; readonly status: number; readonly who: string },
): Failed {
  if (pause <= longestPause) {
    host.gate.pause(pause);
    return { again: true, paused: true, text, status };
  }
  const until = new Date(Date.now() + pause);
  const because = `${text}; ${who} left alone until ${until.toISOString()}`;
  host.gate.close(new Date(Date.now() + Math.min(pause, longestClosed)), because);
  return { again: false, paused: false, text: because, status };
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
