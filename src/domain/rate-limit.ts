/** What a host still allows. */
export interface RateLimit {
  readonly limit?: number;
  readonly remaining: number;
  /** When all is allowed again, RFC 3339, UTC. */
  readonly resetAt?: string;
}

/** An instant, as GitHub and GitLab say it, is never that small a number of seconds; others say how long it takes. */
const leastInstant = 1_000_000_000;

/**
 * What a reply says of it: GitHub's, GitLab's and Docker Hub's (`100;w=21600`) ways to say it; undefined where it says nothing.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#checking-the-status-of-your-rate-limit
 * https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers
 */
export function rateLimitIn(headers: Readonly<Record<string, string>>, now: Date): RateLimit | undefined {
  const read = (name: string): number | undefined => {
    const value = Number((headers[`x-ratelimit-${name}`] ?? headers[`ratelimit-${name}`])?.split(';')[0]?.trim() || Number.NaN);
    return Number.isFinite(value) && value >= 0 ? value : undefined;
  };
  const [limit, remaining, reset] = [read('limit'), read('remaining'), read('reset')];
  if (remaining === undefined) return undefined;
  const at = reset === undefined ? undefined : new Date(reset < leastInstant ? now.getTime() + reset * 1000 : reset * 1000);
  return {
    ...(limit !== undefined && { limit }),
    remaining,
    ...(at !== undefined && !Number.isNaN(at.getTime()) && { resetAt: at.toISOString() }),
  };
}
