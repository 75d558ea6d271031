import type { ApiRoute } from '../room.ts';

const json = (schema: object) => ({ content: { 'application/json': { schema } } });

const problem = {
  type: 'object',
  required: ['error'],
  properties: { error: { type: 'string', description: 'What is wrong, and what to do.' } },
} as const;

/**
 * What every route asks and answers, as programs that make clients read it.
 * https://spec.openapis.org/oas/v3.1.1.html
 */
export function openapiDocument(routes: readonly ApiRoute[], version: string) {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Lockkeeper',
      version,
      summary: 'What runs where, which version, whose it is, and what waits.',
      description:
        'The same as the pages, for programs. It is only read. Each reply holds what the person that asks may see at the forge, and nothing else; keys may be added, so ignore those that you do not know.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    servers: [{ url: '/' }],
    security: [{ session: [] }, {}],
    components: {
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'lockkeeper',
          description:
            'Set by the login of the pages; its name begins with `__Host-` where the service is reached by https. Without a configured login the service answers on its own machine alone, and asks for none.',
        },
      },
      schemas: { Problem: problem },
    },
    paths: Object.fromEntries(routes.map((route) => [templateOf(route.path), { get: operation(route) }])),
  };
}

/** `/api/v1/apps/:app` as OpenAPI writes it: `/api/v1/apps/{app}`. */
const templateOf = (path: string): string => path.replaceAll(/:(\w+)/g, '{$1}');

function operation({ path, summary, query, reply }: ApiRoute) {
  const problems = {
    '401': { description: 'Nobody is logged in.', ...json({ $ref: '#/components/schemas/Problem' }) },
    '404': { description: 'There is no such thing, or it is not for whom asks.', ...json({ $ref: '#/components/schemas/Problem' }) },
  };
  return {
    operationId: idOf(path),
    summary,
    parameters: [...pathParameters(path), ...queryParameters(query)],
    responses: { '200': { description: 'As it is now.', ...json(reply) }, ...problems },
  };
}

/** `/api/v1/apps/:app` is `getAppsByApp`. */
function idOf(path: string): string {
  const words = path
    .replace('/api/v1/', '')
    .split(/[/.]/)
    .map((word) => (word.startsWith(':') ? `By${capital(word.slice(1))}` : capital(word)));
  return `get${words.join('')}`;
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

const pathParameters = (path: string) =>
  [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));

function queryParameters(query: ApiRoute['query']) {
  const required: readonly string[] = query?.required ?? [];
  return Object.entries(query?.properties ?? {}).map(([name, { description, ...schema }]: [string, { description?: unknown }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(typeof description === 'string' && { description }),
    schema,
  }));
}
