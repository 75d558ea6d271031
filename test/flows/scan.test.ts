import { createHash } from 'node:crypto';
import { startBundleRepository } from '../../src/demo/bundle-repository.ts';
import { type Registry, startRegistry } from '../../src/demo/registry.ts';
import { gitText, readTree } from '../support/git-repository.ts';
import { scanWorld } from '../support/scan-world.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
let registry: Registry;
beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.close());

const at = ({ url }: Registry) => new URL(url).host;
const environment = 'platform/environments/staging';

const deployment = (image: string) => `# who runs this: payments
apiVersion: apps/v1
kind: Deployment
metadata: { name: billing }
spec:
  template:
    spec:
      containers:
        - name: app
          image: "${image}" # moved by lockkeeper
`;

/** One environment that runs billing 1.4.2; the registry has the given tags. */
async function world(tags: readonly string[], updates = '{}') {
  for (const tag of tags) publish(tag);
  const made = scanWorld(folder());
  made.configure(`registries: { "${at(registry)}": { type: oci, insecure: true } }
environments:
  - { name: staging, repository: "local:${environment}", updates: ${updates} }
`);
  await made.createRepository(environment, { 'manifests/billing.yaml': deployment(`${at(registry)}/payments/billing:1.4.2`) });
  return made;
}

const publish = (tag: string) => registry.publish('payments/billing', tag, { labels: {}, created: '2026-11-01T00:00:00Z' });

test('a newer image becomes one merge request; scanning again changes nothing', async () => {
  const { scan, directory } = await world(['1.4.2', '1.5.0', '2.0.0-rc.1']);
  const first = await scan();
  expect(first).toMatchObject({
    exit: 0,
    environments: [{ name: 'staging', references: 1, warnings: [] }],
    proposals: [
      {
        environment: 'staging',
        app: 'billing',
        branch: 'lockkeeper/billing',
        title: 'billing 1.4.2 → 1.5.0',
        action: 'open',
        url: expect.stringContaining('/merge_requests/1'),
        updates: [
          {
            file: 'manifests/billing.yaml',
            line: 10,
            datasource: 'oci',
            package: `${at(registry)}/payments/billing`,
            from: '1.4.2',
            to: '1.5.0',
            type: 'minor',
            digest: expect.stringMatching(/^sha256:/),
          },
        ],
      },
    ],
    held: [{ environment: 'staging', from: '1.4.2', to: '2.0.0-rc.1', reason: expect.stringContaining('pre-release') }],
    errors: [],
  });
  const branch = await readTree(directory(environment), 'lockkeeper/billing');
  expect(branch['manifests/billing.yaml']?.content.toString()).toBe(deployment(`${at(registry)}/payments/billing:1.5.0`));
  const refs = () => gitText(directory(environment), ['for-each-ref']);
  const before = await refs();
  const second = await scan();
  expect(second.proposals).toMatchObject([{ action: 'keep', url: first.proposals[0]?.url }]);
  expect(await refs()).toBe(before);
});

test('a dry run changes nothing', async () => {
  const { scan, directory, forge } = await world(['1.5.0']);
  const before = await gitText(directory(environment), ['for-each-ref']);
  expect((await scan('--dry-run')).proposals).toMatchObject([{ action: 'open', title: 'billing 1.4.2 → 1.5.0' }]);
  expect(await gitText(directory(environment), ['for-each-ref'])).toBe(before);
  expect(await forge.mergeRequests(environment)).toEqual([]);
});

test('a newer release updates the merge request in place', async () => {
  const { scan, forge, directory } = await world(['1.5.0']);
  await scan();
  publish('1.6.0');
  expect((await scan()).proposals).toMatchObject([{ action: 'update', title: 'billing 1.4.2 → 1.6.0' }]);
  expect(await forge.mergeRequests(environment)).toMatchObject([{ id: 1, state: 'open', title: 'billing 1.4.2 → 1.6.0' }]);
  expect(await gitText(directory(environment), ['rev-list', '--count', 'main..lockkeeper/billing'])).toBe('1');
});

test('closed by a person: not this version, but the next one', async () => {
  const { scan, closeAsPerson } = await world(['1.5.0']);
  await scan();
  await closeAsPerson(environment, 1);
  const refused = await scan();
  expect(refused.proposals).toEqual([]);
  expect(refused.held).toMatchObject([{ to: '1.5.0', reason: expect.stringContaining('closed unmerged') }]);
  publish('1.5.1');
  expect((await scan()).proposals).toMatchObject([
    { action: 'open', title: 'billing 1.4.2 → 1.5.1', url: expect.stringContaining('/merge_requests/2') },
  ]);
});

test("a person's commit on the branch, an amended one too, is left alone", async () => {
  const { scan, pushAsPerson, amendAsPerson, directory, forge } = await world(['1.5.0']);
  await scan();
  const mine = await pushAsPerson(environment, 'lockkeeper/billing', { 'extra.yaml': 'a: 1\n' }, 'And one more thing');
  publish('1.6.0');
  expect((await scan()).proposals).toMatchObject([{ action: 'keep', reason: expect.stringContaining('Ada Lovelace') }]);
  expect(await gitText(directory(environment), ['rev-parse', 'lockkeeper/billing'])).toBe(mine);
  await gitText(directory(environment), ['update-ref', 'refs/heads/lockkeeper/billing', `${mine}~1`]);
  const amended = await amendAsPerson(environment, 'lockkeeper/billing');
  expect((await scan()).proposals).toMatchObject([{ action: 'keep', reason: expect.stringContaining('Ada Lovelace') }]);
  expect(await gitText(directory(environment), ['rev-parse', 'lockkeeper/billing'])).toBe(amended);
  expect(await forge.mergeRequests(environment)).toHaveLength(1);
});

test('a branch that conflicts is rebuilt; one that is merely behind is not', async () => {
  const { scan, pushAsPerson, directory } = await world(['1.4.3', '1.5.0'], '{ types: [minor] }');
  await scan();
  const head = () => gitText(directory(environment), ['rev-parse', 'lockkeeper/billing']);
  const first = await head();
  await pushAsPerson(environment, 'main', { 'other.yaml': 'a: 1\n' }, 'Something else');
  expect((await scan()).proposals).toMatchObject([{ action: 'keep' }]);
  expect(await head()).toBe(first);
  await pushAsPerson(environment, 'main', { 'manifests/billing.yaml': deployment(`${at(registry)}/payments/billing:1.4.3`) }, 'By hand');
  expect((await scan()).proposals).toMatchObject([{ action: 'update', title: 'billing 1.4.3 → 1.5.0' }]);
  expect(await head()).not.toBe(first);
  expect((await scan()).proposals).toMatchObject([{ action: 'keep' }]);
});

test('merged: nothing is left to do; moved by hand: the merge request is closed with the reason', async () => {
  const { scan, mergeAsPerson, pushAsPerson, forge } = await world(['1.5.0']);
  await scan();
  await mergeAsPerson(environment, 1);
  expect((await scan()).proposals).toEqual([]);
  publish('1.6.0');
  await scan();
  await pushAsPerson(environment, 'main', { 'manifests/billing.yaml': deployment(`${at(registry)}/payments/billing:1.6.0`) }, 'By hand');
  const closing = await scan();
  expect(closing.proposals).toMatchObject([{ action: 'close', reason: expect.stringContaining('billing is at 1.6.0') }]);
  expect(await forge.mergeRequests(environment)).toMatchObject([
    { state: 'merged' },
    { state: 'closed', description: expect.stringContaining('Closed by Lockkeeper') },
  ]);
  publish('1.7.0');
  expect((await scan()).proposals).toMatchObject([{ action: 'open', title: 'billing 1.6.0 → 1.7.0' }]);
});

test('a registry that is gone takes nothing back, and the rest goes on', async () => {
  const { scan, createRepository, configure, forge } = await world(['1.5.0']);
  await scan();
  const web = await startRegistry();
  web.publish('web', '1.0.0', { labels: {}, created: '2026-11-01T00:00:00Z' });
  web.publish('web', '1.1.0', { labels: {}, created: '2026-11-01T00:00:00Z' });
  configure(`registries: { "${at(registry)}": { insecure: true }, "${at(web)}": { insecure: true } }
environments:
  - { name: staging, repository: "local:${environment}" }
  - { name: missing, repository: "local:platform/environments/missing" }
  - { name: production, repository: "local:platform/environments/production" }
`);
  await createRepository('platform/environments/production', { 'web.yaml': deployment(`${at(web)}/web:1.0.0`) });
  await registry.close();
  const report = await scan();
  await web.close();
  expect(report).toMatchObject({
    exit: 3,
    environments: [{ name: 'staging' }, { name: 'production' }],
    proposals: [{ app: 'web', action: 'open' }],
  });
  expect(report.errors.map(({ scope }) => scope).sort()).toEqual([at(registry), 'local:platform/environments/missing'].sort());
  expect(await forge.mergeRequests(environment)).toMatchObject([{ state: 'open' }]);
});

test('merged and reverted, with the branch left standing: proposed again', async () => {
  const { scan, mergeAsPerson, pushAsPerson, forge } = await world(['1.5.0']);
  await scan();
  await mergeAsPerson(environment, 1);
  await scan();
  await pushAsPerson(environment, 'main', { 'manifests/billing.yaml': deployment(`${at(registry)}/payments/billing:1.4.2`) }, 'Revert');
  expect(await scan()).toMatchObject({ exit: 0, proposals: [{ action: 'open', url: expect.stringContaining('/merge_requests/2') }] });
  expect((await scan()).proposals).toMatchObject([{ action: 'keep' }]);
  expect(await forge.mergeRequests(environment)).toMatchObject([{ state: 'merged' }, { state: 'open' }]);
});

test('another file that runs the app by now joins the merge request', async () => {
  const { scan, pushAsPerson, directory, forge } = await world(['1.5.0']);
  await scan();
  await pushAsPerson(environment, 'main', { 'other.yaml': deployment(`${at(registry)}/payments/billing:1.4.2`) }, 'One more');
  expect((await scan()).proposals).toMatchObject([{ action: 'update', updates: [{}, { file: 'other.yaml' }] }]);
  expect((await readTree(directory(environment), 'lockkeeper/billing'))['other.yaml']?.content.toString()).toContain(':1.5.0"');
  expect(await forge.mergeRequests(environment)).toMatchObject([{ id: 1, description: expect.stringContaining('other.yaml') }]);
  expect((await scan()).proposals).toMatchObject([{ action: 'keep' }]);
});

test('a default branch of another name takes the merge requests along', async () => {
  const { scan, directory, forge } = await world(['1.5.0']);
  await scan();
  await gitText(directory(environment), ['branch', '-m', 'main', 'trunk']);
  expect((await scan()).proposals).toMatchObject([{ action: 'update' }]);
  expect(await forge.mergeRequests(environment)).toMatchObject([{ id: 1, state: 'open', target: 'trunk' }]);
  expect((await scan()).proposals).toMatchObject([{ action: 'keep' }]);
});

test('what could not be rebuilt is shown as left alone, with the reason', async () => {
  const { scan, pushAsPerson, read, write } = await world(['1.5.0']);
  await scan();
  await pushAsPerson(environment, 'next', { 'manifests/billing.yaml': deployment(`${at(registry)}/payments/billing:1.4.9`) }, 'By hand');
  write(environment, 1, { ...read(environment, 1), targetBranch: 'next' });
  expect(await scan()).toMatchObject({
    exit: 3,
    proposals: [{ action: 'keep', reason: expect.stringContaining('has no') }],
    errors: [{ scope: 'staging' }],
  });
});

test('a file that can never be read keeps no merge request open', async () => {
  const { scan, pushAsPerson, forge } = await world(['1.5.0']);
  await pushAsPerson(environment, 'main', { 'chart/templates/web.yaml': '{{ if .x }}\na: b\n{{ end }}\n' }, 'A template');
  expect((await scan()).environments).toMatchObject([{ warnings: [{ file: 'chart/templates/web.yaml' }] }]);
  await pushAsPerson(environment, 'main', { 'manifests/billing.yaml': 'a: [\n' }, 'Broken');
  expect((await scan()).proposals).toEqual([]);
  expect(await forge.mergeRequests(environment)).toMatchObject([{ state: 'open' }]);
  await pushAsPerson(environment, 'main', { 'manifests/billing.yaml': undefined }, 'No more billing');
  expect((await scan()).proposals).toMatchObject([{ action: 'close', reason: 'no reference of billing is left on main' }]);
});

test('what cannot move whatever the registry has is held without a version', async () => {
  const { scan, pushAsPerson } = await world(['1.4.2']);
  await pushAsPerson(environment, 'main', { 'manifests/billing.yaml': deployment(`${at(registry)}/payments/billing:latest`) }, 'Latest');
  const { held } = await scan();
  expect(held).toEqual([
    {
      environment: 'staging',
      app: 'billing',
      file: 'manifests/billing.yaml',
      line: 10,
      package: `${at(registry)}/payments/billing`,
      from: 'latest',
      reason: '"latest" is not a version: it moves by digest only',
    },
  ]);
});

test('an earlier environment that cannot be read lets nothing new through, and takes nothing back', async () => {
  const { scan, configure, createRepository, pushAsPerson, directory, forge } = await world(['1.5.0']);
  const production = 'platform/environments/production';
  await createRepository(production, { 'billing.yaml': deployment(`${at(registry)}/payments/billing:1.4.2`) });
  await pushAsPerson(environment, 'main', { 'manifests/billing.yaml': deployment(`${at(registry)}/payments/billing:1.5.0`) }, 'By hand');
  configure(`registries: { "${at(registry)}": { insecure: true } }
environments:
  - { name: production, repository: "local:${production}", updates: { after: { environment: staging, soak: 0h } } }
  - { name: staging, repository: "local:${environment}" }
`);
  expect((await scan()).proposals).toMatchObject([{ environment: 'production', action: 'open' }]);
  await gitText(directory(environment), ['config', 'lockkeeper.archived', 'true']);
  publish('1.6.0');
  const report = await scan('--env', 'production');
  expect(report).toMatchObject({ exit: 3, environments: [{ name: 'production' }], errors: [{ scope: `local:${environment}` }] });
  expect(report.held).toContainEqual(expect.objectContaining({ to: '1.6.0', reason: 'what runs in staging could not be read' }));
  expect(await forge.mergeRequests(production)).toMatchObject([{ state: 'open', title: 'billing 1.4.2 → 1.5.0' }]);
});

test('a bundle and an image of one app move in one merge request; the checksum of a pinned bundle moves along', async () => {
  const bundles = await startBundleRepository();
  const host = new URL(bundles.url).host;
  const bytes = (version: string) => Buffer.from(`no tar, but a file: ${version}`);
  const checksum = (version: string) => createHash('sha256').update(bytes(version)).digest('hex');
  for (const version of ['1.4.2', '1.5.0'])
    bundles.publish('manifests', { path: `billing/billing-${version}.tar.gz`, body: bytes(version), modified: '2026-11-01T00:00:00Z' });
  const { scan, configure, pushAsPerson, directory } = await world(['1.5.0']);
  configure(`registries: { "${at(registry)}": { insecure: true }, "${host}": { type: nexus, insecure: true } }
environments:
  - { name: staging, repository: "local:${environment}" }
`);
  const file = (version: string) => `manifests:
  - url: ${bundles.url}/repository/manifests/billing/billing-${version}.tar.gz
    sha256: "${checksum(version)}" # verified
`;
  await pushAsPerson(environment, 'main', { 'environment.yml': file('1.4.2') }, 'A bundle');
  const { proposals } = await scan();
  await bundles.close();
  expect(proposals).toMatchObject([
    {
      app: 'billing',
      title: 'billing 1.4.2 → 1.5.0',
      updates: [
        { file: 'environment.yml', line: 2, datasource: 'nexus-raw', to: '1.5.0', digest: `sha256:${checksum('1.5.0')}` },
        { file: 'manifests/billing.yaml', line: 10, datasource: 'oci', to: '1.5.0' },
      ],
    },
  ]);
  const branch = await readTree(directory(environment), 'lockkeeper/billing');
  expect(branch['environment.yml']?.content.toString()).toBe(file('1.5.0'));
});

test('a bundle of which the registry lists no version is held, and its merge request stays', async () => {
  const bundles = await startBundleRepository();
  const { scan, configure, createRepository, forge } = await world(['1.5.0']);
  await createRepository('bundles', { 'environment.yml': `manifests: ["${bundles.url}/repository/manifests/web/web-1.0.0.tar.gz"]\n` });
  configure(`registries: { "${new URL(bundles.url).host}": { type: nexus, insecure: true } }
environments:
  - { name: bundles, repository: "local:bundles" }
`);
  for (const version of ['1.0.0', '1.1.0'])
    bundles.publish('manifests', { path: `web/web-${version}.tar.gz`, body: Buffer.from(version), modified: '2026-11-01T00:00:00Z' });
  expect((await scan()).proposals).toMatchObject([{ action: 'open' }]);
  await bundles.close();
  const empty = await startBundleRepository({ port: bundles.port });
  empty.publish('manifests', { path: 'other/other-1.0.0.tar.gz', body: Buffer.from(''), modified: '2026-11-01T00:00:00Z' });
  const report = await scan();
  await empty.close();
  expect(report).toMatchObject({ exit: 0, proposals: [], held: [{ from: '1.0.0', reason: expect.stringContaining('lists no version') }] });
  expect(await forge.mergeRequests('bundles')).toMatchObject([{ state: 'open' }]);
});
