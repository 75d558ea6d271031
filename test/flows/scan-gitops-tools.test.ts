import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startRegistry } from '../../src/demo/registry.ts';
import { host, publish } from '../support/deployments.ts';
import { startGitServer } from '../support/git-http.ts';
import { branchHead, commitFiles, createBareRepository, git, readTree } from '../support/git-repository.ts';
import { startServer } from '../support/http-server.ts';
import { localScanWorld } from '../support/scan-world.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of closing.splice(0).reverse()) await one.close();
});

const index = `apiVersion: v1
entries:
  billing:
  - {name: billing, version: 1.4.2, created: "2026-10-01T00:00:00Z"}
  - {name: billing, version: 1.5.0, created: "2026-11-01T00:00:00Z"}
  - {name: billing, version: [broken}
`;

/** A chart repository, a registry, a git server and an app on the local forge, all with something newer; environments are made of `files`. */
async function begin(files: (at: Record<'charts' | 'registry' | 'git', string>) => Record<string, string>) {
  const registry = await startRegistry();
  publish(registry, 'charts/search', '2.0.0_build.3', '2.1.0_build.7');
  publish(registry, 'manifests/web', '3.0.0', '3.0.1');
  const charts = await startServer((_, response) => {
    response.writeHead(200, { etag: '"1"' }).end(index);
  });
  const repositories = join(folder(), 'git');
  mkdirSync(repositories);
  const components = join(repositories, 'components.git');
  await createBareRepository(components, 'main');
  const commit = await commitFiles(components, { branch: 'main', files: { a: '1' }, message: 'one' });
  for (const tag of ['v1.0.0', 'v1.1.0'])
    await git(components, ['-c', 'user.name=a', '-c', 'user.email=a@b', 'tag', '-a', '-m', tag, tag, commit]);
  const gitServer = await startGitServer(repositories);
  const world = localScanWorld(folder());
  closing.push(registry, charts, gitServer, { close: world.dispose });
  await world.createRepository('apps/shop', { 'README.md': 'x' });
  for (const tag of ['4.0.0', '4.2.0']) await world.tag('apps/shop', tag, 'main');
  const environment = 'platform/environments/staging';
  world.configure(
    `registries: { "${host(registry)}": { insecure: true } }\nenvironments:\n  - { name: staging, repository: "local:${environment}" }\n`,
  );
  const written = files({ charts: charts.url, registry: host(registry), git: gitServer.url });
  await world.createRepository(environment, written);
  const files2 = async (branch: string): Promise<Record<string, string>> => {
    const tree = await readTree(world.directory(environment), branch);
    return Object.fromEntries(Object.entries(tree).map(([path, { content }]) => [path, content.toString()]));
  };
  return { world, written, tree: files2, commit, seen: charts.seen, shop: (await branchHead(world.directory('apps/shop'), 'main')) ?? '' };
}

test('an environment that Flux applies: each source moves where it stands, and a second scan changes nothing', async () => {
  const old = 'a'.repeat(40);
  const { world, written, tree, commit, seen } = await begin((at) => ({
    'sources/charts.yaml': `apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata: {name: charts}\nspec: {url: "${at.charts}"}\n---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata: {name: oci}\nspec: {type: oci, url: "oci://${at.registry}/charts"}\n`,
    'apps/billing.yaml':
      'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: billing}\nspec:\n  chart:\n    spec: {chart: billing, version: "1.4.2", sourceRef: {kind: HelmRepository, name: charts}} # keep\n',
    'apps/search.yaml':
      'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: search}\nspec: {chart: {spec: {chart: search, version: 2.0.0+build.3, sourceRef: {kind: HelmRepository, name: oci}}}}\n',
    'apps/web.yaml': `apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: {name: web}\nspec: {url: "oci://${at.registry}/manifests/web", ref: {tag: 3.0.0}}\n`,
    'apps/components.yaml': `apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: components}\nspec: {url: "${at.git}/components.git", ref: {tag: v1.0.0, commit: "${old}"}}\n`,
    'apps/self.yaml': `apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: self}\nspec: {url: "${at.git}/components.git", ref: {branch: main}}\n`,
  }));
  const first = await world.scan();
  expect(first).toMatchObject({ exit: 0, errors: [], environments: [{ references: 5, warnings: [] }] });
  expect(first.proposals.map(({ title, updates }) => [title, updates.map(({ datasource }) => datasource)])).toEqual([
    ['billing 1.4.2 → 1.5.0', ['helm']],
    ['components v1.0.0 → v1.1.0', ['git-tags']],
    ['search 2.0.0+build.3 → 2.1.0+build.7', ['helm']],
    ['web 3.0.0 → 3.0.1', ['oci']],
  ]);
  expect(first.held).toMatchObject([
    { app: 'components', file: 'apps/self.yaml', reason: expect.stringContaining('follows a branch by itself') },
  ]);
  const moved = async (app: string, path: string): Promise<string | undefined> => (await tree(`lockkeeper/${app}`))[path];
  expect(await moved('billing', 'apps/billing.yaml')).toBe(written['apps/billing.yaml']?.replace('1.4.2', '1.5.0'));
  expect(await moved('search', 'apps/search.yaml')).toBe(written['apps/search.yaml']?.replace('2.0.0+build.3', '2.1.0+build.7'));
  expect(await moved('web', 'apps/web.yaml')).toBe(written['apps/web.yaml']?.replace('3.0.0', '3.0.1'));
  expect(await moved('components', 'apps/components.yaml')).toBe(
    written['apps/components.yaml']?.replace('v1.0.0', 'v1.1.0').replace(old, commit),
  );
  const asked = seen.length;
  expect((await world.scan()).proposals.map(({ action }) => action)).toEqual(['keep', 'keep', 'keep', 'keep']);
  expect(seen.length - asked).toBe(1);
});

test('an environment that Argo CD and kustomize apply', async () => {
  const { world, written, tree } = await begin((at) => ({
    'apps/application.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop}
spec:
  sources:
    - {repoURL: "${at.charts}", chart: billing, targetRevision: 1.4.2}
    - {repoURL: "${at.registry}/charts", chart: search, targetRevision: "2.0.0+build.3"}
    - repoURL: http://localhost:3000/apps/shop
      targetRevision: 4.0.0 # on the local forge
`,
    'apps/set.yaml': `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: all}
spec: {template: {spec: {source: {repoURL: "${at.charts}", chart: "{{ .chart }}", targetRevision: 1.0.0}}}}
`,
    'base/kustomization.yaml': `resources: [../apps]\ncomponents:\n- ${at.git}/components.git//monitoring?timeout=90s&ref=v1.0.0 # pinned\nhelmCharts:\n- {name: billing, repo: "${at.charts}", version: 1.4.2}\n`,
    'chart/Chart.yaml': `apiVersion: v2\nname: umbrella\nversion: 1.4.2\ndependencies:\n- {name: billing, version: 1.4.2, repository: "${at.charts}"}\n- {name: search, version: ^2.0.0, repository: "oci://${at.registry}/charts"}\n`,
  }));
  const report = await world.scan();
  expect(report).toMatchObject({ exit: 0, errors: [] });
  expect(report.proposals.map(({ title, updates }) => [title, updates.map(({ file }) => file)])).toEqual([
    ['billing 1.4.2 → 1.5.0', ['apps/application.yaml', 'base/kustomization.yaml', 'chart/Chart.yaml']],
    ['components v1.0.0 → v1.1.0', ['base/kustomization.yaml']],
    ['search 2.0.0+build.3 → 2.1.0+build.7', ['apps/application.yaml']],
    ['shop 4.0.0 → 4.2.0', ['apps/application.yaml']],
  ]);
  expect(report.held.map(({ file, reason }) => `${file} ${reason}`)).toEqual([
    expect.stringContaining('apps/set.yaml'),
    expect.stringContaining('chart/Chart.yaml "^2.0.0" is a range'),
  ]);
  const billing = await tree('lockkeeper/billing');
  expect(billing['chart/Chart.yaml']).toBe(
    written['chart/Chart.yaml']?.replace('{name: billing, version: 1.4.2', '{name: billing, version: 1.5.0'),
  );
  expect(billing['base/kustomization.yaml']).toBe(written['base/kustomization.yaml']?.replace('version: 1.4.2', 'version: 1.5.0'));
  expect((await tree('lockkeeper/components'))['base/kustomization.yaml']).toBe(
    written['base/kustomization.yaml']?.replace('ref=v1.0.0', 'ref=v1.1.0'),
  );
});
