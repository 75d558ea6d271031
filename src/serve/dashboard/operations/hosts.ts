import { type RateLimit, rateLimitIn } from '../../../domain/rate-limit.ts';

/** A limit, and when a reply told of it. */
export interface SeenLimit extends RateLimit {
  readonly at: string;
}

/** How a host has answered lately. Times are RFC 3339, UTC. */
export interface HostState {
  /** When it was asked last. */
  readonly at: string;
  readonly lastSuccess?: string;
  /** The first failure since then; absent while it answers. */
  readonly failingSince?: string;
  readonly problem?: string;
  /** By the resource that each is for, '' where the host has one limit. */
  readonly limits: Readonly<Record<string, SeenLimit>>;
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

const mostLimits = 5;

/** After one more request; without a reply nobody answered. Refusals of what was asked for are answers. */
export function afterRequest(known: HostState | undefined, reply: Reply | undefined, now: Date): HostState {
  const at = now.toISOString();
  const problem = problemOf(reply);
  const limits = limitsAfter(known?.limits ?? {}, reply, now);
  if (problem === undefined) return { at, lastSuccess: at, limits };
  const { lastSuccess, failingSince = at } = known ?? {};
  return { at, ...(lastSuccess !== undefined && { lastSuccess }), failingSince, problem, limits };
}

function problemOf(reply: Reply | undefined): string | undefined {
  if (reply === undefined) return 'nobody answers';
  if (reply.status === 429 || (reply.status === 403 && reply.headers['x-ratelimit-remaining'] === '0'))
    return `too many requests (${reply.status})`;
  return reply.status >= 500 ? `the server fails (${reply.status})` : undefined;
}

function limitsAfter(known: HostState['limits'], reply: Reply | undefined, now: Date): HostState['limits'] {
  const limit = reply && rateLimitIn(reply.headers, now);
  if (limit === undefined) return known;
  const resource = (reply?.headers['x-ratelimit-resource'] ?? '').slice(0, 50);
  const all = { ...known, [resource]: { ...limit, at: now.toISOString() } };
  return Object.fromEntries(
    Object.entries(all)
      .sort(([, a], [, b]) => b.at.localeCompare(a.at))
      .slice(0, mostLimits),
  );
}
