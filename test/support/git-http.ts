import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface GitServer {
  /** `http://127.0.0.1:port`, to which `/NAME.git` is added. */
  readonly url: string;
  close(): Promise<void>;
}

/** Git's own `git http-backend` for the bare repositories in a folder, on loopback. https://git-scm.com/docs/git-http-backend */
export async function startGitServer(folder: string): Promise<GitServer> {
  const server = createServer((request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const child = spawn('git', ['-c', 'safe.directory=*', 'http-backend'], {
      env: {
        ...process.env,
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_CONFIG_NOSYSTEM: '1',
        PATH_INFO: path,
        QUERY_STRING: query,
        REQUEST_METHOD: request.method ?? 'GET',
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    request.pipe(child.stdin);
    child.stdin.on('error', () => {}); // it may answer before it has read all
    const parts: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    child.on('close', () => {
      const reply = Buffer.concat(parts);
      const end = reply.indexOf('\r\n\r\n');
      const headers = reply
        .subarray(0, end)
        .toString()
        .split('\r\n')
        .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const);
      const status = headers.find(([name]) => name === 'Status')?.[1];
      response.writeHead(Number(status?.slice(0, 3) ?? 200), Object.fromEntries(headers)).end(reply.subarray(end + 4));
    });
  });
  await new Promise<void>((ready) => {
    server.listen(0, '127.0.0.1', ready);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
