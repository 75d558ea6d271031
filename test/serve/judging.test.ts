import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kubeconfigText } from '../../src/adapters/cluster/control-plane/kubeconfig.ts';
import { readConfig } from '../../src/config/load.ts';
import { createJudging, type Judging } from '../../src/serve/judging.ts';
import { validationSettings } from '../../src/serve/validation-settings.ts';
import { rulesOf } from '../../src/validation/rules.ts';
import { controlPlaneBinaries, sharedControlPlane } from '../support/control-plane.ts';
import { startServer } from '../support/http-server.ts';
import { describeWith } from '../support/parts.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
const never = new AbortController().signal;
const open: Judging[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

function judgingWith(text: string, env: Readonly<Record<string, string | undefined>> = process.env): Judging {
  const rest = 'forges: { local: { type: local, path: ./r } }\nenvironments: [{ name: staging, repository: "local:staging" }]\n';
  const { config } = readConfig('app.yml', `${rest}${text}`, { env: {}, readFile: () => '' });
  const judging = createJudging({ env, config, debug: () => {}, warn: () => {} });
  open.push(judging);
  return judging;
}

const kubeconfig = (url: string): string => {
  const file = join(folder(), 'kubeconfig');
  writeFileSync(
    file,
    `current-context: c\ncontexts: [{ name: c, context: { cluster: c } }]\nclusters: [{ name: c, cluster: { server: "${url}" } }]\n`,
  );
  return file;
};

describeWith('control-plane', 'who judges', () => {
  const plane = sharedControlPlane();

  test('one of our own is shared by all who ask, and known by one client', async () => {
    const judging = judgingWith('');
    const [one, other] = await Promise.all([judging.lease({}, never), judging.lease({}, never)]);
    expect(one.server).toBe(other.server);
    expect([one.server.throwAway, one.version]).toEqual([true, (await controlPlaneBinaries()).version]);
    expect((await one.server.ask({ method: 'GET', path: '/readyz' })).status).toBe(200);
    one.release();
    expect((await other.server.ask({ method: 'GET', path: '/readyz' })).status).toBe(200);
    other.release();
  });

  test('the cluster that app.yml names, which is not ours to throw away', async () => {
    const { kubeconfig: file, version } = await plane();
    const judging = judgingWith(`clusters: { theirs: { kubeconfig: ${file} } }\nvalidation: { apiserver: theirs }\n`);
    const { server, version: told } = await judging.lease({ kubernetes: '1.2' }, never);
    expect([server.throwAway, told]).toEqual([false, version]);
  });

  test('which of our own it is decides on a verdict', async () => {
    const { version } = await controlPlaneBinaries();
    const judging = judgingWith('');
    expect(await judging.fingerprint({})).toContain(` ${version} `);
    expect(await judging.fingerprint({ kubernetes: '1.2' })).not.toContain(version);
    const text = `clusters: { theirs: { kubeconfig: ${kubeconfig('https://127.0.0.1:1')} } }\nvalidation: { apiserver: theirs }\n`;
    expect(await judgingWith(text).fingerprint({})).not.toContain(version);
  });

  test('the version follows the cluster, unless app.yml says which', async () => {
    await using old = await startServer((_, response) => void response.end('{"gitVersion": "v1.19.4+k3s1"}'));
    const judging = judgingWith(`clusters: { old: { kubeconfig: ${kubeconfig(old.url)} } }\n`);
    await expect(judging.lease({ cluster: 'old' }, never)).rejects.toThrow('run lockkeeper apiserver setup --kubernetes 1.19,');
    const { version } = await controlPlaneBinaries();
    const lease = await judging.lease({ cluster: 'old', kubernetes: version }, never);
    expect(lease.version).toBe(version);
    lease.release();
  });
});

test('what killed validations left in the cluster is removed at the first lease, and looked for once', async () => {
  const left = { metadata: { name: 'left', creationTimestamp: '2020-01-01T00:00:00Z' } };
  await using cluster = await startServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    if (path === '/version') response.end('{"gitVersion": "v1.36.3"}');
    else if (request.method === 'GET') response.end(JSON.stringify({ items: path === '/api/v1/namespaces' ? [left] : [] }));
    else response.writeHead(404).end('{}');
  });
  const judging = judgingWith(`clusters: { theirs: { kubeconfig: ${kubeconfig(cluster.url)} } }\nvalidation: { apiserver: theirs }\n`);
  await judging.lease({}, never);
  await judging.lease({}, never);
  expect(cluster.seen.filter((one) => one.startsWith('DELETE') || one.includes('namespaces'))).toEqual([
    'GET /api/v1/namespaces?labelSelector=lockkeeper.dev/validation',
    'DELETE /api/v1/namespaces/left',
  ]);
});

test('a token that was renewed is used from then on, and one that was not keeps its connections', async () => {
  const seen: (string | undefined)[] = [];
  await using cluster = await startServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end('{"gitVersion": "v1.36.3", "items": []}');
  });
  const file = kubeconfig(cluster.url);
  const renew = (token: string) => writeFileSync(file, kubeconfigText({ url: cluster.url, token }));
  const judging = judgingWith(`clusters: { theirs: { kubeconfig: ${file} } }\nvalidation: { apiserver: theirs }\n`);
  const leased: unknown[] = [];
  for (const token of ['one', 'one', 'two', 'one']) {
    renew(token);
    leased.push((await judging.lease({ cluster: 'theirs' }, never)).cluster);
  }
  expect(leased.map((one) => leased.indexOf(one))).toEqual([0, 0, 2, 3]);
  expect(seen.filter((one, index) => one !== seen[index - 1])).toEqual(['Bearer one', 'Bearer two', 'Bearer one']);
});

test('the client of a token that was renewed is closed once nobody works with it, and not before', async () => {
  await using cluster = await startServer((_, response) => void response.end('{"gitVersion": "v1.36.3", "items": []}'));
  const file = kubeconfig(cluster.url);
  const renew = (token: string) => writeFileSync(file, kubeconfigText({ url: cluster.url, token }));
  const judging = judgingWith(`clusters: { theirs: { kubeconfig: ${file} } }\nvalidation: { apiserver: theirs }\n`);
  renew('one');
  const leases = [await judging.lease({ cluster: 'theirs' }, never), await judging.lease({}, never)];
  renew('two');
  const [first, second] = leases;
  const later = await judging.lease({}, never);
  first?.release();
  expect((await first?.server.ask({ method: 'GET', path: '/version' }))?.status).toBe(200);
  second?.release();
  await expect(first?.server.ask({ method: 'GET', path: '/version' })).rejects.toThrow();
  later.release();
  expect((await later.server.ask({ method: 'GET', path: '/version' })).status).toBe(200);
});

test('a cluster that does not say what it is, is no judge', async () => {
  await using strange = await startServer((_, response) => void response.writeHead(403).end('{}'));
  const text = `clusters: { strange: { kubeconfig: ${kubeconfig(strange.url)} } }\nvalidation: { apiserver: strange }\n`;
  await expect(judgingWith(text).lease({}, never)).rejects.toThrow(/strange|403/);
});

test('definitions: those of a folder, at any depth; what is no YAML is named', async () => {
  const place = folder();
  mkdirSync(join(place, 'deep'));
  const definition = 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: things.example.com }\n';
  writeFileSync(join(place, 'deep/thing.yaml'), `${definition}---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: other }\n`);
  writeFileSync(join(place, 'README.md'), '# nothing');
  const judging = judgingWith('');
  expect((await judging.definitions(place)).map(({ name }) => name)).toEqual(['things.example.com']);
  writeFileSync(join(place, 'broken.yaml'), 'a: [1\n');
  await expect(judging.definitions(place)).rejects.toThrow(/validation\.definitions: .*broken\.yaml:\d/);
  await expect(judging.definitions(join(place, 'none'))).rejects.toThrow('none cannot be read');
});

test('what one environment says counts over what all say', () => {
  const text = `forges: { local: { type: local, path: ./r } }
registries: { registry.example.com: {} }
clusters: { c: { kubeconfig: ./k } }
validation: { kubernetes: "1.35", missingDefinitions: error, checklist: { latest-tag: error, no-budget: "off" } }
environments:
  - { name: staging, repository: "local:staging", cluster: c, validation: { kubernetes: "1.36", checklist: { latest-tag: warning } } }
  - { name: production, repository: "local:production" }
`;
  const { config } = readConfig('app.yml', text, { env: {}, readFile: () => '' });
  const [staging] = config.environments;
  expect(validationSettings(config, 'staging', staging?.validation)).toEqual({
    kubernetes: '1.36',
    missingDefinitions: 'error',
    checklist: { 'latest-tag': 'warning', 'no-budget': 'off' },
    registries: ['registry.example.com'],
    cluster: 'c',
  });
  expect(validationSettings(config, 'production')).toMatchObject({ kubernetes: '1.35', checklist: { 'latest-tag': 'error' } });
  expect(validationSettings(undefined, undefined)).toEqual({ checklist: {}, registries: [] });
});

test('a verdict holds only as long as the same server gives it', () => {
  const text = (judge: string): string => `forges: { local: { type: local, path: ./r } }
clusters: { c: { kubeconfig: ./k } }
validation: { apiserver: ${judge} }
environments: [{ name: staging, repository: "local:staging" }]
`;
  const rulesWith = (judge: string): string => {
    const { config } = readConfig('app.yml', text(judge), { env: {}, readFile: () => '' });
    return rulesOf({ settings: validationSettings(config, 'staging'), fingerprint: '' });
  };
  expect(rulesWith('embedded')).not.toBe(rulesWith('c'));
});

test('a verdict holds only as long as the definitions, and the servers of this machine, are the same', async () => {
  const place = folder();
  const definition = (name: string): string =>
    `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: ${name}.example.com }\n`;
  writeFileSync(join(place, 'a.yaml'), definition('a'));
  const empty = folder();
  const nowhere = { PATH: empty, HOME: empty, XDG_CACHE_HOME: empty };
  const of = (judging: Judging, definitions = place): Promise<string> => judging.fingerprint({ definitions });
  const [one, other] = [judgingWith('', nowhere), judgingWith('', nowhere)];
  const first = await of(one);
  expect(await of(other)).toBe(first);
  writeFileSync(join(place, 'README.md'), 'nothing to do with it');
  expect(await of(one)).toBe(first);
  writeFileSync(join(place, 'a.yaml'), definition('b'));
  const second = await of(one);
  writeFileSync(join(place, 'a.yaml'), 'a: [1');
  const broken = await of(one);
  expect(new Set([first, second, broken, await one.fingerprint({})]).size).toBe(4);
  expect(await of(one, join(place, 'none'))).toBe(broken);
});
