/** Tries per request, the first one included. */
export const tries = 4;

/** A host that asks for a longer pause is reported, not waited for. Milliseconds. */
export const longestPause = 120_000;

/**
 * Milliseconds that a `Retry-After` header asks for: seconds or an HTTP date; undefined when it says nothing that can be read.
 * https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function retryAfter(header: string | undefined, now: Date): number | undefined {
  const value = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = /^[A-Za-z]/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}

/** Milliseconds to wait after the given try (1, 2, …): doubles, half of it by chance, so that those who failed together do not come back together. */
export function backoff(attempt: number, random: number): number {
  const full = 500 * 2 ** (attempt - 1);
  return Math.round(full / 2 + (full / 2) * random);
}

type Headers = Readonly<Record<string, string>>;

/**
 * Milliseconds that a refusal asks to be left alone for: `Retry-After`, else the reset of a rate limit that is used up.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export function pauseAsked(headers: Headers, now: Date): number | undefined {
  const { 'retry-after': after, 'x-ratelimit-remaining': remaining, 'x-ratelimit-reset': reset = '' } = headers;
  const pause = retryAfter(after, now);
  if (pause !== undefined || remaining !== '0' || !/^\d{10}$/.test(reset)) return pause;
  return Math.max(1000, Number(reset) * 1000 - now.getTime());
}

/** A 403 says "you may not", or, on GitHub, "you may not ask so often": then it says for how long. */
const isRateLimit = (headers: Headers): boolean =>
  headers['retry-after'] !== undefined || (headers['x-ratelimit-remaining'] === '0' && headers['x-ratelimit-reset'] !== undefined);

/** Replies that another try may change. */
export const isPassing = (status: number, headers: Headers): boolean =>
  status === 429 || (status >= 500 && status !== 501) || (status === 403 && isRateLimit(headers));

/** `dead`: nobody answers there; `broken`: the exchange broke; `wrong`: the same would happen again. */
export type FaultKind = 'dead' | 'broken' | 'wrong';

export interface Fault {
  readonly kind: FaultKind;
  /** What happened, for people. */
  readonly text: string;
}

const deadCodes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused; is it running, and is the port right?',
  ENOTFOUND: 'the host name is unknown; check its spelling and DNS',
  EAI_AGAIN: 'the host name could not be resolved; check DNS',
  EHOSTUNREACH: 'the host cannot be reached; check the network',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'connecting timed out',
  UND_ERR_CONNECT_TIMEOUT: 'connecting timed out',
};

const certificateHint = 'its certificate is not trusted; give the authority’s certificate as `ca`';
const noTls = 'it does not speak TLS; if it serves plain http, say `insecure: true`';
const wrongCodes: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: certificateHint,
  DEPTH_ZERO_SELF_SIGNED_CERT: certificateHint,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: certificateHint,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: certificateHint,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  UND_ERR_INVALID_ARG: 'the request is malformed',
  UND_ERR_DESTROYED: 'Lockkeeper stops',
};

/** What an error of the connection means. */
export function fault(error: unknown): Fault {
  if (!Error.isError(error)) return { kind: 'broken', text: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (error.name === 'TimeoutError') return { kind: 'dead', text: 'no complete reply in time' };
  if (deadCodes[code] !== undefined) return { kind: 'dead', text: deadCodes[code] };
  if (wrongCodes[code] !== undefined) return { kind: 'wrong', text: wrongCodes[code] };
  if (code === 'EPROTO' && /wrong version number|packet length too long/.test(error.message)) return { kind: 'wrong', text: noTls };
  if (code.startsWith('HPE_')) return { kind: 'wrong', text: `the reply is not HTTP (${error.message})` };
  return { kind: 'broken', text: `the connection broke off (${error.message || code})` };
}
