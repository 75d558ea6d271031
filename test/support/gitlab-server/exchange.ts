import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Failure } from './options.ts';
import { type Parameters, Refused } from './parameters.ts';

export async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

/** Of a JSON body. */
export function parameters(request: IncomingMessage, body: string): Parameters {
  if (body === '' || !(request.headers['content-type'] ?? '').startsWith('application/json')) return {};
  try {
    return JSON.parse(body) as Parameters;
  } catch {
    throw new Refused(400, { error: 'Problems parsing JSON' });
  }
}

/** Answers as ordered instead of as it should. */
export function spoil(response: ServerResponse, how: Failure): void {
  if (how.reset === true) {
    response.destroy();
    return;
  }
  const html = '<!DOCTYPE html><html><head><title>502</title></head><body>Whoops, GitLab is taking too much time to respond.</body></html>';
  response
    .writeHead(how.status ?? 500, { 'content-type': how.body === undefined ? 'text/html' : 'application/json', ...how.headers })
    .end(how.body ?? html);
}
