import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isAppToken } from './apps.ts';
import { type Call, Refused, type Reply } from './call.ts';
import { toUser } from './options.ts';
import { findRoute } from './routes.ts';
import type { World } from './world.ts';

interface Question {
  readonly world: World;
  readonly violations: string[];
  readonly request: IncomingMessage;
  /** Without `/api/v3`, still encoded; undefined outside of it. */
  readonly path: string | undefined;
  readonly query: URLSearchParams;
  readonly body: string;
}

/** Works the answer out; what comes back sends it. */
export async function answer(question: Question): Promise<(response: ServerResponse) => void> {
  const { request } = question;
  try {
    const reply = await work(question);
    return (response) => send(request, response, reply);
  } catch (error) {
    if (!(error instanceof Refused)) question.violations.push(`${request.method} ${question.path}: ${String(error)}`);
    const { status, message, errors, headers } =
      error instanceof Refused ? error : { status: 500, message: String(error), errors: undefined, headers: {} };
    const body = { message, ...(errors === undefined ? {} : { errors }), documentation_url: 'https://docs.github.com/rest' };
    return (response) => send(request, response, { status, body, headers });
  }
}

async function work({ world, violations, request, path, query, body }: Question): Promise<Reply> {
  const method = request.method ?? '';
  const found = path === undefined ? undefined : findRoute(method, path);
  // Of an App just made there is only the code yet.
  const who = found?.operation.name.startsWith('POST /app-manifests/') === true ? anybody : authenticate(world, request);
  if (path === undefined || found === undefined) throw new Refused(404, 'Not Found');
  if (request.headers['x-github-api-version'] === undefined && !path.endsWith('/access_tokens'))
    violations.push(`${method} ${path}: no API version`);
  const given = body === '' ? undefined : parse(body);
  const { operation, at } = found;
  const problems = operation.requestProblems(query, given);
  violations.push(...problems.map((problem) => `${operation.name}: ${problem}`));
  if (problems.length > 0) throw new Refused(422, `Invalid request.\n\n${problems.join('\n')}`);
  const call: Call = {
    world,
    ...who,
    at,
    query,
    body: (given ?? {}) as Call['body'],
    path,
    accept: request.headers.accept ?? '',
  };
  const reply = await found.answer(call);
  if (reply.raw !== undefined) return reply;
  const described = operation.reply(reply.status, reply.body);
  violations.push(...described.problems.map((problem) => `${operation.name}: ${problem}`));
  return { ...reply, body: reply.ofServer === undefined ? described.body : { ...(described.body as object), ...reply.ofServer } };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new Refused(400, 'Problems parsing JSON');
  }
}

const anybody: Pick<Call, 'user' | 'asApp' | 'installation'> = {
  user: toUser({ login: 'ghost', permissions: {} }, 0),
  asApp: false,
  installation: undefined,
};

function authenticate(world: World, request: IncomingMessage): Pick<Call, 'user' | 'asApp' | 'installation'> {
  const token = (request.headers.authorization ?? '').replace(/^(Bearer|token) /i, '');
  const user = world.users.find((one) => one.token === token && token !== '') ?? world.oauthTokens.get(token);
  if (user !== undefined) return { user, asApp: false, installation: undefined };
  const { app } = world;
  const given = app?.tokens.get(token);
  if (app !== undefined && given !== undefined && given.until > Date.now()) {
    return { user: app.bot, asApp: false, installation: given.installation };
  }
  if (app !== undefined && isAppToken(world, token)) return { user: app.bot, asApp: true, installation: undefined };
  throw new Refused(401, 'Bad credentials');
}

function send(request: IncomingMessage, response: ServerResponse, { status, body, raw, headers = {} }: Reply): void {
  const limit = {
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': '4999',
    'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 3600),
  };
  if (raw !== undefined) {
    response.writeHead(status, { ...limit, ...headers, 'content-type': 'application/vnd.github.raw+json; charset=utf-8' }).end(raw);
    return;
  }
  if (body === undefined || status === 204) {
    response.writeHead(status, { ...limit, ...headers }).end();
    return;
  }
  const bytes = Buffer.from(JSON.stringify(body));
  const etag = `W/"${createHash('sha256').update(bytes).digest('hex')}"`;
  if (status === 200 && request.method === 'GET' && request.headers['if-none-match'] === etag) {
    response.writeHead(304, { ...limit, ...headers, etag }).end();
    return;
  }
  const type = { 'content-type': 'application/json; charset=utf-8', 'content-length': bytes.length };
  response.writeHead(status, { ...limit, ...headers, ...type, etag }).end(bytes);
}
