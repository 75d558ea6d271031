import { type ClusterClient, connectCluster } from '../../src/adapters/cluster/client.ts';
import type { DeployPorts } from '../../src/deploy/ports.ts';
import type { ApiRequest, ApiServer } from '../../src/domain/cluster.ts';
import { OutsideError, RefusedError } from '../../src/domain/errors.ts';
import { sharedControlPlane } from '../support/control-plane.ts';
import { deployed, stateOf, told } from '../support/deploy-world.ts';
import { describeWith } from '../support/parts.ts';

const namespace = (name: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`;

describeWith('control-plane', 'a deployment run', () => {
  const shared = sharedControlPlane();
  let server: ClusterClient;
  let number = 0;
  /** Name of the environment, and of its namespace, of each test. */
  let env = '';
  beforeAll(async () => {
    server = connectCluster((await shared()).address, { throwAway: true });
  });
  afterAll(() => server.close());
  beforeEach(() => {
    number += 1;
    env = `flow-${number}`;
  });

  const config = (name: string, value = 'a'): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: ${env}}\ndata: {key: ${value}}\n`;
  const state = (...documents: readonly string[]) => stateOf({ 'all.yaml': [namespace(env), ...documents].join('---\n') });
  const run = async (documents: readonly string[], more: Parameters<typeof deployed>[3] = {}) =>
    deployed(server, env, await state(...documents), more);
  const names = (...of: readonly string[]): readonly string[] => of.map((name) => `ConfigMap/${env}/${name}`);
  interface Live {
    readonly metadata: { readonly name: string; readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> };
    readonly data?: Record<string, string>;
  }
  async function live(): Promise<Readonly<Record<string, Live>>> {
    const { body } = await server.ask({ method: 'GET', path: `/api/v1/namespaces/${env}/configmaps` });
    const { items } = JSON.parse(body) as { readonly items: readonly Live[] };
    return Object.fromEntries(items.map((item) => [item.metadata.name, item]));
  }
  const values = async (): Promise<Readonly<Record<string, unknown>>> =>
    Object.fromEntries(Object.entries(await live()).map(([name, { data }]) => [name, data?.['key']]));
  /** The server, with something in between. */
  const through = (ask: ApiServer['ask']): ApiServer => ({
    host: server.host,
    throwAway: true,
    kinds: (signal) => server.kinds(signal),
    discover: (signal) => server.discover(signal),
    ask,
  });
  const isWrite = ({ method, path }: ApiRequest): boolean =>
    method !== 'GET' && !path.includes('dryRun') && !path.includes('lockkeeper-system');

  test('creates, changes, leaves, prunes, and says so', async () => {
    const first = await run([config('same'), config('changes'), config('goes')]);
    expect(told(first.report)).toMatchObject({
      outcome: 'succeeded',
      created: [`Namespace/${env}`, ...names('same', 'changes', 'goes')],
      changed: [],
      unchanged: 0,
      pruned: [],
      failures: [],
    });
    expect(first.course).toEqual(['lock', 'look', 'preflight', 'begin: 4 created, 0 changed, 0 pruned', 'apply']);
    const second = await run([config('same'), config('changes', 'b'), config('comes')], { commit: 'c0ffee' });
    expect(told(second.report)).toEqual({
      outcome: 'succeeded',
      created: names('comes'),
      changed: names('changes'),
      unchanged: 2,
      pruned: names('goes'),
      kept: [],
      failures: [],
      notes: ['Rollouts were not waited for.'],
    });
    expect(second.course).toEqual([
      'lock',
      'look',
      'preflight',
      'begin: 1 created, 1 changed, 1 pruned',
      'apply',
      `prune: ConfigMap/${env}/goes`,
      'prune',
    ]);
    expect(second.report.commit).toBe('c0ffee');
    expect(second.report.run > first.report.run).toBe(true);
    expect(await values()).toEqual({ same: 'a', changes: 'b', comes: 'a' });
    const stamps = Object.values(await live()).map(({ metadata: { labels } }) => labels);
    expect(new Set(stamps.map((labels) => JSON.stringify(labels)))).toEqual(
      new Set([JSON.stringify({ 'lockkeeper.dev/deployed-at': second.report.run, 'lockkeeper.dev/environment': env })]),
    );
  });

  test('with nothing changed it asks once per object and once per kind', async () => {
    const astray = `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: ${env}, namespace: astray}\n`;
    const homeless = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${env}}\n`;
    const documents = [...Array.from({ length: 3 }, (_, index) => config(`c${index}`)), astray, homeless];
    await run(documents);
    const asked: string[] = [];
    const counting = through((of, signal) => {
      asked.push(`${of.method} ${of.path.split('?')[0]}`);
      return server.ask(of, signal);
    });
    const { report } = await deployed(counting, env, await state(...documents), { takeOver: true });
    expect(told(report)).toMatchObject({ outcome: 'succeeded', created: [], changed: [], unchanged: 6 });
    const ours = asked.filter((one) => !one.includes('lockkeeper-system'));
    expect(ours.filter((one) => one.startsWith('PATCH')).length).toBe(6);
    expect(ours.filter((one) => !one.startsWith('PATCH') && !one.startsWith('GET'))).toEqual([]);
    const { kinds } = await server.discover();
    expect(ours.filter((one) => one.startsWith('GET')).length).toBeLessThanOrEqual(kinds.length);
    expect(new Set(ours).size).toBe(ours.length);
  });

  test('a refusal stops it before the first write, and each is told', async () => {
    await run([config('same')]);
    const written: string[] = [];
    const watched = through((of, signal) => {
      if (isWrite(of)) written.push(of.path);
      return server.ask(of, signal);
    });
    const bad = (name: string): string => config(name).replace('data: {key: a}', 'data: {key: [1]}');
    const { report, course } = await deployed(watched, env, await state(config('new'), bad('bad'), bad('worse')));
    expect(told(report)).toMatchObject({
      outcome: 'refused',
      created: [],
      changed: [],
      unchanged: 0,
      failures: [expect.stringMatching(/ConfigMap\/flow-\d+\/bad: /), expect.stringMatching(/ConfigMap\/flow-\d+\/worse: /)],
    });
    expect({ written, course }).toEqual({ written: [], course: ['lock', 'look', 'preflight'] });
    expect(await values()).toEqual({ same: 'a' });
  });

  test('what is wrong in the repository refuses it before anything is asked', async () => {
    const away = through(() => Promise.reject(new Error('nobody is to be asked')));
    const broken = await deployed(away, env, await stateOf({ 'a.yaml': `${config('a')}---\nkind: [` }));
    expect(told(broken.report)).toMatchObject({ outcome: 'refused', failures: [expect.stringMatching(/^a\.yaml:\d+: /)] });
    const empty = await deployed(away, env, await stateOf({}));
    expect(told(empty.report)).toMatchObject({ outcome: 'refused', failures: [expect.stringMatching(/^nothing at all is wanted/)] });
  });

  test('a bundle that cannot be fetched: nothing is asked, and another run may go better', async () => {
    const away = through(() => Promise.reject(new Error('nobody is to be asked')));
    const files = {
      'environment.yml': 'name: x\nmanifests: [a.yaml, "https://nexus.example.com/b-1.0.0.tar.gz"]\n',
      'a.yaml': config('a'),
    };
    const wanted = await stateOf(files, () => Promise.reject(new OutsideError('nexus.example.com', 'connect ECONNREFUSED')));
    const { report } = await deployed(away, env, wanted);
    expect(report).toMatchObject({ outcome: 'refused', failures: [{ outside: true }] });
    expect(report.failures.length).toBe(1);
  });

  test('failures of several objects are all told, the rest is applied, and nothing is pruned', async () => {
    await run([config('goes')]);
    const failing = through((of, signal) => {
      const refused = isWrite(of) && /configmaps\/(a|c)\?/.test(of.path);
      const body = JSON.stringify({ kind: 'Status', reason: 'Invalid', message: 'a webhook said no', code: 422 });
      return refused ? Promise.resolve({ status: 422, warnings: [], body }) : server.ask(of, signal);
    });
    const { report, course } = await deployed(failing, env, await state(config('a'), config('b'), config('c')), { wait: true });
    expect(told(report)).toMatchObject({
      outcome: 'failed',
      created: names('b'),
      unchanged: 1,
      pruned: [],
      kept: [`ConfigMap/${env}/goes: not every object could be applied`],
    });
    expect(told(report).failures.toSorted()).toEqual(
      names('a', 'c').map((name) => expect.stringMatching(new RegExp(`^${name}: .*a webhook said no`))),
    );
    expect(report.notes).toContain('Rollouts were not waited for, since not every object could be applied.');
    expect(course).not.toContain('prune');
    expect(await values()).toEqual({ goes: 'a', b: 'a' });
    expect(told((await run([config('a'), config('b'), config('c')])).report)).toMatchObject({
      outcome: 'succeeded',
      pruned: names('goes'),
    });
  });

  test('more to prune than the share: refused', async () => {
    await run([config('a'), config('b'), config('c')]);
    const { report } = await run([], { share: 0.5 });
    expect(told(report)).toMatchObject({ outcome: 'refused', failures: [expect.stringMatching(/^3 objects of 4 would be pruned/)] });
    expect(Object.keys(await values())).toEqual(['a', 'b', 'c']);
  });

  test('a prune that the approved plan does not have: refused; one that it has goes', async () => {
    await run([config('a'), config('b')]);
    const { report } = await run([], { approvedPrune: [`ConfigMap/${env}/a`] });
    expect(told(report)).toMatchObject({
      outcome: 'refused',
      failures: [`1 object would be pruned that the approved plan does not have: ConfigMap/${env}/b`],
    });
    const { report: approved } = await run([], { approvedPrune: [...names('a', 'b', 'c')] });
    expect(told(approved)).toMatchObject({ outcome: 'succeeded' });
    expect(told(approved).pruned.toSorted()).toEqual(names('a', 'b'));
  });

  test('objects of another environment: refused, and with its name as a former one taken over and pruned', async () => {
    const old = `${env}-old`;
    await deployed(server, old, await state(config('stays'), config('goes')));
    const { report } = await run([config('stays')]);
    expect(report).toMatchObject({
      outcome: 'refused',
      failures: [
        { message: expect.stringContaining(`2 objects belong to the environment ${old}`), help: expect.stringContaining('--formerly') },
      ],
    });
    const { report: renamed } = await run([config('stays')], { formerly: [old] });
    expect(told(renamed)).toMatchObject({ outcome: 'succeeded', pruned: names('goes') });
    expect((await live())['stays']?.metadata.labels).toMatchObject({ 'lockkeeper.dev/environment': env });
  });

  test('a former name under which another repository deploys: refused, and nothing of it is touched', async () => {
    const other = `${env}-alive`;
    await deployed(server, other, await state(config('theirs')), { repository: 'gitlab:platform/theirs' });
    const { report, course } = await run([config('ours')], { formerly: [other], repository: 'gitlab:platform/ours' });
    expect(told(report)).toMatchObject({
      outcome: 'refused',
      failures: [expect.stringContaining('in this cluster came from gitlab:platform/theirs, and its objects would be taken over')],
    });
    expect(course).toEqual(['lock']);
    expect(Object.keys(await live())).toEqual(['theirs']);
  });

  test('two environments in one cluster do not touch each other’s objects', async () => {
    await run([config('ours')]);
    const other = `${env}-other`;
    const theirs = await stateOf({ 'a.yaml': `${config('theirs').replace(`namespace: ${env}`, 'namespace: default')}` });
    expect(told((await deployed(server, other, theirs)).report)).toMatchObject({ outcome: 'succeeded', pruned: [], kept: [] });
    expect(await values()).toEqual({ ours: 'a' });
  });

  test('what cannot be seen keeps all of the prune, and is said', async () => {
    await run([config('stays'), config('goes')]);
    const blind = through((of, signal) =>
      of.method === 'GET' && of.path.startsWith('/api/v1/secrets?')
        ? Promise.reject(new RefusedError(server.host, 'secrets is forbidden'))
        : server.ask(of, signal),
    );
    const { report } = await deployed(blind, env, await state(config('stays')));
    expect(told(report)).toMatchObject({
      outcome: 'succeeded',
      pruned: [],
      kept: [`ConfigMap/${env}/goes: not all of the cluster could be seen`],
    });
    expect(report.notes.join(' ')).toMatch(/secrets/);
    expect(Object.keys(await values())).toContain('goes');
  });

  test('a kind that goes away while it is looked at keeps nothing', async () => {
    const group = `${env}.example.com`;
    const called = { plural: 'brooks', singular: 'brook', kind: 'Brook' };
    const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }];
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `brooks.${group}` },
      spec: { group, scope: 'Namespaced', names: called, versions },
    };
    await run([config('stays'), config('goes')]);
    await deployed(server, `${env}-other`, await stateOf({ 'a.yaml': JSON.stringify(definition) }));
    const gone = { status: 404, warnings: [], body: '404 page not found' };
    let discovered = 0;
    const going: ApiServer = {
      ...through((of, signal) => (of.path.startsWith(`/apis/${group}/`) ? Promise.resolve(gone) : server.ask(of, signal))),
      discover: async (signal) => {
        const { kinds, unseen } = await server.discover(signal);
        discovered += 1;
        return { unseen, kinds: kinds.filter(({ apiVersion }) => discovered === 1 || apiVersion !== `${group}/v1`) };
      },
    };
    const { report } = await deployed(going, env, await state(config('stays')));
    expect(told(report)).toMatchObject({ outcome: 'succeeded', pruned: names('goes'), kept: [] });
  });

  test('stopped in the middle: what was done is told, the lock is free, and another run goes on', async () => {
    await run([config('goes')]);
    const stop = new AbortController();
    let writes = 0;
    const stopping = through(async (of, signal) => {
      const reply = await server.ask(of, signal);
      if (isWrite(of) && ++writes === 3) stop.abort(new OutsideError('deploy', 'the run was stopped in the middle'));
      return reply;
    });
    const documents = Array.from({ length: 40 }, (_, index) => config(`c${index}`));
    const { report } = await deployed(stopping, env, await state(...documents), { signal: stop.signal });
    expect(report).toMatchObject({
      outcome: 'failed',
      pruned: [],
      failures: [{ message: 'the run was stopped in the middle', outside: true }],
    });
    expect(report.created.length).toBeGreaterThan(0);
    expect(report.created.length).toBeLessThan(40);
    expect(Object.keys(await values())).toEqual(expect.arrayContaining(report.created.map(({ name }) => name)));
    const next = await run(documents, { patienceMs: 0 });
    expect(told(next.report)).toMatchObject({ outcome: 'succeeded', pruned: names('goes') });
    expect(Object.keys(await values()).length).toBe(40);
  });

  test('stopped before the first write: nothing was written, and what was recorded has its end', async () => {
    const stop = new AbortController();
    const abort = async () => stop.abort(new OutsideError('deploy', 'stopped'));
    const { report } = await run([config('a')], { signal: stop.signal, ports: { record: { begin: abort, prune: async () => {} } } });
    expect(told(report)).toMatchObject({ outcome: 'failed', created: [], failures: ['stopped'] });
    const again = new AbortController();
    const early: DeployPorts['progress'] = {
      phase: (name) => {
        if (name === 'preflight') again.abort(new OutsideError('deploy', 'stopped'));
      },
      done: () => {},
    };
    await expect(run([config('a')], { signal: again.signal, ports: { progress: early } })).rejects.toThrow('stopped');
    expect(await values()).toEqual({});
  });

  test('what cannot be recorded is not done', async () => {
    const full = () => Promise.reject(new OutsideError('journal', 'the journal is full'));
    await expect(run([config('a')], { ports: { record: { begin: full, prune: full } } })).rejects.toThrow('the journal is full');
    expect(await values()).toEqual({});
    await run([config('a'), config('b')]);
    const { report } = await run([config('a')], { ports: { record: { begin: async () => {}, prune: full } } });
    expect(told(report)).toMatchObject({ outcome: 'failed', pruned: [], failures: ['the journal is full'] });
    expect(Object.keys(await values())).toEqual(['a', 'b']);
  });

  test('a lock that is lost in the middle: nothing more is written', async () => {
    let writes = 0;
    const losing = through(async (of, signal) => {
      if (isWrite(of) && ++writes === 1)
        await server.ask({
          method: 'PATCH',
          path: `/apis/coordination.k8s.io/v1/namespaces/lockkeeper-system/leases/lockkeeper-${env}`,
          type: 'application/merge-patch+json',
          body: JSON.stringify({ spec: { holderIdentity: 'thief' } }),
        });
      return server.ask(of, signal);
    });
    await run([config('a'), config('goes')]);
    const { report } = await deployed(losing, env, await state(config('a', 'b')));
    expect(report).toMatchObject({ outcome: 'failed', pruned: [] });
    expect(report.failures.map(({ message }) => message).join()).toMatch(/lock/);
    expect(await values()).toEqual({ a: 'b', goes: 'a' });
    const held = await server.ask({
      method: 'GET',
      path: `/apis/coordination.k8s.io/v1/namespaces/lockkeeper-system/leases/lockkeeper-${env}`,
    });
    expect(JSON.parse(held.body)).toMatchObject({ spec: { holderIdentity: 'thief' } });
  });
});
