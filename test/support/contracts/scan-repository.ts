import { createHash } from 'node:crypto';
import { startBundleRepository } from '../../../src/demo/bundle-repository.ts';
import { gitText, readTree } from '../git-repository.ts';
import { type Begin, branch, environment, manifest, requestUrl } from './scan-scene.ts';

/** What people change in the repository while merge requests are open. */
export function repositoryContract(begin: Begin): void {
  test('merged and reverted, with the branch left standing: proposed again', async () => {
    const { world, billing } = await begin(['1.5.0']);
    await world.scan();
    await world.mergeAsPerson(environment, 1);
    await world.scan();
    await world.pushAsPerson(environment, 'main', { [manifest]: billing('1.4.2') }, 'Revert');
    expect(await world.scan()).toMatchObject({
      exit: 0,
      proposals: [{ action: 'open', url: requestUrl(2) }],
    });
    expect((await world.scan()).proposals).toMatchObject([{ action: 'keep' }]);
    expect(await world.countMergeRequests(environment)).toBe(2);
  });

  test('another file that runs the app by now joins the merge request', async () => {
    const { world, billing } = await begin(['1.5.0']);
    await world.scan();
    await world.pushAsPerson(environment, 'main', { 'other.yaml': billing('1.4.2') }, 'One more');
    expect((await world.scan()).proposals).toMatchObject([{ action: 'update', updates: [{}, { file: 'other.yaml' }] }]);
    expect((await readTree(world.directory(environment), branch))['other.yaml']?.content.toString()).toBe(billing('1.5.0'));
    expect(await world.forge.mergeRequests(environment)).toMatchObject([{ id: 1, description: expect.stringContaining('other.yaml') }]);
    expect((await world.scan()).proposals).toMatchObject([{ action: 'keep' }]);
  });

  test('a file that can never be read keeps no merge request open', async () => {
    const { world } = await begin(['1.5.0']);
    await world.pushAsPerson(environment, 'main', { 'templates/web.yaml': '{{ if .x }}\na: b\n{{ end }}\n' }, 'A template');
    expect((await world.scan()).environments).toMatchObject([{ warnings: [{ file: 'templates/web.yaml' }] }]);
    await world.pushAsPerson(environment, 'main', { [manifest]: 'a: [\n' }, 'Broken');
    expect((await world.scan()).proposals).toEqual([]);
    expect(await world.forge.mergeRequests(environment)).toMatchObject([{ state: 'open' }]);
    await world.pushAsPerson(environment, 'main', { [manifest]: undefined }, 'No more billing');
    expect((await world.scan()).proposals).toMatchObject([{ action: 'close', reason: 'no reference of billing is left on main' }]);
  });

  test('what cannot move whatever the registry has is held without a version', async () => {
    const { world, billing } = await begin(['1.4.2']);
    await world.pushAsPerson(environment, 'main', { [manifest]: billing('latest') }, 'Latest');
    const { held } = await world.scan();
    expect(held).toEqual([
      {
        environment: 'staging',
        app: 'billing',
        file: manifest,
        line: expect.any(Number),
        package: expect.stringContaining('payments/billing'),
        from: 'latest',
        reason: '"latest" is not a version: it moves by digest only',
      },
    ]);
  });

  test('a bundle and an image of one app move in one merge request; the checksum of a pinned bundle moves along', async () => {
    const bundles = await startBundleRepository();
    const bytes = (version: string) => Buffer.from(`no tar, but a file: ${version}`);
    const checksum = (version: string) => createHash('sha256').update(bytes(version)).digest('hex');
    for (const version of ['1.4.2', '1.5.0'])
      bundles.publish('manifests', { path: `billing/billing-${version}.tar.gz`, body: bytes(version), modified: '2026-11-01T00:00:00Z' });
    const { world, configure } = await begin(['1.5.0']);
    configure(undefined, `, "${new URL(bundles.url).host}": { type: nexus, insecure: true }`);
    const file = (version: string) =>
      `manifests:\n  - url: ${bundles.url}/repository/manifests/billing/billing-${version}.tar.gz\n    sha256: "${checksum(version)}" # verified\n`;
    await world.pushAsPerson(environment, 'main', { 'environment.yml': file('1.4.2') }, 'A bundle');
    const { proposals } = await world.scan();
    await bundles.close();
    expect(proposals).toMatchObject([
      {
        app: 'billing',
        title: 'billing 1.4.2 → 1.5.0',
        updates: [
          { file: 'environment.yml', line: 2, datasource: 'nexus-raw', to: '1.5.0', digest: `sha256:${checksum('1.5.0')}` },
          { file: manifest, datasource: 'oci', to: '1.5.0' },
        ],
      },
    ]);
    expect((await readTree(world.directory(environment), branch))['environment.yml']?.content.toString()).toBe(file('1.5.0'));
    expect(await gitText(world.directory(environment), ['rev-list', '--count', `main..${branch}`])).toBe('1');
  });
}
