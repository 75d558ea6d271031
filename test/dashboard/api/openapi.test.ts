import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Type } from 'typebox';
import { openPersistence } from '../../../src/adapters/store/open.ts';
import { openapiDocument } from '../../../src/dashboard/api/openapi.ts';
import { apiRoute } from '../../../src/dashboard/room.ts';
import { RunLogWriter } from '../../../src/deploy/record/run-log.ts';
import { deployment } from '../../support/deployments.ts';
import { type DockerRegistry, startDockerRegistry } from '../../support/docker-registry.ts';
import { image } from '../../support/images.ts';
import { describeWith } from '../../support/parts.ts';
import { freePorts } from '../../support/ports.ts';
import { localScanWorld } from '../../support/scan-world.ts';
import { type Served, serve, until } from '../../support/served.ts';

type Document = ReturnType<typeof openapiDocument>;

/** What is in the world below, for the parameters of paths. */
const run = '20261120120000';
const values: Readonly<Record<string, string>> = { app: 'billing', environment: 'staging', run };
const filled = (path: string, of: Readonly<Record<string, string>> = values): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = of[name];
    if (value === undefined) throw new Error(`${path}: this test has no value for ${name}`);
    return encodeURIComponent(value);
  });

function validator(document: Document, path: string): ValidateFunction {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
  ajv.addFormat(
    'date-time',
    (text: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)),
  );
  const schema = document.paths[path]?.get.responses['200'].content['application/json'].schema;
  if (schema === undefined) throw new Error(`${path} has no schema`);
  return ajv.compile(schema);
}

/** What a deployment would leave: this world has no cluster. */
async function keepRun(store: string): Promise<void> {
  const persistence = await openPersistence(`file:${store}`, () => {});
  const about = { environment: 'staging', repository: 'local:staging', cluster: 'staging', commit: 'c'.repeat(40), work: undefined };
  const ports = {
    store: persistence.store,
    locks: persistence.locks,
    redact: (text: string) => text,
    now: () => new Date(),
    warn: () => {},
  };
  const log = new RunLogWriter(ports, about);
  await log.start();
  await log.begin(run, { created: 1, changed: 0, pruned: 0 });
  log.progress.phase('preflight', 1);
  await log.broke(new Error('no answer'));
  await persistence.close();
}

/** Places of schemas that allow everything and say nothing. */
function blanks(schema: unknown, place: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const says = ['type', '$ref', 'enum', 'const', 'anyOf', 'allOf', 'oneOf', 'description'];
  const here = says.some((key) => key in schema) ? [] : [place];
  const {
    properties = {},
    items,
    anyOf = [],
    allOf = [],
  } = schema as {
    properties?: Record<string, unknown>;
    items?: unknown;
    anyOf?: unknown[];
    allOf?: unknown[];
  };
  const inside = [...Object.entries(properties), ...[...anyOf, ...allOf].entries()].flatMap(([name, one]) =>
    blanks(one, `${place}.${name}`),
  );
  return [...here, ...inside, ...(items === undefined ? [] : blanks(items, `${place}[]`))];
}

describeWith('docker-registry', 'the description of /api/v1/, against the service that has it', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lockkeeper-test-')));
  let registry: DockerRegistry;
  let served: Served;
  let document: Document;
  const ask = async (path: string): Promise<{ status: number; type: string | null; body: unknown }> => {
    const response = await fetch(`${served.url}${path}`);
    return { status: response.status, type: response.headers.get('content-type'), body: await response.json() };
  };

  beforeAll(async () => {
    const [port = 0, registryPort = 0] = await freePorts(2);
    const host = `127.0.0.1:${registryPort}`;
    registry = await startDockerRegistry({ port: registryPort });
    const world = localScanWorld(folder);
    world.configure(`server: { port: ${port}, url: "http://127.0.0.1:${port}" }
registries: { "${host}": { insecure: true } }
environments: [{ name: staging, repository: "local:staging" }, { name: production, repository: "local:production" }]
`);
    for (const version of ['1.4.2', '1.5.0']) await registry.pushImage('shop/billing', image({ labels: { of: version } }), version);
    for (const name of ['staging', 'production'])
      await world.createRepository(name, { 'billing.yaml': deployment(`${host}/shop/billing:1.4.2`) });
    await keepRun(join(folder, 'data'));
    served = await serve(world.config);
    document = (await ask('/api/v1/openapi.json')).body as Document;
    await until(async () => JSON.stringify((await ask('/api/v1/operations')).body).includes('"seconds"'));
  });
  afterAll(async () => {
    await served.stop();
    await registry.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('what it says is answered is answered, and as it says', async () => {
    const wrong: string[] = [];
    for (const path of Object.keys(document.paths)) {
      const { status, type, body } = await ask(filled(path));
      const validate = validator(document, path);
      if (status !== 200 || type?.startsWith('application/json') !== true) wrong.push(`${path}: ${status} ${type}`);
      else if (!validate(body)) wrong.push(...(validate.errors ?? []).map((error) => `${path}${error.instancePath} ${error.message}`));
    }
    expect(wrong).toEqual([]);
  });

  test('what runs, what is proposed and who did it are among the answers', async () => {
    const all = await Promise.all(Object.keys(document.paths).map(async (path) => JSON.stringify((await ask(filled(path))).body)));
    for (const said of ['1.4.2', '1.5.0', 'billing', 'production', 'proposal']) expect(all.join('\n')).toContain(said);
  });

  test('what is not there is a 404 in JSON', async () => {
    const nowhere = Object.keys(document.paths)
      .filter((path) => path.includes('{'))
      .map((path) => filled(path, { app: 'no-such', environment: 'no-such', run }));
    for (const path of [...nowhere, '/api/v1/nothing', '/api/v2/environments'])
      expect([path, await ask(path)]).toEqual([
        path,
        { status: 404, type: expect.stringContaining('application/json'), body: { error: expect.any(String) } },
      ]);
  });

  test('every address in the sources is described, and none is described that is not in the sources', () => {
    const source = resolve(import.meta.dirname, '../../../src/dashboard');
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const named = files.flatMap((file) =>
      [...readFileSync(join(source, file), 'utf8').matchAll(/path: ['"`](\/api\/[^'"`]+)['"`]/g)].map(([, path = '']) =>
        path.replaceAll(/:(\w+)/g, '{$1}'),
      ),
    );
    expect(Object.keys(document.paths).toSorted()).toEqual([...new Set(named)].toSorted());
  });

  test('nothing is left blank: each value has a type or says what it is', () => {
    const found = Object.entries(document.paths).flatMap(([path, { get }]) => [
      ...blanks(get.responses['200'].content['application/json'].schema, path),
      ...get.parameters.flatMap(({ name, schema }) => blanks(schema, `${path}?${name}`)),
    ]);
    expect(found).toEqual([]);
  });

  test('each has its own name, one sentence, and the parameters of its path', () => {
    const all = Object.entries(document.paths);
    expect(new Set(all.map(([, { get }]) => get.operationId)).size).toBe(all.length);
    for (const [path, { get }] of all) {
      expect([path, get.summary]).toEqual([path, expect.stringMatching(/^[A-Z].+[.]$/)]);
      const named = get.parameters.filter((one) => one.in === 'path').map(({ name }) => `{${name}}`);
      expect([path, named]).toEqual([path, path.match(/\{\w+\}/g) ?? []]);
      expect(Object.keys(get.responses)).toEqual(['200', '401', '404']);
    }
  });
});

test('a route with parameters as the document has it', () => {
  const route = apiRoute({
    path: '/api/v1/apps/:app/versions',
    summary: 'Versions.',
    query: Type.Object({ since: Type.Optional(Type.String({ description: 'From then on.' })) }),
    reply: Type.Object({ versions: Type.Array(Type.String()) }),
    read: async () => undefined,
  });
  const { get } = openapiDocument([route], '1.0.0').paths['/api/v1/apps/{app}/versions'] ?? {};
  expect(get).toMatchObject({
    operationId: 'getAppsByAppVersions',
    parameters: [
      { name: 'app', in: 'path', required: true, schema: { type: 'string' } },
      { name: 'since', in: 'query', required: false, description: 'From then on.', schema: { type: 'string' } },
    ],
  });
});

test('a value that could be anything is found', () => {
  expect(blanks(Type.Object({ a: Type.Array(Type.Unknown()), b: Type.Unknown({ description: 'Whatever there is.' }) }), 'x')).toEqual([
    'x.a[]',
  ]);
});
