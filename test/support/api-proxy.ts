import { writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
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
  const forward = async (request: IncomingMessage, response: ServerResponse, logged: LoggedRequest, body: Buffer): Promise<void> => {
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const reply = await ask(url + request.url, {
      dispatcher: agent,
      method: logged.method as 'GET',
      headers,
      body: body.length === 0 ? null : body,
    });
    const answer = Buffer.from(await reply.body.arrayBuffer());
    logged.status = reply.statusCode;
    const passed = ['content-type', 'warning', 'retry-after'].flatMap((name) => {
      const value = reply.headers[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    response.writeHead(reply.statusCode, Object.fromEntries(passed)).end(answer);
  };
  const server = await startServer(async (request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const logged = { method: request.method ?? '', path, query, status: 0 };
    onRequest(logged);
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    await disturbed(faults.take(logged), response, () =>
      forward(request, response, logged, Buffer.concat(parts)).catch(() => {
        response.destroy(); // who asked was killed, or the server is gone
      }),
    );
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
