import type { IncomingMessage } from 'node:http';
import { type Parameters, Refused } from './parameters.ts';

export async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

/** `refs[]=a&refs[]=b` is a list. */
export const ofQuery = (query: URLSearchParams): Parameters =>
  Object.fromEntries(
    [...new Set(query.keys())].map((name) =>
      name.endsWith('[]') ? [name.slice(0, -'[]'.length), query.getAll(name)] : [name, query.getAll(name).at(-1)],
    ),
  );

/** Of a JSON body. */
export function parameters(request: IncomingMessage, body: string): Parameters {
  if (body === '' || !(request.headers['content-type'] ?? '').startsWith('application/json')) return {};
  try {
    return JSON.parse(body) as Parameters;
  } catch {
    throw new Refused(400, { error: 'Problems parsing JSON' });
  }
}
