import type { DatasourceName, Package, Reference } from '../../src/domain/reference.ts';
import type { Release, ReleaseDetails } from '../../src/domain/release.ts';
import { type Looked, lookUp } from '../../src/updates/look-up.ts';

const rules = { types: ['major', 'minor', 'patch'] } as const;

function look(
  datasource: DatasourceName,
  version: string,
  releases: readonly Release[],
  details: Readonly<Record<string, ReleaseDetails>> = {},
): Promise<Looked> {
  const of: Package = { datasource, name: 'h/app', url: 'https://h/app' };
  const reference: Reference = { app: 'app', file: 'a.yaml', line: 1, package: of, version, spots: [] };
  return lookUp(
    reference,
    rules,
    { barred: () => undefined, rolledBack: [], wishes: [] },
    {
      releases: async () => ({ releases, complete: true }),
      details: async (_, at) => details[at],
      lastKnownDigest: async () => undefined,
    },
  );
}

/** https://helm.sh/docs/topics/charts/#charts-and-versioning: charts follow SemVer 2, where `-1` is a pre-release; an image's `-1` is a build. */
test.each<[DatasourceName, string, string[], string | undefined]>([
  ['helm', '1.2.3', ['1.2.4-1', '1.2.3-9'], undefined],
  ['helm', '1.2.3-1', ['1.2.4-1', '1.2.3', '1.2.3-2'], '1.2.3'],
  ['helm', 'v1.14.4', ['v1.14.5', 'v1.15.0-alpha.0', 'latest', '1.16'], 'v1.14.5'],
  ['helm', '103.1.1+up45.31.1', ['103.1.2+up45.31.2'], '103.1.2+up45.31.2'],
  ['oci', '1.2.3-1', ['1.2.4-1', '1.2.3-2'], '1.2.4-1'],
])('%s %s among %j', async (datasource, version, versions, wanted) => {
  const { update } = await look(
    datasource,
    version,
    versions.map((one) => ({ version: one })),
  );
  expect(update?.to.version).toBe(wanted);
});

test('a package whose file is not there is held, and the next that has it is taken', async () => {
  const releases = ['1.0.0', '1.1.0', '1.2.0', '1.3.0'].map((version) => ({ version, unproven: true }) as const);
  const found = { labels: {} };
  expect(await look('gitlab-packages', '1.0.0', releases, { '1.1.0': found, '1.2.0': found })).toMatchObject({
    update: { to: { version: '1.2.0' }, held: [{ version: '1.3.0', reason: '1.3.0 does not have this file (yet)' }] },
    held: [{ version: '1.3.0' }],
    certain: true,
  });
  const none = await look('gitlab-packages', '1.0.0', releases);
  expect([none.update, none.held.map(({ version }) => version)]).toEqual([undefined, ['1.3.0', '1.2.0', '1.1.0']]);
  const many = Array.from({ length: 40 }, (_, minor) => ({ version: `1.${minor}.0`, unproven: true }) as const);
  expect((await look('gitlab-packages', '1.0.0', many)).held).toHaveLength(10);
});
