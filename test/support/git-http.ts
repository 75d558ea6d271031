import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface GitServer {
  /** `http://127.0.0.1:port`, to which `/NAME.git` is added. */
  readonly url: string;
  close(): Promise<void>;
}

/** What git's own server is asked: a path (`/NAME.git/info/refs`) in a folder of bare repositories. */
export interface GitQuestion {
  readonly folder: string;
  readonly path: string;
  readonly query: string;
  /** Where it was read already. */
  readonly body?: Buffer;
}

/** Git's own `git http-backend` for the bare repositories in a folder, on loopback. */
export async function startGitServer(folder: string): Promise<GitServer> {
  const server = createServer((request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    void answerGit(request, response, { folder, path, query });
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

/** https://git-scm.com/docs/git-http-backend; ends when all is answered. Whoever calls it decides who may push. */
export async function answerGit(request: IncomingMessage, response: ServerResponse, question: GitQuestion): Promise<void> {
  const args = ['-c', 'safe.directory=*', '-c', 'http.receivepack=true', 'http-backend'];
  const child = spawn('git', args, { env: cgi(request, question), stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.on('error', () => {}); // it may answer before it has read all
  if (question.body === undefined) request.pipe(child.stdin);
  else child.stdin.end(question.body);
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  await new Promise((closed) => child.once('close', closed));
  const reply = Buffer.concat(parts);
  const end = reply.indexOf('\r\n\r\n');
  const headers = reply
    .subarray(0, end)
    .toString()
    .split('\r\n')
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const);
  const status = headers.find(([name]) => name === 'Status')?.[1];
  response.writeHead(Number(status?.slice(0, 3) ?? 200), Object.fromEntries(headers)).end(reply.subarray(end + 4));
}

const cgi = ({ method, headers }: IncomingMessage, { folder, path, query }: GitQuestion): NodeJS.ProcessEnv => ({
  ...process.env,
  GIT_PROJECT_ROOT: folder,
  GIT_HTTP_EXPORT_ALL: '1',
  GIT_CONFIG_NOSYSTEM: '1',
  PATH_INFO: path,
  QUERY_STRING: query,
  REQUEST_METHOD: method ?? 'GET',
  CONTENT_TYPE: headers['content-type'] ?? '',
  HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
  GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
});
