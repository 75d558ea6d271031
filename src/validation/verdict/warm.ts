import type { ApiServer, ServedKind } from '../../domain/cluster.ts';
import { Claims } from './claims.ts';
import { ownKinds } from './kinds.ts';
import { Schemas } from './schema.ts';

/** What is known of a server, and who holds what in it: shared by all validations there. */
export interface Warm {
  readonly claims: Claims;
  readonly schemas: Schemas;
  readonly kinds: ReadonlyMap<string, ServedKind>;
  /** A name that nobody else has. */
  aside(): string;
}

interface Known {
  readonly claims: Claims;
  readonly schemas: Schemas;
  count: number;
  kinds?: Promise<ReadonlyMap<string, ServedKind>>;
}

const servers = new WeakMap<ApiServer, Known>();

/** The kinds of a throw-away server are asked for once, before anything is made there; those of a cluster that others use each time. */
export async function warm(server: ApiServer, signal: AbortSignal): Promise<Warm> {
  const known = servers.get(server) ?? { claims: new Claims(), schemas: new Schemas(server), count: 0 };
  servers.set(server, known);
  return {
    claims: known.claims,
    schemas: known.schemas,
    kinds: await kindsOf(server, known, signal),
    aside: () => {
      known.count += 1;
      return `lockkeeper-${known.count}`;
    },
  };
}

function kindsOf(server: ApiServer, known: Known, signal: AbortSignal): Promise<ReadonlyMap<string, ServedKind>> {
  if (!server.throwAway) return ownKinds(server, signal);
  const asked = known.kinds ?? ownKinds(server, new AbortController().signal);
  known.kinds = asked;
  asked.catch(() => {
    if (known.kinds === asked) delete known.kinds;
  });
  return asked;
}
