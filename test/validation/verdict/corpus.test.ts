import { type ClusterClient, connectCluster } from '../../../src/adapters/cluster/client.ts';
import type { ApiServer } from '../../../src/domain/cluster.ts';
import type { Finding } from '../../../src/domain/finding.ts';
import { readObjects } from '../../../src/manifests/documents.ts';
import { judge } from '../../../src/validation/verdict/judge.ts';
import { sharedControlPlane } from '../../support/control-plane.ts';
import { comparable } from '../../support/expected-findings.ts';
import { standingIn } from '../../support/left-over.ts';
import { describeWith } from '../../support/parts.ts';
import { type Case, validationCorpus } from '../../support/validation-corpus.ts';

const settings = { missingDefinitions: 'error', definitions: [] } as const;
const corpus = validationCorpus();

function verdict(of: Case, server: ApiServer, signal = new AbortController().signal): Promise<readonly Finding[]> {
  return judge(of, server, settings, signal);
}

/** Aborts at the request of that number. */
function abortingAt(server: ApiServer, request: number): { readonly server: ApiServer; readonly signal: AbortSignal } {
  const stop = new AbortController();
  let asked = 0;
  const ask: ApiServer['ask'] = (of, signal) => {
    asked += 1;
    if (asked === request) stop.abort(new Error('superseded'));
    return server.ask(of, signal);
  };
  return {
    signal: stop.signal,
    server: {
      host: server.host,
      throwAway: server.throwAway,
      kinds: (signal) => server.kinds(signal),
      discover: (signal) => server.discover(signal),
      ask,
    },
  };
}

describeWith('control-plane', 'manifests whose verdict is known', () => {
  const plane = sharedControlPlane();
  let server: ClusterClient;
  let before: string[];

  beforeAll(async () => {
    server = connectCluster((await plane()).address, { throwAway: true });
    before = await standingIn(server);
  });
  afterAll(() => server.close());

  test('there are at least 60 of them', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(60);
  });

  test.each(corpus.map((of) => [of.name, of] as const))('%s', async (_, of) => {
    expect(comparable(await verdict(of, server), of.expected)).toEqual(of.expected);
  });

  test('all at once, with the same namespaces and other definitions of the same name, they are judged as alone', async () => {
    const alone: (readonly Finding[])[] = [];
    for (const of of corpus) alone.push(await verdict(of, server));
    const together = await Promise.all(corpus.map((of) => verdict(of, server)));
    expect(together).toEqual(alone);
  });

  test('20 of one environment at several commits do not disturb each other', async () => {
    const clashing = corpus.filter(({ name }) => /^(?:custom|namespaces|updates\/(?:transition|definition))/.test(name));
    const many = Array.from({ length: 20 }, (_, index) => clashing[index % clashing.length] as Case);
    const together = await Promise.all(many.map((of) => verdict(of, server)));
    expect(together.map((findings, index) => comparable(findings, many[index]?.expected ?? []))).toEqual(
      many.map(({ expected }) => expected),
    );
  });

  test('nothing of them is left in the server', async () => {
    await Promise.all(corpus.map((of) => verdict(of, server)));
    expect(await standingIn(server)).toEqual(before);
  });

  test.each([1, 3, 5, 8, 12, 16, 20, 30])(
    'one that is aborted at its request %i ends with the reason, and leaves nothing',
    async (request) => {
      const several = corpus.filter(({ name }) =>
        /^(?:custom\/judged|namespaces\/pod-security|updates\/(?:transition-rule|claim|selector))/.test(name),
      );
      const all = { objects: several.flatMap(({ objects }) => objects), previous: several.flatMap(({ previous }) => previous) };
      const aborting = abortingAt(server, request);
      await expect(judge(all, aborting.server, settings, aborting.signal)).rejects.toThrow('superseded');
      expect(await standingIn(server)).toEqual(before);
    },
  );

  test('of a hundred and more unknown fields none is passed over in silence', async () => {
    const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: many}\n${Array.from({ length: 150 }, (_, index) => `unknownField${index}: 1\n`).join('')}`;
    const findings = await judge(
      { objects: readObjects(Buffer.from(text), { file: 'many.yaml' }, 'refused').objects },
      server,
      settings,
      new AbortController().signal,
    );
    expect(findings.filter(({ message }) => message.startsWith('unknown field')).length).toBeGreaterThanOrEqual(100);
    expect(findings.at(0)?.message).toContain('more may follow');
  });

  test('the severity of what cannot be checked is as configured', async () => {
    const [of] = corpus.filter(({ name }) => name === 'custom/missing-definition.yaml');
    const findings = await judge(of as Case, server, { ...settings, missingDefinitions: 'warning' }, new AbortController().signal);
    expect(findings.map(({ severity }) => severity)).toEqual(['warning']);
  });

  test('definitions from elsewhere judge, and are not judged themselves', async () => {
    const [of] = corpus.filter(({ name }) => name === 'custom/judged.yaml');
    const [definition, ...objects] = of?.objects ?? [];
    const fed = { ...settings, definitions: definition === undefined ? [] : [definition] };
    const findings = await judge({ objects }, server, fed, new AbortController().signal);
    expect(comparable(findings, of?.expected ?? [])).toEqual(of?.expected);
  });

  test.each([
    ['off', []],
    ['error', ['error']],
  ] as const)('deprecated APIs are as grave as the checklist says: %s', async (deprecated, severities) => {
    const [of] = corpus.filter(({ name }) => name === 'removed/deprecated.yaml');
    const findings = await judge(
      of as Case,
      server,
      { ...settings, checklist: { 'deprecated-api': deprecated } },
      new AbortController().signal,
    );
    expect(findings.map(({ severity }) => severity)).toEqual(severities);
  });
});
