import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pathOf, type World } from './world.ts';

/** The host that gives out archives. Whoever brings the API's credentials along has given them away. */
export async function sendArchive(world: World, violations: string[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.headers.authorization !== undefined) violations.push('the token was sent to the host of the archives');
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
  const [, owner, name, , sha = ''] = pathname.split('/');
  const found = world.repositories.find((one) => pathOf(one) === `${owner}/${name}`);
  if (found === undefined || searchParams.get('token') !== 'archive-token') {
    response.writeHead(404).end('404: Not Found');
    return;
  }
  const args = ['archive', '--format=tar.gz', `--prefix=${found.owner}-${found.name}-${sha.slice(0, 7)}/`, sha];
  const child = spawn('git', ['-c', 'safe.directory=*', ...args], { cwd: found.directory, stdio: ['ignore', 'pipe', 'ignore'] });
  response.writeHead(200, { 'content-type': 'application/x-gzip' });
  child.stdout.pipe(response);
  await new Promise((ended) => response.once('close', ended));
  child.kill();
}
