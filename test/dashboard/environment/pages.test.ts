import { Check, Errors } from 'typebox/value';
import { environmentReply, runReply } from '../../../src/dashboard/environment/json.ts';
import { environmentRoom } from '../../../src/dashboard/environment/room.ts';
import type { EnvironmentView } from '../../../src/dashboard/environment/view.ts';
import { environmentUrl } from '../../../src/dashboard/parts/links.ts';
import type { InventoryRow } from '../../../src/domain/fleet.ts';
import type { RunLog } from '../../../src/domain/run-log.ts';
import { anEnvironmentView, aRow, aRunLog } from '../../support/builders/environment-view.ts';
import { aViewer, siteOf, visit } from '../../support/site-visitor.ts';

/** The site of one environment, production. */
function site(change: Partial<EnvironmentView> = {}, run: Partial<RunLog> = {}) {
  const view = anEnvironmentView(change);
  const isIt = (name: string): boolean => name === view.snapshot.environment;
  return siteOf([
    environmentRoom({
      environment: async (name, app) => {
        if (!isIt(name)) return undefined;
        const actions = {
          environment: name,
          app: app ?? '',
          packages: [{ package: 'p/billing', current: '1.4.2', newer: ['2.0.0'] }],
          earlier: ['1.4.1'],
        };
        return app === undefined ? view : { ...view, actions };
      },
      run: async (name, id) => (isIt(name) && id === 'r1' ? aRunLog(run) : undefined),
    }),
  ]);
}

const page = async (change: Partial<EnvironmentView> = {}, address = '/environment/production', viewer = aViewer()) =>
  (await visit(site(change), address, { viewer })).body;

test('what runs, drift, runs, locks and schedule, each in its words', async () => {
  const body = await page();
  for (const text of [
    'gitlab:platform/environments/production</a>',
    'production-eu, deployed by this service',
    'held</span> 2.0.0',
    'search 3.1.0 → 3.2.0</a> <span class="number">!44</span>',
    '1 changed by hand, 1 missing',
    'spec.replicas is 5, not 3',
    'by kubectl-edit',
    '1 created, 2 changed, 1 kept, 1 failed',
    'what was changed by hand is set back (drift.correct)',
    'lockkeeper-0 (run 20261120114502)',
    'in <time datetime="2026-11-20T12:30:00Z" title="2026-11-20T12:30:00Z" data-until>30 min 0 s</time>',
    'Mon-Thu 09:00-15:00 Europe/Stockholm',
    'staging, once a version has run there for 24h',
    '1 of at most 10',
    'when the window opens, in <time datetime="2026-11-23T08:00:00Z"',
  ])
    expect(body).toContain(text);
});

const { nextDrift: _, ...withoutLook } = anEnvironmentView().schedule;

test.each<[string, Partial<EnvironmentView>, string]>([
  ['no lock', { lease: { kind: 'free' } }, 'the next run can have it'],
  [
    'a cluster that does not answer',
    { lease: { kind: 'unknown', why: 'its cluster did not answer within 3 seconds' } },
    'did not answer within 3 seconds',
  ],
  ['nobody has looked for drift', { drift: undefined as never }, 'The next look is in <time datetime="2026-11-20T12:30:00Z"'],
  ['nothing to compare yet', { drift: undefined as never, deployed: undefined as never }, 'once a deployment run has brought something'],
  ['nobody looks for drift', { drift: undefined as never, schedule: withoutLook }, '<code>schedule.drift</code> in app.yml says when'],
  ['nobody deploys, nobody compares', { drift: undefined as never, deploy: 'off' }, 'Nobody deploys here, so nobody looks'],
  ['no run', { runs: [] }, 'as soon as the default branch has a commit'],
  ['a pipeline deploys', { runs: [], deploy: 'pipeline' }, 'in the pipelines of the repository'],
  ['nobody deploys', { runs: [], deploy: 'off' }, 'lets this service do it'],
  ['no app', { snapshot: { ...anEnvironmentView().snapshot, rows: [] } }, 'The last scan found no reference to a version.'],
  ['a scan waits', { scanning: 'waiting' }, 'a scan is in the queue'],
  ['a scan runs', { scanning: 'running' }, 'a scan runs'],
])('%s', async (_, change, text) => {
  expect(await page(change)).toContain(text);
});

/** What the row of billing says, tag by tag. */
async function billing(rows: readonly Partial<InventoryRow>[]): Promise<string> {
  const { snapshot } = anEnvironmentView();
  const [request] = snapshot.requests;
  const requests = request === undefined ? [] : [{ ...request, id: 7, url: theirs, title: 'billing 1.4.2 → 1.6.0', app: 'billing' }];
  const body = await page({ snapshot: { ...snapshot, rows: rows.map(aRow), requests } });
  const found = body.match(/<tr><th scope="row"><a href="\/app\/billing">.*<\/tr>/g) ?? [];
  expect(found).toHaveLength(1);
  return found.join().replaceAll(/(?:<[^>]*>|\s)+/g, ' ');
}

const theirs = 'https://gitlab.example.com/p/-/merge_requests/7';
const bundle = { package: 'nexus.example.com/bundles/billing' };

test.each<[string, readonly Partial<InventoryRow>[], RegExp]>([
  ['one version in many files', [{}, { file: 'other.yaml' }, bundle], /1\.4\.2 registry\S+ nexus\S+ 1 week ago ✔ newest Change/],
  ['two versions', [{ ...bundle, version: '1.4.1' }, { version: '1.4.2' }], /1\.4\.1 nexus\S+ 1\.4\.2 registry/],
  ['one without a version comes last', [{ version: '', state: 'unknown' }, { ...bundle }], /1\.4\.2 nexus\S+ no version registry/],
  [
    'a merge request that goes to a lower version than the newest',
    [{ state: 'proposed', newest: '2.0.0', mergeRequest: theirs }],
    /… proposed billing 1\.4\.2 → 1\.6\.0 !7 2\.0\.0 is out Change/,
  ],
  [
    'one merge request for both packages',
    [
      { state: 'proposed', newest: '1.6.0', mergeRequest: theirs },
      { ...bundle, state: 'proposed', newest: '1.6.0', mergeRequest: theirs },
    ],
    /ago … proposed billing 1\.4\.2 → 1\.6\.0 !7 Change/,
  ],
  [
    'one package is proposed, the other held',
    [
      { state: 'held', newest: '2.0.0', reason: 'a major' },
      { ...bundle, state: 'proposed', newest: '1.6.0', mergeRequest: theirs },
    ],
    /… proposed billing 1\.4\.2 → 1\.6\.0 !7 ! held 2\.0\.0 a major Change/,
  ],
])('an app is one row: %s', async (_, rows, expected) => {
  expect(await billing(rows)).toMatch(expected);
});

test('an environment with a slash in its name has links that lead to it', async () => {
  const name = 'shop/production eu';
  const room = siteOf([
    environmentRoom({
      environment: async (of) =>
        of === name ? { ...anEnvironmentView(), snapshot: { ...anEnvironmentView().snapshot, environment: name } } : undefined,
      run: async (of, id) => (of === name ? aRunLog({ id, environment: of }) : undefined),
    }),
  ]);
  const { body } = await visit(room, environmentUrl(name));
  const links = [...body.matchAll(/href="(\/environment\/[^"#?]*)/g)].map(([, link = '']) => link);
  expect(new Set(links)).toContain('/environment/shop%2Fproduction%20eu');
  for (const link of new Set(links)) expect([link, (await visit(room, link)).status]).toEqual([link, 200]);
});

test('one step further: the forms for an app', async () => {
  const body = await page({}, '/environment/production?app=billing');
  expect(body).toContain('<form method="post" action="/environment/production/propose">');
  expect(body).toContain('<option value="[&quot;p/billing&quot;,&quot;2.0.0&quot;]">2.0.0</option>');
  expect(body).toContain('<option>1.4.1</option>');
});

test('who may not act sees no button, and who may not see nothing at all', async () => {
  const reader = await page({}, '/environment/production?app=billing', aViewer({ acts: () => false }));
  expect(reader).toContain('What is deployed');
  expect(reader).not.toContain('<form');
  expect(reader).not.toContain('?app=');
  const stranger = aViewer({ sees: (name) => name !== 'production' });
  for (const address of [
    '/environment/production',
    '/environment/production/runs/r1',
    '/api/v1/environments/production',
    '/api/v1/environments/production/runs/r1',
  ])
    expect((await visit(site(), address, { viewer: stranger })).status).toBe(404);
  expect((await visit(site(), '/environment/elsewhere')).status).toBe(404);
  expect((await visit(site(), '/environment/production/runs/r2')).status).toBe(404);
});

test('a run: its steps, objects, failures with help, notes and log; while it goes what it is about to do', async () => {
  const { body } = await visit(site(), '/environment/production/runs/r1');
  for (const text of [
    'stopped here',
    '2 of 3',
    'ImagePullBackOff',
    'What to do: kubectl',
    '1 created',
    'PersistentVolumeClaim is protected',
    'Prune left 1 object',
    '11:45:01',
    'took 5 min 12 s',
    'merged by ada',
  ])
    expect(body).toContain(text);
  const { report: _, endedAt: __, seconds: ___, ...going } = aRunLog({ state: 'running' });
  const live = siteOf([environmentRoom({ environment: async () => undefined, run: async () => going })]);
  const shown = (await visit(live, '/environment/production/runs/r1')).body;
  for (const text of ['goes on', 'To change', 'data-live="run"']) expect(shown).toContain(text);
});

test('the JSON is what its schema says', async () => {
  const environment = JSON.parse((await visit(site(), '/api/v1/environments/production?app=billing')).body) as unknown;
  expect([...Errors(environmentReply, environment)]).toEqual([]);
  expect(environment).toMatchObject({
    lock: { state: 'held' },
    drift: { objects: [{ object: 'apps/Deployment/billing/worker' }, {}] },
    choices: { app: 'billing' },
  });
  const run = JSON.parse((await visit(site(), '/api/v1/environments/production/runs/r1')).body) as unknown;
  expect([...Errors(runReply, run)]).toEqual([]);
  expect(Check(runReply, { ...(run as object), state: 'odd' })).toBe(false);
});

const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>&lt;'`;

/** Every text in it, replaced. */
function poisoned<T>(value: T, key = ''): T {
  if (typeof value === 'string')
    return (
      /^(at|since|beganAt|endedAt|lookedAt|opensAt|next\w+|createdAt|updatedAt|state|kind|outcome|deploy|name)$/.test(key)
        ? value
        : `${hostile}${value}`
    ) as T;
  if (Array.isArray(value)) return value.map((one: unknown) => poisoned(one, key)) as T;
  return typeof value === 'object' && value !== null
    ? (Object.fromEntries(Object.entries(value).map(([name, one]) => [name, poisoned(one as unknown, name)])) as T)
    : value;
}

test('text from outside is text, wherever it stands', async () => {
  const view = poisoned(anEnvironmentView());
  const room = environmentRoom({
    environment: async () => ({ ...view, snapshot: { ...view.snapshot, environment: hostile } }),
    run: async () => poisoned(aRunLog()),
  });
  const poison = siteOf([room]);
  for (const address of [`/environment/${encodeURIComponent(hostile)}`, '/environment/production/runs/r1']) {
    const { status, body } = await visit(poison, address);
    expect(status).toBe(200);
    const markup = body.replaceAll(/"[^"]*"/g, '""');
    expect(markup).not.toMatch(/<script(?! type="" src="">)|<img|<[^>]*\son\w+\s*=/);
    expect(body).toContain('&lt;script&gt;alert(1)');
    expect(body).not.toMatch(/href="[^"/#][^"]*script/);
  }
});
