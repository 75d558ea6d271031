import { openPool } from '../api-server.ts';

/** One request as our client sent it. */
export interface Sent {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: string;
  readonly type?: string;
  readonly accept?: string;
}

/** Leases are the lock, of which no other run has a use; the rest is what a run asks of a cluster. */
const isLock = ({ path }: Sent): boolean => /\/leases|namespaces\/lockkeeper-system|\/namespaces$/.test(path.split('?')[0] ?? '');

/**
 * Seconds that the same requests take, sent in the same order, so many in flight: nothing is read but the status. Throws where one is refused.
 * Preconditions of deletes are left out: they name the objects of another run.
 */
export async function replay(kubeconfig: string, requests: readonly Sent[], inFlight: number): Promise<number> {
  const { pool, headers } = openPool(kubeconfig, inFlight);
  const waiting = requests
    .filter((one) => !isLock(one))
    .map((one) => (one.method === 'DELETE' ? withoutPreconditions(one) : one))
    .values();
  const send = async (): Promise<void> => {
    for (const { method, path, body: content, type, accept } of waiting) {
      const { statusCode, body } = await pool.request({
        method,
        path,
        headers: { ...headers, accept: accept ?? 'application/json', ...(type !== undefined && { 'content-type': type }) },
        ...(content !== undefined && { body: content }),
      });
      await body.dump({ limit: 1e9 });
      if (statusCode >= 400 && statusCode !== 404) throw new Error(`${method} ${path}: the server answered ${statusCode}`);
    }
  };
  const begin = performance.now();
  await Promise.all(Array.from({ length: inFlight }, send));
  const seconds = (performance.now() - begin) / 1000;
  await pool.close();
  return seconds;
}

function withoutPreconditions({ body, ...rest }: Sent): Sent {
  const { preconditions: _, ...options } = JSON.parse(body ?? '{}') as Readonly<Record<string, unknown>>;
  return { ...rest, body: JSON.stringify(options), type: 'application/json' };
}

/** What of a run's requests is what, for one kind. */
export interface Counted {
  readonly lists: number;
  readonly reads: number;
  readonly dryRuns: number;
  readonly applies: number;
  readonly deletes: number;
}

const nothing: Counted = { lists: 0, reads: 0, dryRuns: 0, applies: 0, deletes: 0 };

/** By the kind's plural; `lock` and `discovery` beside them. */
export function countByKind(requests: readonly Sent[]): ReadonlyMap<string, Counted> {
  const counts = new Map<string, Counted>();
  for (const one of requests) {
    const [kind, what] = meaningOf(one);
    const known = counts.get(kind) ?? nothing;
    counts.set(kind, { ...known, [what]: known[what] + 1 });
  }
  return counts;
}

/** Of a path: group (none for the core group), namespace, plural and name. */
const inPath = /^\/api(?:s\/(?<group>[^/]+))?\/v[^/]+(?:\/namespaces\/[^/]+(?=\/))?\/(?<plural>[^/]+)(?:\/(?<name>[^/]+))?/;

function meaningOf(one: Sent): readonly [kind: string, what: keyof Counted] {
  const [path = '', query = ''] = one.path.split('?');
  if (isLock(one)) return ['(lock)', 'reads'];
  const { group, plural, name } = inPath.exec(path)?.groups ?? {};
  if (plural === undefined) return ['(discovery)', 'reads'];
  const kind = group === undefined ? plural : `${plural}.${group}`;
  if (one.method === 'DELETE') return [kind, 'deletes'];
  if (one.method !== 'GET') return [kind, query.includes('dryRun=All') ? 'dryRuns' : 'applies'];
  return [kind, name === undefined ? 'lists' : 'reads'];
}

export const total = (counts: Iterable<Counted>): Counted =>
  [...counts].reduce(
    (sum, one) => ({
      lists: sum.lists + one.lists,
      reads: sum.reads + one.reads,
      dryRuns: sum.dryRuns + one.dryRuns,
      applies: sum.applies + one.applies,
      deletes: sum.deletes + one.deletes,
    }),
    nothing,
  );
