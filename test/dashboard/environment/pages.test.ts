import { Check, Errors } from 'typebox/value';
import { environmentReply, runReply } from '../../../src/dashboard/environment/json.ts';
import { environmentRoom } from '../../../src/dashboard/environment/room.ts';
import type { EnvironmentView } from '../../../src/dashboard/environment/view.ts';
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
    'search 3.1.0 → 3.2.0</a></td>',
    '1 changed by hand, 1 missing',
    'spec.replicas is 5, not 3',
    'by kubectl-edit',
    '1 created, 2 changed, 1 kept, 1 failed',
    'what was changed by hand is set back (drift.correct)',
    'lockkeeper-0 (run 20261120114502)',
    'in 30 minutes',
    'Mon-Thu 09:00-15:00 Europe/Stockholm',
    'staging, once a version has run there for 24h',
    '1 of at most 10',
    'when the window opens, <time datetime="2026-11-23T08:00:00Z"',
  ])
    expect(body).toContain(text);
});

test.each<[string, Partial<EnvironmentView>, string]>([
  ['no lock', { lease: { kind: 'free' } }, 'the next run can have it'],
  [
    'a cluster that does not answer',
    { lease: { kind: 'unknown', why: 'its cluster did not answer within 3 seconds' } },
    'did not answer within 3 seconds',
  ],
  ['nobody has looked for drift', { drift: undefined as never }, 'Nobody has looked yet.'],
  ['no run', { runs: [] }, 'as soon as the default branch has a commit'],
  ['a pipeline deploys', { runs: [], deploy: 'pipeline' }, 'in the pipelines of the repository'],
  ['nobody deploys', { runs: [], deploy: 'off' }, 'lets this service do it'],
  ['no app', { snapshot: { ...anEnvironmentView().snapshot, rows: [] } }, 'The last scan found no reference to a version.'],
  ['a scan waits', { scanning: 'waiting' }, 'a scan is in the queue'],
  ['a scan runs', { scanning: 'running' }, 'a scan runs'],
])('%s', async (_, change, text) => {
  expect(await page(change)).toContain(text);
});

test('the same version in many files is one line', async () => {
  const rows = [aRow(), aRow({ file: 'other.yaml' }), aRow({ version: '1.4.3' })];
  const body = await page({ snapshot: { ...anEnvironmentView().snapshot, rows } });
  expect(body.match(/<a href="\/app\/billing">/g)).toHaveLength(2);
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
