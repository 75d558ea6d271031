import { pathOf } from '../../domain/api-path.ts';
import type { ApiRequest, ApiServer, ServedKind } from '../../domain/cluster.ts';
import type { ObjectId } from '../../domain/finding.ts';

/** What a server has accepted: of a run that is stopped in the middle, this is what was done. */
export interface Written {
  /** The server; what goes through it is noted. */
  readonly server: ApiServer;
  has(method: 'PATCH' | 'DELETE', kind: ServedKind | undefined, object: ObjectId): boolean;
}

export function noting(server: ApiServer): Written {
  const accepted = new Set<string>();
  return {
    server: {
      host: server.host,
      throwAway: server.throwAway,
      kinds: (signal) => server.kinds(signal),
      discover: (signal) => server.discover(signal),
      ask: async (of, signal) => {
        const reply = await server.ask(of, signal);
        if (isNoted(of) && reply.status < 300) accepted.add(key(of.method, of.path));
        return reply;
      },
    },
    has: (method, kind, object) => kind !== undefined && accepted.has(key(method, pathOf(kind, object))),
  };
}

/** What migrates an object is a PATCH, too, and does not apply it. */
const isNoted = ({ method, path, type }: ApiRequest): boolean =>
  (method === 'DELETE' || type === 'application/apply-patch+yaml') && !path.includes('dryRun=All');

/** Without the query: how it was written is no matter. */
const key = (method: string, path: string): string => `${method} ${path.split('?')[0]}`;
