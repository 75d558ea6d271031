import { writeFileSync } from 'node:fs';
import { Agent, request as ask } from 'undici';
import { kubeconfigText } from '../../src/adapters/cluster/control-plane/kubeconfig.ts';
import type { ClusterAddress } from '../../src/domain/cluster.ts';
import { disturbed, Faults, type LoggedRequest } from './faults.ts';
import { startServer } from './http-server.ts';

/** Stands before a real API server: knows every request, and may spoil its answer. */
export interface ApiProxy {
  /** As whom, and where it is asked. */
  readonly address: ClusterAddress;
  readonly faults: Faults;
  /** Requests that write, and are no dry runs, in the order in which they came. */
  writes(): readonly LoggedRequest[];
  /** Writes a kubeconfig that leads here, and gives its path. */
  kubeconfig(file: string): string;
  close(): Promise<void>;
}

export async function startApiProxy(
  { url, ca, token }: ClusterAddress,
  onRequest: (request: LoggedRequest) => void = () => {},
): Promise<ApiProxy> {
  const agent = new Agent({ connect: { ...(ca !== undefined && { ca }) } });
  const faults = new Faults();
  const server = await startServer(async (request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const logged = { method: request.method ?? '', path, query, status: 0 };
    onRequest(logged);
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    await disturbed(faults.take(logged), response, async () => {
      const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
      const method = logged.method as 'GET';
      const reply = await ask(url + request.url, {
        dispatcher: agent,
        method,
        headers,
        body: parts.length === 0 ? null : Buffer.concat(parts),
      });
      const body = Buffer.from(await reply.body.arrayBuffer());
      logged.status = reply.statusCode;
      const { 'content-type': type, warning, 'retry-after': after } = reply.headers;
      const known = Object.entries({ 'content-type': type, warning, 'retry-after': after }).filter(([, value]) => value !== undefined);
      response.writeHead(reply.statusCode, Object.fromEntries(known) as Record<string, string>).end(body);
    });
  });
  const address = { url: server.url, ...(token !== undefined && { token }) };
  return {
    address,
    faults,
    writes: () => faults.seen.filter(isWrite),
    kubeconfig: (file) => {
      writeFileSync(file, kubeconfigText(address), { mode: 0o600 });
      return file;
    },
    close: async () => {
      await server.close();
      await agent.destroy();
    },
  };
}

export const isWrite = ({ method, query }: LoggedRequest): boolean => method !== 'GET' && !query.includes('dryRun=All');
export const isLock = ({ path }: LoggedRequest): boolean => path.includes('/lockkeeper-system');
