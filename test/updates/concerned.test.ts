import type { SourceForge } from '../../src/domain/forge.ts';
import type { Package } from '../../src/domain/reference.ts';
import { concernedByPackage, concernedBySource } from '../../src/updates/concerned.ts';
import type { EnvironmentSettings } from '../../src/updates/settings.ts';
import { MemoryStore } from '../support/memory-store.ts';

const environment = (name: string): EnvironmentSettings => ({
  name,
  repository: { forge: 'gitlab', path: `environments/${name}` },
  updates: { types: ['minor'] },
});

/** As the last scan has left it. */
async function remembering(
  contents: Readonly<Record<string, readonly Package[]>>,
  apps: Readonly<Record<string, { readonly source: string }>> = {},
) {
  const store = new MemoryStore();
  for (const [name, packages] of Object.entries(contents)) {
    const references = packages.map((of) => ({
      app: of.name.split('/').at(-1) ?? '',
      file: 'a.yaml',
      line: 1,
      package: of,
      version: '1.0.0',
      spots: [],
    }));
    await store.put('environment', `gitlab:environments/${name}`, { shape: 3, commit: 'c', references, warnings: [], apps });
  }
  return store;
}

const oci = (name: string): Package => ({ datasource: 'oci', name });
const all = ['staging', 'production', 'unread'].map(environment);

test.each([
  ['registry.example.com/shop/web', ['staging', 'production'], ['registry.example.com/shop/web']],
  ['registry.example.com/shop/api', ['staging'], ['registry.example.com/shop/api']],
  ['docker.io/acme/billing', ['production'], ['acme/billing']],
  ['docker.io/library/nginx', ['staging'], ['nginx']],
  ['registry.example.com/shop/we', [], []],
  ['nexus.example.com/manifests/web/web', ['production'], ['nexus.example.com/manifests/web/web']],
])('a push to %s concerns %j', async (name, environments, packages) => {
  const store = await remembering({
    staging: [oci('registry.example.com/shop/web'), oci('registry.example.com/shop/api'), oci('nginx')],
    production: [
      oci('registry.example.com/shop/web'),
      oci('acme/billing'),
      { datasource: 'nexus-raw', name: 'nexus.example.com/manifests/web/web' },
    ],
  });
  expect(await concernedByPackage(store, all, name)).toEqual({ environments, packages });
});

test('a push to an app’s own repository concerns what app.yml, environment.yml or the reference itself says comes from there', async () => {
  const traits = { name: 'gitlab', type: 'gitlab', descriptionLimit: 1000, url: 'https://gitlab.example.com' } as const;
  const forges = new Map([['gitlab', { traits } as SourceForge]]);
  const store = await remembering(
    {
      staging: [
        oci('registry.example.com/shop/web'),
        { datasource: 'git-tags', name: 'gitlab.example.com/shop/base', url: 'https://gitlab.example.com/shop/base' },
      ],
      production: [oci('registry.example.com/other/special')],
    },
    { special: { source: 'gitlab:shop/special' } },
  );
  const rules = [{ match: 'registry.example.com/shop/**', source: 'gitlab:shop/{name}' }];
  const by = (repository: string) => concernedBySource(store, all, rules, forges, repository);
  expect(await by('gitlab:shop/web')).toEqual({ environments: ['staging'], packages: ['registry.example.com/shop/web'] });
  expect(await by('gitlab:shop/base')).toEqual({ environments: ['staging'], packages: ['gitlab.example.com/shop/base'] });
  expect(await by('gitlab:shop/special')).toEqual({ environments: ['production'], packages: ['registry.example.com/other/special'] });
  expect(await by('gitlab:shop/none')).toEqual({ environments: [], packages: [] });
});
