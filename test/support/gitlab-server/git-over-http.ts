import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, dirname } from 'node:path';
import { answerGit } from '../git-http.ts';
import { branchDeleted, pushed } from './pushes.ts';
import { headOf, levelIn, levels, mayPush, type Project, type User, type World } from './world.ts';

const nothing = '0'.repeat(40);
const ofBranch = 'refs/heads/';

/** Clones, fetches and pushes of `/PROJECT.git`, with a token as the password: https://docs.gitlab.com/topics/git/clone/#clone-using-a-token */
export async function serveGit(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, search } = new URL(request.url ?? '/', 'http://x');
  const root = new URL(world.url).pathname.replace(/\/$/, '');
  const [, path = '', rest = ''] = /^\/(.+)\.git(\/.*)$/.exec(decodeURIComponent(pathname.slice(root.length))) ?? [];
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = Buffer.concat(parts);
  const user = whose(world, request.headers.authorization ?? '');
  if (user === undefined) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="GitLab"' }).end('HTTP Basic: Access denied.');
    return;
  }
  const project = world.projects.find((one) => one.path.toLowerCase() === path.toLowerCase());
  if (project === undefined || levelIn(user, project.path) < levels.reporter) {
    response.writeHead(404).end("The project you were looking for could not be found or you don't have permission to view it.");
    return;
  }
  const commands = rest === '/git-receive-pack' ? receiveCommands(body) : [];
  if (commands.some(({ branch }) => branch !== undefined && !mayPush(user, project, branch))) {
    response.writeHead(403).end('You are not allowed to push code to protected branches on this project.');
    return;
  }
  const question = { folder: dirname(project.directory), path: `/${basename(project.directory)}${rest}`, query: search.slice(1), body };
  await answerGit(request, response, question);
  for (const command of commands) noticePush(world, project, command, user);
}

export const isGit = (path: string): boolean => /\.git\/(info\/refs|git-upload-pack|git-receive-pack)$/.test(path);

function whose(world: World, authorization: string): User | undefined {
  const decoded = Buffer.from(authorization.replace(/^Basic /i, ''), 'base64').toString();
  const password = decoded.slice(decoded.indexOf(':') + 1);
  return world.users.find(({ token }) => token === password);
}

interface Command {
  /** Undefined for what is no branch. */
  readonly branch: string | undefined;
  readonly to: string;
}

/** The refs that a push is about: https://git-scm.com/docs/pack-protocol#_reference_update_request_and_packfile_transfer */
function receiveCommands(body: Buffer): Command[] {
  const commands: Command[] = [];
  for (let at = 0; at < body.length; ) {
    const length = Number.parseInt(body.subarray(at, at + 4).toString(), 16);
    if (!(length > 4)) break;
    const [line = ''] = body
      .subarray(at + 4, at + length)
      .toString()
      .trimEnd()
      .split('\0');
    const [, to = '', ref = ''] = line.split(' ');
    commands.push({ branch: ref.startsWith(ofBranch) ? ref.slice(ofBranch.length) : undefined, to });
    at += length;
  }
  return commands;
}

function noticePush(world: World, project: Project, { branch, to }: Command, user: User): void {
  if (branch === undefined) return;
  const head = headOf(project, branch);
  if (to === nothing && head === undefined) branchDeleted(world, project, branch, user);
  if (head === to) pushed(world, project, branch, to, user);
}
