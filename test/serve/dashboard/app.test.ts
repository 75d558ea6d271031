import { dirname } from 'node:path';
import pino from 'pino';
import { loadConfig } from '../../../src/config/load.ts';
import { appRoom } from '../../../src/dashboard/app/room.ts';
import type { AppSource } from '../../../src/dashboard/app/source.ts';
import { type Registry, startRegistry } from '../../../src/demo/registry.ts';
import { followJournal } from '../../../src/journal/follow.ts';
import { createAppSource } from '../../../src/serve/dashboard/app.ts';
import { deployment, host, publish } from '../../support/deployments.ts';
import { withServicesIn } from '../../support/disturbed-scan.ts';
import { git } from '../../support/git-repository.ts';
import { localScanWorld, type ScanWorld } from '../../support/scan-world.ts';
import { siteOf, visit } from '../../support/site-visitor.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const folder = temporaryFolder();
let registry: Registry;
let world: ScanWorld;

const environmentFile = `name: production
manifests: [manifests/]
apps:
  billing: { namespace: pay, source: "local:payments/billing" }
`;
const image = (version: string) => deployment(`${host(registry)}/shop/billing:${version}`);
const service =
  'apiVersion: v1\nkind: Service\nmetadata: { name: billing, namespace: pay }\nspec: { selector: { app: billing }, ports: [{ port: 80 }] }\n';

beforeEach(async () => {
  registry = await startRegistry();
  world = localScanWorld(folder());
  publish(registry, 'shop/billing', '1.0.0', '1.1.0');
  await world.createRepository('envs/staging', { 'manifests/billing.yaml': image('1.1.0') });
  await world.createRepository('envs/production', {
    'environment.yml': environmentFile,
    'manifests/billing.yaml': `${image('1.0.0')}---\n${service}`,
    'manifests/web.yaml': service.replaceAll('billing', 'web').replace('pay', 'web'),
  });
  await world.createRepository('payments/billing', { 'README.md': 'billing' });
  const tag = (name: string) => git(world.directory('payments/billing'), ['tag', name, 'main']);
  await tag('v1.0.0');
  await world.pushAsPerson('payments/billing', 'main', { 'vat.txt': 'rounded' }, 'fix: round VAT <b>once</b>');
  await tag('v1.1.0');
  world.configure(`registries: { "${host(registry)}": { insecure: true } }
environments:
  - { name: staging, repository: "local:envs/staging" }
  - { name: production, repository: "local:envs/production" }
`);
  await world.scan();
});
afterEach(() => registry.close());

const withSource = <T>(work: (source: AppSource) => Promise<T>): Promise<T> =>
  withServicesIn(dirname(world.config), {}, false, (services) => {
    const { config } = loadConfig(world.config, {});
    const journal = followJournal(() => services.persistence.journal());
    const parts = { config, services, redact: (text: string) => text, log: pino({ level: 'silent' }), journal };
    return work(createAppSource(parts, { all: async () => [] }));
  });

test('what a scan saw is on the page, with what environment.yml says of the app', async () => {
  await withSource(async (source) => {
    const [staging, production] = await source.places('billing');
    expect(staging).toMatchObject({ environment: 'staging', rows: [{ version: '1.1.0' }] });
    expect(production).toMatchObject({
      environment: 'production',
      rows: [{ version: '1.0.0', newest: '1.1.0' }],
      namespace: 'pay',
      source: { name: 'local:payments/billing', url: expect.stringMatching(/^http.*\/payments\/billing$/) },
    });
    expect(await source.places('nobody')).toEqual([]);
    const { status, body } = await visit(siteOf([appRoom(source)], new Date()), '/app/billing');
    expect(status).toBe(200);
    expect(body).toContain('1 minor behind');
    expect(body).toContain('there when it was first looked at');
  });
});

test('a merge is in the picture with who did it', async () => {
  const [request] = (await world.scan()).proposals;
  expect(request).toMatchObject({ environment: 'production', title: 'billing 1.0.0 → 1.1.0' });
  await world.mergeAsPerson('envs/production', 1);
  await world.scan();
  const { body } = await withSource((source) => visit(siteOf([appRoom(source)], new Date(Date.now() + 60_000)), '/api/v1/apps/billing'));
  const { timeline } = JSON.parse(body) as {
    readonly timeline: { readonly lanes: readonly { readonly environment: string; readonly spans: unknown[] }[] };
  };
  expect(timeline.lanes.find(({ environment }) => environment === 'production')?.spans).toMatchObject([
    { version: '1.0.0', beginning: 'before' },
    {
      version: '1.1.0',
      beginning: 'merged',
      by: expect.stringMatching(/^local/),
      mergeRequest: expect.stringMatching(/merge_requests\/1$/),
    },
  ]);
});

test('what is between two environments is read from the source once, in whichever order they are asked for', async () => {
  await withSource(async (source) => {
    const ask = async (query: string) => (await visit(siteOf([appRoom(source)]), `/app/billing?${query}`)).body;
    const text = await ask('from=staging&to=production');
    expect(text).toContain('round VAT');
    expect(text).not.toContain('<b>once</b>');
    expect(text).toContain('billing 1.0.0 → 1.1.0');
    await git(world.directory('payments/billing'), ['update-ref', '-d', 'refs/tags/v1.1.0']);
    expect(await ask('from=production&to=staging')).toContain('round VAT');
  });
});

test('where nobody says where the source is, it says how', async () => {
  await world.pushAsPerson('envs/production', 'main', { 'environment.yml': 'manifests: [manifests/]\n' }, 'no source');
  await world.scan();
  const { body } = await withSource((source) => visit(siteOf([appRoom(source)]), '/app/billing?from=staging&to=production'));
  expect(body).toContain('No changelog: nothing says where the source of');
  expect(body).toContain('<code>packages[].source</code> in app.yml names it');
});

test("the checklist and the objects are the commit's, remembered until the environment moves", async () => {
  await withSource(async (source) => {
    const see = async (query = '') => (await visit(siteOf([appRoom(source)]), `/app/billing${query}`)).body;
    expect(await see()).toContain('not looked at yet');
    const looked = await see('?checklist=production');
    expect(looked).toContain('href="/checklist/single-replica"');
    expect(looked).toContain('manifests/billing.yaml:15');
    expect(looked).not.toContain('manifests/web.yaml');
    expect(await see()).toContain('href="/checklist/single-replica"');
  });
  await world.pushAsPerson('envs/production', 'main', { 'README.md': 'moved' }, 'moved');
  await world.scan();
  await withSource(async (source) => {
    expect((await visit(siteOf([appRoom(source)]), '/app/billing')).body).toContain('the environment has moved since');
  });
});

test('a repository that cannot be read is a line on the page', async () => {
  await withSource(async (source) => {
    const [, production] = await source.places('billing');
    const gone = { ...(production ?? raise()), commit: '0'.repeat(40) };
    expect(await source.look(gone)).toMatch(/^What production wants could not be read: /);
  });
});

const raise = (): never => {
  throw new Error('production is not there');
};
