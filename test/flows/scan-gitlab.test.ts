import { readFileSync } from 'node:fs';
import { type Registry, startRegistry } from '../../src/demo/registry.ts';
import { scanContract } from '../support/contracts/scan-contract.ts';
import { deployment, host, publish } from '../support/deployments.ts';
import { gitText } from '../support/git-repository.ts';
import { type GitLabScanWorld, gitlabScanWorld } from '../support/gitlab-scan-world.ts';
import { ada, bot, type GitLabOptions } from '../support/gitlab-server/options.ts';
import { temporaryFolder } from '../support/temporary.ts';

scanContract('GitLab', gitlabScanWorld);
scanContract('GitLab under a path', (folder) => gitlabScanWorld(folder, { root: '/tools/gitlab' }));

const folder = temporaryFolder();
const closing: { close(): Promise<void> }[] = [];
let registry: Registry;
beforeEach(async () => {
  registry = await startRegistry();
  closing.push(registry);
});
afterEach(async () => {
  for (const one of closing.splice(0)) await one.close();
});

const group = 'platform/environments';

async function begin(options: GitLabOptions = {}, more = ''): Promise<GitLabScanWorld> {
  const world = await gitlabScanWorld(folder(), options, more);
  closing.push({ close: world.dispose });
  return world;
}

const image = (name: string, version: string): string => `${host(registry)}/${name}:${version}`;

/** app.yml with the environments of the group. */
function configure(world: GitLabScanWorld, names: readonly string[], more = ''): void {
  const environments = names.map((name) => `  - { name: ${name}, repository: "gitlab:${group}/${name}" }\n`).join('');
  world.configure(`registries: { "${host(registry)}": { insecure: true } }\nenvironments:\n${environments}${more}`);
}

describe('requests', () => {
  test('a second scan asks for the branches of each environment and once for all merge requests, and writes nothing', async () => {
    publish(registry, 'payments/billing', '1.5.0');
    const world = await begin();
    const names = Array.from({ length: 13 }, (_, index) => `env-${index}`);
    for (const name of names)
      await world.createRepository(`${group}/${name}`, { 'a.yaml': deployment(image('payments/billing', '1.4.2')) });
    configure(world, names);
    expect((await world.scan()).proposals).toHaveLength(names.length);
    const first = world.asked();
    expect(first.filter((line) => line.startsWith('POST'))).toHaveLength(2 * names.length);
    expect(first.filter((line) => line.startsWith('PUT') || line.startsWith('DELETE'))).toEqual([]);
    await world.scan(); // GitLab works out whether they can be merged when asked for the first time
    world.asked();
    expect((await world.scan()).proposals.map(({ action }) => action)).toEqual(names.map(() => 'keep'));
    const branches = names.map((name) => `GET /projects/${group}/${name}/repository/branches`);
    expect(world.asked().sort()).toEqual([`GET /groups/${group}/merge_requests`, ...branches].sort());
  });
});

describe('texts', () => {
  const source = 'payments/billing';
  const hostile = '@all Closes #12 <img src=x>';

  /** billing's own project: 1.4.2, a merged merge request and a commit, 1.5.0 with release notes. */
  async function createSource({ server, createRepository, pushAsPerson, mergeAsPerson, directory }: GitLabScanWorld): Promise<void> {
    await createRepository(source, { 'main.ts': '1\n' });
    await server.tag(source, 'v1.4.2', await gitText(directory(source), ['rev-parse', 'main']));
    await pushAsPerson(source, 'retry', { 'retry.ts': '1\n' }, 'wip');
    const body = { title: `feat: retry webhooks ${hostile}`, source_branch: 'retry', target_branch: 'main' };
    await fetch(`${server.url}/api/v4/projects/${encodeURIComponent(source)}/merge_requests`, {
      method: 'POST',
      headers: { 'private-token': ada.token, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    await mergeAsPerson(source, 1);
    await pushAsPerson(source, 'main', { 'main.ts': '2\n' }, `fix: half cents ${hostile}\n\n/merge\n/approve`);
    await server.tag(source, 'v1.5.0', await gitText(directory(source), ['rev-parse', 'main']));
    server.release(source, 'v1.5.0', 'Sluice', `Paged invoices.\n\n/close\n/label ~bug\n\nThanks @ada, ${hostile}`);
  }

  async function proposed(): Promise<GitLabScanWorld> {
    publish(registry, source, '1.4.2', '1.5.0');
    const world = await begin();
    await createSource(world);
    await world.createRepository(`${group}/staging`, { 'a.yaml': deployment(image(source, '1.4.2')) });
    configure(world, ['staging'], `packages: [{ match: "${host(registry)}/payments/*", source: "gitlab:payments/{name}", owner: ada }]\n`);
    expect((await world.scan()).errors).toEqual([]);
    return world;
  }

  test('changelog from the source project: merged merge requests, commits, release notes, full links', async () => {
    const { server } = await proposed();
    const { description } = server.mergeRequest(`${group}/staging`, 1);
    expect(description).toContain('retry webhooks');
    expect(description).toContain(`${server.url}/${source}/-/merge_requests/1`);
    expect(description).toContain('half cents');
    expect(description).toContain('Paged invoices.');
    expect(description).toContain(`${server.url}/${source}/-/compare/v1.4.2...v1.5.0`);
    expect(description).toContain('1.5.0');
  });

  test('nothing of it is alive: no quick action, no mention, no closing keyword, no HTML', async () => {
    const { server } = await proposed();
    const { description } = server.mergeRequest(`${group}/staging`, 1);
    expect(server.quickActions).toEqual([]);
    expect(description).not.toMatch(/(?<![\w.])@(?:all|ada)\b/);
    expect(description).not.toMatch(/closes #12/i);
    expect(description).not.toContain('<img');
  });

  test('the owner becomes the assignee; a second scan finds nothing to do', async () => {
    const { server, scan } = await proposed();
    expect(server.mergeRequest(`${group}/staging`, 1)).toMatchObject({
      assignees: [{ username: 'ada' }],
      labels: ['lockkeeper'],
      removeSourceBranch: true,
      targetBranch: 'main',
    });
    expect((await scan()).proposals).toMatchObject([{ action: 'keep' }]);
  });
});

describe('refusals are told by name, and the rest goes on', () => {
  test('a protected branch, a role that is too low, a project that it may not see', async () => {
    publish(registry, 'payments/billing', '1.5.0');
    const roles = { [`${group}/staging`]: 'developer', [`${group}/guarded`]: 'developer', [`${group}/readable`]: 'reporter' } as const;
    const world = await begin({ users: [{ ...bot, roles }, ada] });
    const names = ['guarded', 'readable', 'secret', 'staging'];
    for (const name of names) {
      const files = { 'a.yaml': deployment(image('payments/billing', '1.4.2')) };
      await world.server.createProject(
        `${group}/${name}`,
        files,
        name === 'guarded' ? { protectedBranches: ['main', 'lockkeeper/*'] } : {},
      );
    }
    configure(world, names);
    const report = await world.scan();
    expect(report.exit).toBe(3);
    expect(report.proposals).toMatchObject([{ environment: 'staging', action: 'open' }]);
    const said = Object.fromEntries(report.errors.map(({ scope, message }) => [scope, message]));
    expect(Object.keys(said).sort()).toEqual(['guarded', 'readable', 'secret'].map((name) => `gitlab:${group}/${name}`));
    expect(said[`gitlab:${group}/guarded`]).toMatch(/guarded.*403.*not allowed to push.*a rule protects lockkeeper/);
    expect(said[`gitlab:${group}/readable`]).toMatch(/readable.*403.*Developer/);
    expect(said[`gitlab:${group}/secret`]).toMatch(/secret.*404.*check the path/);
    expect(JSON.stringify(report)).not.toContain(bot.token);
  });
});

test('closed by a person in the middle of a scan: no "no" to the newer version, which gets its own merge request', async () => {
  publish(registry, 'payments/billing', '1.5.0');
  const world = await begin();
  const path = `${group}/staging`;
  await world.createRepository(path, { 'a.yaml': deployment(image('payments/billing', '1.4.2')) });
  configure(world, ['staging']);
  await world.scan();
  publish(registry, 'payments/billing', '1.6.0');
  world.server.fail('POST', () => {
    if (world.server.mergeRequest(path, 1).state === 'opened') world.server.closeMergeRequest(path, 1);
    return false;
  });
  const report = await world.scan();
  expect(report.errors).toMatchObject([{ scope: `gitlab:${path}`, message: expect.stringMatching(/!1 .*closed by now; the next run/) }]);
  expect(world.server.mergeRequest(path, 1).title).toBe('billing 1.4.2 → 1.5.0');
  expect((await world.scan()).proposals).toMatchObject([
    { action: 'open', title: 'billing 1.4.2 → 1.6.0', url: expect.stringContaining('/merge_requests/2') },
  ]);
});

test('a private certificate authority from app.yml is trusted, for the archive too', async () => {
  publish(registry, 'payments/billing', '1.5.0');
  const fixture = (name: string) => readFileSync(`test/fixtures/tls/${name}`, 'utf8');
  const tls = { key: fixture('server.key'), cert: fixture('server.pem') };
  const trusting = await begin({ tls }, `, ca: "${process.cwd()}/test/fixtures/tls/ca.pem"`);
  await trusting.createRepository(`${group}/staging`, { 'a.yaml': deployment(image('payments/billing', '1.4.2')) });
  configure(trusting, ['staging']);
  expect(await trusting.scan()).toMatchObject({ exit: 0, proposals: [{ action: 'open' }] });
});

test('without it the certificate is named, and what to do', async () => {
  const fixture = (name: string) => readFileSync(`test/fixtures/tls/${name}`, 'utf8');
  const world = await begin({ tls: { key: fixture('server.key'), cert: fixture('server.pem') } });
  configure(world, ['staging']);
  expect((await world.scan()).errors).toMatchObject([{ message: expect.stringMatching(/certificate is not trusted.*`ca`/) }]);
});
