import { startBundleRepository } from '../../../src/demo/bundle-repository.ts';
import { startRegistry } from '../../../src/demo/registry.ts';
import { deployment, host, publish } from '../deployments.ts';
import { type Begin, environment, manifest } from './scan-scene.ts';

/** What fails is told by name, and the rest goes on. */
export function troubleContract(begin: Begin): void {
  test('a registry that is gone takes nothing back, and the rest goes on', async () => {
    const { world, registry, configure } = await begin(['1.5.0']);
    await world.scan();
    const web = await startRegistry();
    publish(web, 'web', '1.0.0', '1.1.0');
    configure(
      `- { name: staging, repository: "${world.forgeName}:${environment}" }
  - { name: missing, repository: "${world.forgeName}:platform/missing" }
  - { name: production, repository: "${world.forgeName}:platform/production" }`,
      `, "${host(web)}": { insecure: true }`,
    );
    await world.createRepository('platform/production', { 'web.yaml': deployment(`${host(web)}/web:1.0.0`) });
    await registry.close();
    const report = await world.scan();
    await web.close();
    expect(report).toMatchObject({
      exit: 3,
      environments: [{ name: 'staging' }, { name: 'production' }],
      proposals: [{ app: 'web', action: 'open' }],
    });
    expect(report.errors.map(({ scope }) => scope).sort()).toEqual([host(registry), `${world.forgeName}:platform/missing`].sort());
    expect(await world.forge.mergeRequests(environment)).toMatchObject([{ state: 'open' }]);
  });

  test('archived and empty repositories are named; another default branch is the target', async () => {
    const { world, configure, billing } = await begin(['1.5.0']);
    const names = ['staging', 'archived', 'empty', 'trunk'];
    configure(names.map((name) => `- { name: ${name}, repository: "${world.forgeName}:platform/${name}" }`).join('\n  '));
    const files = { [manifest]: billing('1.4.2') };
    await world.createRepository('platform/archived', files, { archived: true });
    await world.createRepository('platform/empty', {});
    await world.createRepository('platform/trunk', files, { defaultBranch: 'trunk' });
    const report = await world.scan();
    expect(report.exit).toBe(3);
    expect(report.proposals).toMatchObject([
      { environment: 'staging', action: 'open' },
      { environment: 'trunk', action: 'open' },
    ]);
    const said = Object.fromEntries(report.errors.map(({ scope, message }) => [scope, message]));
    expect(said[`${world.forgeName}:platform/archived`]).toMatch(/archived/);
    expect(said[`${world.forgeName}:platform/empty`]).toMatch(/empty|no commit/);
    expect(report.errors.map(({ turn }) => turn)).toEqual(['owner', 'owner']);
    expect(await world.forge.mergeRequests('platform/trunk')).toMatchObject([{ target: 'trunk', state: 'open' }]);
  });

  test('environments are discovered by group and topic', async () => {
    const { world, configure, billing } = await begin(['1.5.0']);
    const files = { [manifest]: billing('1.4.2') };
    await world.createRepository('platform/berlin', files, { topics: ['lockkeeper'] });
    await world.createRepository('platform/paris', files, { topics: ['lockkeeper', 'other'] });
    await world.createRepository('platform/oslo', files, { topics: ['lockkeeper'], archived: true });
    await world.createRepository('elsewhere/x', files, { topics: ['lockkeeper'] });
    configure(`- { discover: "${world.forgeName}:platform/*", topic: lockkeeper }`);
    const report = await world.scan();
    expect(report.proposals.map(({ environment: name, action }) => `${name} ${action}`).sort()).toEqual(['berlin open', 'paris open']);
    expect(report.errors).toEqual([]);
    expect((await world.scan()).proposals.map(({ action }) => action)).toEqual(['keep', 'keep']);
  });

  test('what could not be rebuilt is shown as left alone, with the reason', async () => {
    const { world, billing } = await begin(['1.5.0']);
    await world.scan();
    await world.pushAsPerson(environment, 'next', { [manifest]: billing('1.4.9') }, 'By hand');
    await world.changeAsPerson(environment, 1, { target: 'next' });
    await world.scan(); // a conflict may show in the scan after the one that asked for it
    expect(await world.scan()).toMatchObject({
      exit: 3,
      proposals: [{ action: 'keep', reason: expect.stringContaining('has no') }],
      errors: [{ scope: 'staging' }],
    });
  });

  test('an earlier environment that cannot be read lets nothing new through, and takes nothing back', async () => {
    const { world, configure, billing, publish: more } = await begin(['1.5.0']);
    const production = 'platform/production';
    await world.createRepository(production, { [manifest]: billing('1.4.2') });
    await world.pushAsPerson(environment, 'main', { [manifest]: billing('1.5.0') }, 'By hand');
    const stagingAt = (path: string) =>
      configure(`- { name: production, repository: "${world.forgeName}:${production}", updates: { after: { environment: staging, soak: 0h } } }
  - { name: staging, repository: "${world.forgeName}:${path}" }`);
    stagingAt(environment);
    expect((await world.scan()).proposals).toMatchObject([{ environment: 'production', action: 'open' }]);
    stagingAt('platform/gone');
    more('1.6.0');
    const report = await world.scan('--env', 'production');
    expect(report).toMatchObject({
      exit: 3,
      environments: [{ name: 'production' }],
      errors: [{ scope: `${world.forgeName}:platform/gone` }],
    });
    expect(report.held).toContainEqual(expect.objectContaining({ to: '1.6.0', reason: 'what runs in staging could not be read' }));
    expect(await world.forge.mergeRequests(production)).toMatchObject([{ state: 'open', title: 'billing 1.4.2 → 1.5.0' }]);
  });

  test('a bundle of which the registry lists no version is held, and its merge request stays', async () => {
    const bundles = await startBundleRepository();
    const { world, configure } = await begin([]);
    const url = `${bundles.url}/repository/manifests/web/web-1.0.0.tar.gz`;
    await world.createRepository('platform/bundles', { 'environment.yml': `manifests: ["${url}"]\n` });
    const registries = `, "${new URL(bundles.url).host}": { type: nexus, insecure: true }`;
    configure(`- { name: bundles, repository: "${world.forgeName}:platform/bundles" }`, registries);
    const file = (path: string) => ({ path, body: Buffer.from(path), modified: '2026-11-01T00:00:00Z' });
    for (const version of ['1.0.0', '1.1.0']) bundles.publish('manifests', file(`web/web-${version}.tar.gz`));
    expect((await world.scan()).proposals).toMatchObject([{ action: 'open' }]);
    await bundles.close();
    const empty = await startBundleRepository({ port: bundles.port });
    empty.publish('manifests', file('other/other-1.0.0.tar.gz'));
    const report = await world.scan();
    await empty.close();
    expect(report).toMatchObject({
      exit: 0,
      proposals: [],
      held: [{ from: '1.0.0', reason: expect.stringContaining('lists no version') }],
    });
    expect(await world.forge.mergeRequests('platform/bundles')).toMatchObject([{ state: 'open' }]);
  });
}
