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
  - { name: missing, repository: "${world.forgeName}:platform/environments/missing" }
  - { name: production, repository: "${world.forgeName}:platform/environments/production" }`,
      `, "${host(web)}": { insecure: true }`,
    );
    await world.createRepository('platform/environments/production', { 'web.yaml': deployment(`${host(web)}/web:1.0.0`) });
    await registry.close();
    const report = await world.scan();
    await web.close();
    expect(report).toMatchObject({
      exit: 3,
      environments: [{ name: 'staging' }, { name: 'production' }],
      proposals: [{ app: 'web', action: 'open' }],
    });
    expect(report.errors.map(({ scope }) => scope).sort()).toEqual(
      [host(registry), `${world.forgeName}:platform/environments/missing`].sort(),
    );
    expect(await world.forge.mergeRequests(environment)).toMatchObject([{ state: 'open' }]);
  });

  test('archived and empty repositories are named; another default branch is the target', async () => {
    const { world, configure, billing } = await begin(['1.5.0']);
    const names = ['staging', 'archived', 'empty', 'trunk'];
    configure(names.map((name) => `- { name: ${name}, repository: "${world.forgeName}:platform/environments/${name}" }`).join('\n  '));
    const files = { [manifest]: billing('1.4.2') };
    await world.createRepository('platform/environments/archived', files, { archived: true });
    await world.createRepository('platform/environments/empty', {});
    await world.createRepository('platform/environments/trunk', files, { defaultBranch: 'trunk' });
    const report = await world.scan();
    expect(report.exit).toBe(3);
    expect(report.proposals).toMatchObject([
      { environment: 'staging', action: 'open' },
      { environment: 'trunk', action: 'open' },
    ]);
    const said = Object.fromEntries(report.errors.map(({ scope, message }) => [scope, message]));
    expect(said[`${world.forgeName}:platform/environments/archived`]).toMatch(/archived/);
    expect(said[`${world.forgeName}:platform/environments/empty`]).toMatch(/empty|no commit/);
    expect(report.errors).toHaveLength(2);
    expect(await world.forge.mergeRequests('platform/environments/trunk')).toMatchObject([{ target: 'trunk', state: 'open' }]);
  });

  test('environments are discovered by group and topic', async () => {
    const { world, configure, billing } = await begin(['1.5.0']);
    const files = { [manifest]: billing('1.4.2') };
    await world.createRepository('platform/environments/eu/berlin', files, { topics: ['lockkeeper'] });
    await world.createRepository('platform/environments/paris', files, { topics: ['lockkeeper', 'other'] });
    await world.createRepository('platform/environments/oslo', files, { topics: ['lockkeeper'], archived: true });
    await world.createRepository('platform/elsewhere', files, { topics: ['lockkeeper'] });
    configure(`- { discover: "${world.forgeName}:platform/environments/*", topic: lockkeeper }`);
    const report = await world.scan();
    expect(report.proposals.map(({ environment: name, action }) => `${name} ${action}`).sort()).toEqual(['berlin open', 'paris open']);
    expect(report.errors).toEqual([]);
    expect((await world.scan()).proposals.map(({ action }) => action)).toEqual(['keep', 'keep']);
  });
}
