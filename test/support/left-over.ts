import type { ApiServer } from '../../src/domain/cluster.ts';

/** What servers write for themselves, all the time. */
const moving = new Set(['events', 'leases', 'ipaddresses', 'endpoints', 'endpointslices']);

/** A server makes it for itself, soon after it has started. */
const ownService = '/api/v1/services default kubernetes';

/** Everything that stands in a server: `PATH NAME`, of each kind in each namespace. */
export async function standingIn(server: ApiServer): Promise<string[]> {
  const kinds = (await server.kinds()).filter(({ plural }) => !moving.has(plural));
  const lists = await Promise.all(
    kinds.map(async ({ apiVersion, plural }) => {
      const path = `${apiVersion.includes('/') ? '/apis/' : '/api/'}${apiVersion}/${plural}`;
      const { status, body } = await server.ask({ method: 'GET', path });
      const { items = [] } = status === 200 ? (JSON.parse(body) as List) : {};
      return items.map(({ metadata }) => `${path} ${metadata.namespace ?? ''} ${metadata.name}`);
    }),
  );
  return lists
    .flat()
    .filter((name) => name !== ownService)
    .sort();
}

interface List {
  readonly items?: readonly { readonly metadata: { readonly name: string; readonly namespace?: string } }[];
}
