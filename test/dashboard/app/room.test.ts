import { Value } from 'typebox/value';
import { appReply } from '../../../src/dashboard/app/json.ts';
import { appRoom } from '../../../src/dashboard/app/room.ts';
import type { AppSource, Move, Wanted } from '../../../src/dashboard/app/source.ts';
import type { Entry } from '../../../src/domain/journal.ts';
import { place, request, row, sourceOf } from '../../support/app-place.ts';
import { aViewer, siteOf, visit } from '../../support/site-visitor.ts';

const site = (source: AppSource) => siteOf([appRoom(source)]);
const body = async (source: AppSource, query = ''): Promise<string> => {
  const { status, body: text } = await visit(site(source), `/app/billing${query}`);
  expect(status).toBe(200);
  return text;
};
const part = (text: string, id: string): string => new RegExp(`<section id="${id}">.*?</section>`, 's').exec(text)?.[0] ?? '';
/** What people read. */
const words = (text: string): string =>
  text
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

const run = (outcome: string): Entry => ({
  kind: 'deployment-run',
  actor: 'lockkeeper',
  environment: 'production',
  what: `the deployment ${outcome}`,
  why: '',
  links: [],
  facts: { phase: 'end', outcome },
  number: 1,
  at: '2026-11-20T10:00:00Z',
  previous: '',
  hash: 'x',
});
const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'billing', name: 'billing' };
const wanted: Wanted = {
  commit: 'c0ffee',
  complete: true,
  objects: [
    { ...deployment, file: 'manifests/billing.yaml', line: 1, labels: [] },
    { ...deployment, namespace: 'web', name: 'web', file: 'manifests/web.yaml', line: 1, labels: [] },
  ],
  findings: [
    { severity: 'warning', rule: 'single-replica', file: 'manifests/billing.yaml', line: 4, object: deployment, message: 'runs once' },
    {
      severity: 'error',
      rule: 'latest-tag',
      file: 'manifests/web.yaml',
      line: 4,
      object: { ...deployment, namespace: 'web', name: 'web' },
      message: 'of another app',
    },
  ],
};
const references = async () => [{ app: 'billing', file: 'manifests/billing.yaml', line: 17 }];

test('an app that is nowhere is not there, nor one that is only where the viewer sees nothing', async () => {
  const source = sourceOf([place('staging'), place('production')]);
  const blind = aViewer({ sees: () => false });
  for (const [path, viewer] of [
    ['/app/web', aViewer()],
    ['/app/billing', blind],
    ['/api/v1/apps/web', aViewer()],
    ['/api/v1/apps/billing', blind],
  ] as const)
    expect((await visit(site(source), path, { viewer })).status).toBe(404);
});

test('of the environments that the viewer does not see nothing is asked or shown', async () => {
  const asked: string[] = [];
  const source = sourceOf([place('staging'), place('production')], {
    history: async (environment) => {
      asked.push(environment);
      return [];
    },
  });
  const viewer = aViewer({ sees: (environment) => environment === 'staging' });
  const answers = [
    await visit(site(source), '/app/billing?from=staging&to=production&checklist=production', { viewer }),
    await visit(site(source), '/api/v1/apps/billing?from=staging&to=production&checklist=production', { viewer }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  for (const { body: text } of answers) expect(text).not.toContain('production');
  expect(asked).toEqual(['staging', 'staging']);
});

test('an environment says version, since when, how far behind, its last run, and what is proposed', async () => {
  const rows = [
    row({ since: '2026-11-18T12:00:00Z', newest: '1.5.0', state: 'proposed' }),
    row({ package: 'registry.example.com/payments/worker', version: '2.0.0', newest: '2.0.0' }),
  ];
  const source = sourceOf([place('production', { rows, requests: [request()] })], { entries: async () => [run('failed')] });
  const text = words(part(await body(source), 'environments'));
  expect(text).toContain(' 1.4.2 billing 2.0.0 worker 2 days ago');
  expect(text).toContain('1.5.0 is out');
  expect(text).toContain('failed 2 hours ago billing 1.4.2 → 1.5.0 !7');
});

test('the picture is of the range that was asked for, and says the same as a table', async () => {
  const points = [
    { version: '1.4.1', at: '2026-08-01T00:00:00Z', commit: 'a' },
    { version: '1.4.2', at: '2026-11-10T00:00:00Z', commit: 'b' },
  ];
  const source = sourceOf([place('production')], { history: async () => [{ package: 'registry.example.com/payments/billing', points }] });
  const month = part(await body(source), 'timeline');
  expect(month).toContain('<title>1.4.2, 2026-11-10T00:00:00Z – now, first seen by a scan</title>');
  expect(month).toContain('range=30d#timeline" aria-current="true"');
  const table = words(/<details.*<\/details>/s.exec(month)?.[0] ?? '');
  expect(table).toContain(
    'production 1.4.2 2026-11-10T00:00:00Z now a scan saw it first production 1.4.1 2026-08-01T00:00:00Z 2026-11-10T00:00:00Z',
  );
  const week = part(await body(source, '?range=7d'), 'timeline');
  expect(week).not.toContain('1.4.1');
  expect(part(await body(source, '?range=toString'), 'timeline')).toContain('range=30d#timeline" aria-current="true"');
});

describe('what is between two environments', () => {
  const ask = (staging: string, production: string) => {
    const moves: Move[] = [];
    const places = [place('staging', { rows: [row({ version: staging })] }), place('production', { rows: [row({ version: production })] })];
    const source = sourceOf(places, {
      changes: async (_, move) => {
        moves.push(move);
        return {
          package: move.package,
          from: move.from.version,
          to: move.to.version,
          markdown: '**Fixes**\n- <script>alert(1)</script> rounding',
        };
      },
    });
    return { moves, text: async (query: string) => words(part(await body(source, query), 'changes')) };
  };

  test.each(['?from=staging&to=production', '?from=production&to=staging'])('which is newer is found out: %s', async (query) => {
    const { moves, text } = ask('1.5.0', '1.4.2');
    expect(await text(query)).toContain(
      'production has 1.4.2 of registry.example.com/payments/billing , staging has 1.5.0 , which is newer',
    );
    expect(moves.map(({ from, to }) => [from.version, to.version])).toEqual([['1.4.2', '1.5.0']]);
  });

  test.each([
    [
      'equal versions say so, and nobody is asked',
      '1.4.2',
      '1.4.2',
      'have the same version of registry.example.com/payments/billing : 1.4.2',
    ],
    ['versions that cannot be compared say so', 'main', 'blue', 'Which of them is newer cannot be told'],
  ])('%s', async (_, staging, production, says) => {
    const { moves, text } = ask(staging, production);
    expect(await text('?from=staging&to=production')).toContain(says);
    expect(moves).toHaveLength(staging === production ? 0 : 1);
  });

  test('nothing is asked for one environment, an unknown one, or none', async () => {
    const { moves, text } = ask('1.5.0', '1.4.2');
    for (const query of ['', '?from=staging', '?from=staging&to=staging', '?from=staging&to=nowhere']) await text(query);
    expect(moves).toEqual([]);
  });

  test('a problem is a line on the page', async () => {
    const source = sourceOf([place('staging', { rows: [row({ version: '1.5.0' })] }), place('production')], {
      changes: async (_, { package: name }) => ({ package: name, from: '1.4.2', to: '1.5.0', problem: 'gitlab.example.com: 503' }),
    });
    expect(part(await body(source, '?from=production&to=staging'), 'changes')).toContain('<p class="banner">gitlab.example.com: 503</p>');
  });
});

test("the checklist's findings are those about the app's own objects, and lead to the rule", async () => {
  const source = sourceOf([place('production')], { wanted: async () => wanted, references });
  const text = await body(source);
  expect(part(text, 'checklist')).toContain('<a href="/checklist/single-replica">single-replica</a>');
  expect(words(part(text, 'checklist'))).toContain('1 warning 1 object c0ffee');
  expect(text).not.toContain('of another app');
  expect(words(part(text, 'objects'))).toContain('billing Deployment billing manifests/billing.yaml:1');
});

test('what was not looked at, or at another commit, can be looked at; only the environment that was asked for is', async () => {
  const looked: string[] = [];
  const source = sourceOf([place('staging'), place('production', { commit: 'decade' })], {
    wanted: async ({ environment }) => (environment === 'production' ? wanted : undefined),
    references,
    look: async ({ environment }) => {
      looked.push(environment);
      return 'What staging wants could not be read: 503';
    },
  });
  const before = words(part(await body(source), 'checklist'));
  expect(before).toContain('not looked at yet Look now');
  expect(before).toContain('the environment has moved since Look now');
  expect(looked).toEqual([]);
  expect(words(part(await body(source, '?checklist=staging'), 'checklist'))).toContain(
    'not read What staging wants could not be read: 503',
  );
  expect(looked).toEqual(['staging']);
});

test("access is shown in the app's namespaces only", async () => {
  const grant = {
    subject: 'alice',
    level: 'admin',
    from: '2026-11-20T11:00:00Z',
    until: '2026-11-20T13:00:00Z',
    reason: 'INC-1',
    approvedBy: ['bob'],
    url: '',
  };
  const grants = async () => [
    { ...grant, namespace: 'billing' },
    { ...grant, namespace: 'web', subject: 'mallory' },
  ];
  const of = async (namespace: string | undefined) =>
    words(part(await body(sourceOf([place('production', namespace === undefined ? {} : { namespace })], { grants })), 'access'));
  expect(await of('billing')).toContain('alice production billing admin');
  expect(await of('billing')).not.toContain('mallory');
  expect(await of(undefined)).toContain("Which namespace is the app's in production is not known");
});

test('hostile text stays text, and leads nowhere', async () => {
  const evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>';
  const bad = 'javascript:alert(1)';
  const hostile = (environment: string, version: string) =>
    place(environment, {
      url: bad,
      source: { name: evil, url: bad },
      namespace: evil,
      rows: [row({ environment, version, newest: evil, owner: evil, package: evil, reason: evil, mergeRequest: bad, file: evil })],
      requests: [request({ title: evil, url: bad })],
    });
  const source = sourceOf([hostile(evil, `1.0-${evil}`), hostile(`other ${evil}`, evil)], {
    places: async () => [hostile(evil, `1.0-${evil}`), hostile(`other ${evil}`, evil)],
    history: async () => [{ package: evil, points: [{ version: evil, at: '2026-11-18T00:00:00Z', commit: evil }] }],
    entries: async (environment) => [
      { ...run('failed'), environment, what: evil },
      { ...run(evil), environment, what: evil },
      { ...run(''), environment, kind: 'merge', actor: evil, links: [bad], facts: { to: evil }, at: '2026-11-17T00:00:00Z' },
    ],
    wanted: async () => ({
      ...wanted,
      commit: evil,
      objects: [{ apiVersion: 'v1', kind: evil, namespace: evil, name: evil, file: evil, line: 1, labels: [] }],
      findings: [
        {
          severity: 'error',
          rule: evil,
          file: evil,
          line: 1,
          object: { apiVersion: 'v1', kind: evil, namespace: evil, name: evil },
          message: evil,
          help: evil,
          reason: evil,
        },
      ],
    }),
    look: async () => evil,
    changes: async (_, { package: name, from, to }) => ({
      package: name,
      from: from.version,
      to: to.version,
      markdown: `[x](${bad}) ${evil}`,
    }),
    grants: async () => [
      { namespace: evil, subject: evil, level: evil, from: evil, until: evil, reason: evil, approvedBy: [evil], url: bad },
    ],
  });
  const query = new URLSearchParams({ from: evil, to: `other ${evil}`, checklist: evil, range: evil });
  const { status, body: text } = await visit(site(source), `/app/${encodeURIComponent(evil)}`, { query });
  expect(status).toBe(200);
  expect(text).toContain('&lt;script&gt;');
  const tags = text.replace('<script type="module" src="/script.js"></script>', '').replaceAll(/="[^"]*"/g, '=');
  expect(tags).not.toMatch(/<script|<img|<[^>]*\son\w+=/i);
  expect(text).not.toMatch(/(?:href|action|src)="\s*javascript/i);
});

test('as JSON: the same, as its schema says', async () => {
  const points = [{ version: '1.4.2', at: '2026-11-10T00:00:00Z', commit: 'b' }];
  const rows = [
    row({ since: '2026-11-18T12:00:00Z', newest: '1.5.0', state: 'proposed', owner: 'team', reason: 'r', mergeRequest: 'https://x' }),
  ];
  const places = [
    place('staging', { rows: [row({ version: '1.5.0' })] }),
    place('production', {
      rows,
      requests: [request({ rollback: true, verdict: { state: 'failure', description: '1 error' } })],
      namespace: 'billing',
      source: { name: 'gitlab:payments/billing', url: 'https://x' },
    }),
  ];
  const source = sourceOf(places, {
    history: async () => [{ package: 'registry.example.com/payments/billing', points }],
    entries: async () => [run('failed')],
    wanted: async () => wanted,
    references,
    changes: async (_, { package: name, from, to }) => ({ package: name, from: from.version, to: to.version, markdown: 'text' }),
  });
  const { status, type, body: text } = await visit(site(source), '/api/v1/apps/billing?from=production&to=staging');
  expect([status, type]).toEqual([200, 'application/json']);
  const reply: unknown = JSON.parse(text);
  expect([...Value.Errors(appReply, reply)]).toEqual([]);
  expect(reply).toMatchObject({
    app: 'billing',
    environments: [
      { environment: 'staging' },
      { environment: 'production', lastRun: { outcome: 'failed' }, wanted: { objects: [{ because: 'reference' }] } },
    ],
    timeline: { lanes: [{ environment: 'staging' }, { environment: 'production', spans: [{ version: '1.4.2', beginning: 'before' }] }] },
    comparison: { packages: [{ kind: 'move', ordered: true }], changes: [{ from: '1.4.2', to: '1.5.0', markdown: 'text' }] },
  });
});

test('who acts in an environment is led to the forms for the app there', async () => {
  const source = sourceOf([place('shop/eu'), place('production'), place('gone', { rows: [], requests: [request()] })]);
  const viewer = aViewer({ acts: (environment) => environment !== 'production' });
  const { body: shown } = await visit(site(source), '/app/billing', { viewer });
  expect(shown.match(/href="[^"]*#act"/g)).toEqual(['href="/environment/shop%2Feu?app=billing#act"']);
  expect(part(shown, 'environments')).toContain('billing 1.4.2 → 1.5.0</a> <span class="soft">!7</span>');
  const reader = await visit(site(source), '/app/billing', { viewer: aViewer({ acts: () => false }) });
  expect(reader.body).not.toContain('Change');
});
