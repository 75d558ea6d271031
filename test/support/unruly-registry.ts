import type { Registry } from '../../src/demo/registry.ts';
import { disturbed, type Faults } from './faults.ts';
import { type ScriptedServer, startServer } from './http-server.ts';

const passedOn = ['accept', 'if-none-match'];

/** Stands between a registry and who asks it: what the faults say happens to the requests, the rest passes through. */
export function startUnruly({ url }: Pick<Registry, 'url'>, faults: Faults): Promise<ScriptedServer> {
  return startServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', url);
    const logged = { method: request.method ?? '', path: pathname, query: searchParams.toString(), status: 0 };
    await disturbed(faults.take(logged), response, async () => {
      const headers = Object.fromEntries(passedOn.map((name) => [name, request.headers[name] ?? '']).filter(([, value]) => value !== ''));
      const ask = () => fetch(`${url}${request.url}`, { method: logged.method, headers: headers as Record<string, string> });
      const reply = await ask().catch(ask); // a busy loopback resets a connection now and then, which is none of the faults
      const body = Buffer.from(await reply.arrayBuffer());
      const told = [...reply.headers].filter(([name]) => !['connection', 'keep-alive', 'transfer-encoding'].includes(name));
      response.writeHead(reply.status, Object.fromEntries(told)).end(body);
    });
  });
}
