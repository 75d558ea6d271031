import { createHash } from 'node:crypto';
import { startBundleRepository } from '../../src/demo/bundle-repository.ts';
import { type Registry, startRegistry } from '../../src/demo/registry.ts';
import { gitText, readTree } from '../support/git-repository.ts';
import { localScanWorld } from '../support/scan-world.ts';
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
  const made = localScanWorld(folder());
  made.configure(`registries: { "${at(registry)}": { type: oci, insecure: true } }
environments:
  - { name: staging, repository: "local:${environment}", updates: ${updates} }
`);
  await made.createRepository(environment, { 'manifests/billing.yaml': deployment(`${at(registry)}/payments/billing:1.4.2`) });
  return made;
}

const publish = (tag: string) => registry.publish('payments/billing', tag, { labels: {}, created: '2026-11-01T00:00:00Z' });

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
  const { scan, pushAsPerson, changeAsPerson } = await world(['1.5.0']);
  await scan();
  await pushAsPerson(environment, 'next', { 'manifests/billing.yaml': deployment(`${at(registry)}/payments/billing:1.4.9`) }, 'By hand');
  await changeAsPerson(environment, 1, { target: 'next' });
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
