import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Call, Reply } from './call.ts';
import { type Operation, replyProblems } from './description/operation.ts';
import { optional } from './description/shapes.ts';
import { ofQuery, parameters } from './exchange.ts';
import { check, message, type Parameters, Refused } from './parameters.ts';
import { type DescribedRoute, findRoute } from './routes.ts';
import type { User, World } from './world.ts';

interface Question {
  readonly world: World;
  readonly violations: string[];
  readonly routes?: readonly DescribedRoute[] | undefined;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Without `/api/v4`, still encoded; undefined outside of it. */
  readonly path: string | undefined;
  readonly query: URLSearchParams;
  readonly body: string;
}

/** Works the reply out; undefined when it is already on its way. What neither GitLab asks for nor would answer is written down. */
export async function answer(question: Question): Promise<Reply | undefined> {
  const { request, path, violations } = question;
  try {
    await settled(question.world);
    const user = authenticate(question);
    const found = path === undefined ? undefined : findRoute(request.method ?? '', path, question.routes);
    if (path === undefined || found === undefined) throw new Refused(404, { error: '404 Not Found' });
    const note = (problem: string) => violations.push(`${found.name}: ${problem}; see ${found.operation.page}`);
    const reply = await refusing(async () => {
      const given = checked(question, found.operation, found.at, note);
      return found.answer(callOf(question, user, path, Object.values(found.at), given));
    });
    if (reply !== undefined) for (const problem of replyProblems(found.operation, reply.status, reply.body)) note(problem);
    return reply;
  } catch (error) {
    if (error instanceof Refused) return { status: error.status, body: error.body };
    violations.push(`${request.method} ${path}: ${Error.isError(error) ? error.stack : String(error)}`);
    return { status: 500, body: { message: '500 Internal Server Error' } };
  }
}

/** What earlier requests set GitLab's workers to do is done by the next. */
async function settled({ projects }: World): Promise<void> {
  await Promise.all(projects.flatMap(({ requests }) => requests.flatMap(({ checking }) => checking ?? [])));
}

async function refusing(work: () => Promise<Reply | undefined>): Promise<Reply | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refused) return { status: error.status, body: error.body };
    throw error;
  }
}

function callOf(
  { world, query, request, response }: Question,
  user: User,
  path: string,
  parts: readonly string[],
  given: Parameters,
): Call {
  return { world, user, method: request.method ?? '', path, parts, given, query, request, response };
}

const nothing = optional({});

/** The parameters as GitLab understands them. */
function checked(
  { request, query, body }: Question,
  operation: Operation,
  at: Readonly<Record<string, string>>,
  note: (problem: string) => void,
): Parameters {
  const ofBody = parameters(request, body);
  const inQuery = request.method === 'GET' || request.method === 'DELETE';
  const astray = inQuery ? Object.keys(ofBody) : operation.inQuery === true ? [] : [...query.keys()];
  const given = check(operation.parameters ?? nothing, { ...ofQuery(query), ...ofBody });
  const refused = [...check(operation.path ?? nothing, at).refused, ...given.refused];
  const unknown = given.unknown.map(
    (name) => `${name} is not ${operation.unmodelled?.includes(name) === true ? 'modelled here' : 'described'}`,
  );
  const elsewhere = astray.map((name) => `${name} belongs into the ${inQuery ? 'query' : 'body'}`);
  for (const problem of [...refused, ...unknown, ...elsewhere]) note(problem);
  if (refused.length > 0) throw new Refused(400, { error: refused.join(', ') });
  return given.values;
}

function authenticate({ world, request }: Question): User {
  const { 'private-token': header, authorization = '' } = request.headers;
  const token = typeof header === 'string' ? header : authorization.replace(/^Bearer /i, '');
  const user = world.users.find((one) => one.token === token);
  if (user === undefined) throw message(401, '401 Unauthorized');
  const enough = user.scopes.includes('api') || (request.method === 'GET' && user.scopes.includes('read_api'));
  if (enough) return user;
  const said = 'The request requires higher privileges than provided by the access token.';
  throw new Refused(403, { error: 'insufficient_scope', error_description: said, scope: 'api' });
}
