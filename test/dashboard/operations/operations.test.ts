import type { Operations } from '../../../src/dashboard/operations/report.ts';
import { operationsRoom } from '../../../src/dashboard/operations/room.ts';
import type { Job } from '../../../src/domain/queue.ts';
import type { Site, Viewer } from '../../../src/domain/site.ts';
import { aJob, someOperations } from '../../support/operations.ts';
import { aViewer, press, siteOf, visit } from '../../support/site-visitor.ts';

const mischief = `<script>alert("1")</script>`;
const parked: Job = {
  id: aJob('a', 'parked').id,
  data: { kind: 'deploy', repository: 'gitlab:platform/environments/staging' },
  key: 'gitlab:platform/environments/staging',
  trace: 'push',
  state: 'parked',
  attempts: 5,
  addedAt: '2026-11-20T09:00:00Z',
  problem: 'no answer',
};
const general: Job = { ...parked, id: aJob('e', 'parked').id, data: { kind: 'scan' }, key: '' };
const retried: string[] = [];
beforeEach(() => retried.splice(0));

const siteWith = (read: Operations): Site =>
  siteOf([
    operationsRoom({
      queue: { list: async () => [parked, general], retry: async (id) => retried.push(id) > 0 },
      environmentOf: async ({ data }) => ('repository' in data ? 'staging' : undefined),
      read: async () => read,
    }),
  ]);
const body = async (read: Operations, viewer: Viewer = aViewer()): Promise<string> =>
  (await visit(siteWith(read), '/operations', { viewer })).body;
/** Without markup, for reading it as people do. */
const text = (page: string): string => page.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

const ofStaging = aViewer({ sees: (name) => name === 'staging', acts: () => false });
const nobody = aViewer({ sees: () => false, acts: () => false });

test('what needs a person comes first, in numbers and then by name', async () => {
  const page = text(await body(someOperations()));
  expect(page).toContain('Parked jobs 1 Running 1 Waiting 2 API servers down 1 Hosts that fail 1 Not looked at 1 Last scan 42 minutes ago');
  expect(page).toMatch(/deploy gitlab:platform\/environments\/staging staging: 10\.0\.0\.4:6443: .* \(4 tries\) Retry 5 3 hours ago/);
  expect(page).toContain('notify 2 3 minutes ago now 1 failed before: Slack: too many requests (429)');
});

test('scans: the last one, the next one, and what of it failed is said once', async () => {
  const all = someOperations();
  const page = text(await body(all));
  expect(page).toContain('The last one ended 42 minutes ago after 1 min 13 s: 3 environments, 1 could not be looked at.');
  expect(page).toContain('The next one is due in 17 min 0 s : 0 * * * * in Etc/UTC.');
  expect(page.match(/listing versions of charts\/web/g)).toHaveLength(1);
  expect(page).toContain('staging, production 2 hours ago');
  expect(text(await body({ ...all, troubles: [] })).match(/listing versions of charts\/web/g)).toHaveLength(1);
});

test('clusters: whether they answer, how often they did, and each hour as a bar and as a row', async () => {
  const page = await body(someOperations());
  expect(text(page)).toContain('staging ✖ down since 12 minutes ago');
  expect(text(page)).toContain('24 hours 96.11 % 7 days 99.44 %');
  expect(text(page)).toContain(
    'production ✔ up since 6 days ago Environments production , production-eu 24 hours 100 % 7 days 100 % Answers in 14 ms',
  );
  expect(text(page)).toContain('new · not asked yet');
  expect(page).toContain('aria-label="The last 24 hours of staging: 3 with questions unanswered"');
  expect(page.match(/<rect class="down" x/g)).toHaveLength(3);
  expect(page).toContain('<title>03:00 UTC: 30 of 60 answered</title>');
  expect(text(page)).toContain('2026-11-20T03:00:00.000Z 60 30');
});

test('hosts: since when one fails, and what may still be asked of each', async () => {
  const page = text(await body(someOperations()));
  expect(page).toContain('nexus.example.com registry ✖ fails since 2 hours ago the server fails (503) 2 hours ago tells of no limit');
  expect(page).toContain('212 of 5,000 core ! tight all again in 31 min 0 s 30 of 30 search all again in 1 min 0 s');
  expect(page).toContain('registry.example.com registry · not asked yet never');
});

test('webhooks, and the service itself', async () => {
  const page = text(await body(someOperations()));
  expect(page).toContain('gitlab/gitlab 8 minutes ago accepted 1');
  expect(page).toContain('registry/registry.example.com none seen');
  expect(page).toContain(
    'Version 0.1.0 Store Postgres, which replicas share Journal 1204 entries Its hash is kept up to entry 1200, seen 30 minutes ago',
  );
  expect(page).toContain('lockkeeper-bx2p8/1 0.1.0 2 days ago just now');
});

test('a service that has done nothing yet says what comes', async () => {
  const { service } = someOperations();
  const scans = { schedule: '0 3 1 1 *', timezone: 'Etc/UTC' };
  const page = text(await body({ scans, jobs: [], clusters: [], troubles: [], hosts: [], webhooks: [], ...(service && { service }) }));
  for (const said of [
    'Nothing waits and nothing runs.',
    'No scan of everything has come to its end yet.',
    'No scan is due',
    'There is no cluster to ask. clusters in app.yml names them.',
    'Nobody was asked yet.',
    'Nobody is to tell of changes',
  ])
    expect(page).toContain(said);
});

test('a long queue makes no endless page', async () => {
  const jobs = Array.from({ length: 1000 }, () => aJob('d', 'parked'));
  const page = await body(someOperations({ jobs }));
  expect(page.match(/\/retry"/g)).toHaveLength(200);
  expect(page).toContain('And 800 more');
});

test('whoever sees one environment sees what is about that one, and of it no other name', async () => {
  const page = await body(someOperations(), ofStaging);
  expect(text(page)).toContain('deploy gitlab:platform/environments/staging');
  expect(text(page)).toContain(
    'nexus.example.com listing versions of charts/web: the server fails (503); look whether it is up staging 2 hours ago',
  );
  expect(page).not.toMatch(/production|notify|gitlab\.example\.com|lockkeeper-7d9f4|\/retry/);
  expect((await visit(siteWith(someOperations()), '/operations', { viewer: nobody })).status).toBe(404);
});

test.each([
  ['/api/v1/operations', aViewer(), 200],
  ['/api/v1/operations', ofStaging, 200],
  ['/api/v1/operations', nobody, 404],
  ['/api/v1/jobs', aViewer(), 200],
  ['/api/v1/jobs', ofStaging, 404],
])('%s for %o: %s', async (path, viewer, status) => {
  expect((await visit(siteWith(someOperations()), path, { viewer })).status).toBe(status);
});

test('jobs as the command line prints them', async () => {
  const { data, ...rest } = parked;
  expect(JSON.parse((await visit(siteWith(someOperations()), '/api/v1/jobs')).body).jobs[0]).toEqual({ ...rest, kind: data.kind });
});

test('the page of jobs is a part of this one', async () => {
  expect(await visit(siteWith(someOperations()), '/jobs')).toMatchObject({ status: 303, location: '/operations#queue' });
});

const actsOn = (name: string | undefined): Viewer => aViewer({ acts: (environment) => environment === name });
test.each([
  ['whoever may everything', aViewer(), parked.id, 303, [parked.id]],
  ['whoever may push to its environment', actsOn('staging'), parked.id, 303, [parked.id]],
  ['whoever may push to another one', actsOn('production'), parked.id, 405, []],
  ['whoever may push to one, of a job about all', actsOn('staging'), general.id, 405, []],
  ['whoever comes too late', aViewer(), aJob('f', 'parked').id, 303, []],
  ['whoever sees nothing, of a job that is not there', nobody, aJob('f', 'parked').id, 405, []],
])('a parked job is retried by %s', async (_, viewer, id, status, expected) => {
  const answer = await press(siteWith(someOperations()), `/jobs/${id}/retry`, {}, viewer);
  expect([answer.status, retried]).toEqual([status, expected]);
});

test('what comes from outside stays text', async () => {
  const hostile = (value: unknown): unknown =>
    typeof value === 'string' && !/^\d{4}-|^(up|down|unknown|parked|running|waiting|embedded|postgres)$/.test(value)
      ? `${value}${mischief}`
      : Array.isArray(value)
        ? value.map(hostile)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, hostile(one)]))
          : value;
  const page = await body(hostile(someOperations()) as Operations);
  expect(page.match(/&lt;script&gt;/g)?.length).toBeGreaterThan(30);
  expect(page.replace('<script type="module" src="/script.js"></script>', '')).not.toMatch(/<script|<style|\sstyle=|\son\w+=/);
});
