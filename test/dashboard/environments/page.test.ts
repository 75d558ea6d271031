import { brotliCompressSync, gzipSync } from 'node:zlib';
import { filterHref, readFilter } from '../../../src/dashboard/environments/filter.ts';
import type { FleetEnvironment } from '../../../src/dashboard/environments/fleet.ts';
import { environmentsRoom } from '../../../src/dashboard/environments/room.ts';
import { aLargeFleet, anEnvironment, anOpenRequest, aRow } from '../../support/a-fleet.ts';
import { aViewer, siteOf, visit } from '../../support/site-visitor.ts';

const nextScan = () => new Date('2026-11-20T12:40:00Z');
const siteWith = (environments: readonly FleetEnvironment[], scanning?: 'running') =>
  siteOf([environmentsRoom({ environments: async () => environments, nextScan, scanning: async () => scanning })]);
const show = async (environments: readonly FleetEnvironment[], path = '/', viewer = aViewer()) =>
  (await visit(siteWith(environments), path, { viewer })).body;

const run = { run: '20261120110000', at: '2026-11-20T11:00:00Z', outcome: 'succeeded', commit: 'c'.repeat(40) } as const;
const nexus = { scope: 'nexus.example.com', message: 'listing manifests: connection refused', since: '2026-11-20T09:00:00Z' };
const staging = anEnvironment('staging', {
  run: { ...run, good: { commit: run.commit, at: run.at } },
  rows: [aRow({ owner: 'team-payments', version: '1.5.0' }), aRow({ app: 'search', version: '2.0.0', newest: '2.2.0' })],
  requests: [anOpenRequest({ app: 'search', id: 7, title: 'search 2.0.0 → 2.2.0' })],
});
const production = anEnvironment('production', {
  run: { ...run, outcome: 'failed', good: { commit: 'b', at: '2026-11-01T00:00:00Z' } },
  rows: [
    aRow({ owner: 'team-payments', newest: '2.0.0', since: '2026-11-19T00:00:00Z' }),
    aRow({ package: 'registry.example.com/redis', version: '7.0.0' }),
  ],
  problems: [{ ...nexus, apps: ['billing'] }],
});
const both = [staging, production];

/** The table's text, a line for each row, ` | ` between its cells. */
const rows = (body: string): string[] =>
  [...body.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = '']) =>
    row
      .split(/<\/t[hd]>/)
      .slice(0, -1)
      .map((one) =>
        one
          .replaceAll(/<(?:small|br|abbr)[^>]*>/g, ' / ')
          .replaceAll(/<[^>]+>/g, '')
          .replaceAll(/\s+/g, ' ')
          .trim(),
      )
      .join(' | '),
  );

test('apps by environments: version, how far behind, what waits, what the last run left', async () => {
  expect(rows(await show(both))).toEqual([
    'App | Owner | staging / ✔ deployed | production / ✖ run failed / ! 1 problem',
    'billing | team-payments | 1.5.0 / current | 1.4.2 / +1 / 1 major behind / ✖ not deployed / ! look-up failed',
    'search |  | 2.0.0 / 2 minor behind / → 2.2.0 waits | ',
  ]);
});

test('each leads on: to the app, to the environment, to the merge request', async () => {
  const body = await show(both);
  for (const href of ['/app/billing', '/environment/production', 'https://gitlab.example.com/envs/staging/-/merge_requests/7'])
    expect(body).toContain(`href="${href}"`);
  expect(body).toContain('title="registry.example.com/redis 7.0.0"');
});

test('on top: how many are how, each leading to those; when it was scanned, and what fails since when', async () => {
  const body = await show(both, '/?owner=team-payments');
  expect(body).toMatch(/<dt>Behind<\/dt><dd><a href="\/\?owner=team-payments&amp;state=behind">1<\/a>/);
  expect(body).toContain('Scanned <time datetime="2026-11-20T11:55:00Z"');
  expect(body).toContain('next in <time datetime="2026-11-20T12:40:00.000Z"');
  expect(body).toContain('<strong>nexus.example.com</strong> first failed <time datetime="2026-11-20T09:00:00Z"');
  expect(body).toContain('Shown as before: billing in production.');
});

test('the filter is as it was asked for, and a link takes it away', async () => {
  const body = await show(both, '/?app=bil&owner=team-x&state=behind&sort=owner');
  for (const part of [
    'name="app" value="bil"',
    '<option value="team-x" selected>',
    '<option value="behind" selected>',
    'name="sort" value="owner"',
  ])
    expect(body).toContain(part);
  expect(body).toContain('<a href="/?sort=owner">Show all</a>');
  expect(body).toContain('No app is like that.');
  expect(await show(both)).not.toContain('Show all');
});

test.each(['/', '/?app=a%26b&owner=(nobody)&state=waiting&sort=behind', '/?owner=%3Cteam%3E'])('%s is its own address', (address) => {
  const filter = readFilter(new URL(address, 'http://x').searchParams);
  expect(readFilter(new URL(filterHref(filter), 'http://x').searchParams)).toEqual(filter);
});

const unread = (name: string): FleetEnvironment => {
  const { at: _, commit: __, ...rest } = anEnvironment(name, { rows: [] });
  return rest;
};

test('environments in which nothing names a version say what scans look for', async () => {
  const body = await show([anEnvironment('staging', { rows: [] }), anEnvironment('production', { rows: [] })]);
  expect(body).toContain('Nothing in the environments names a version.');
  expect(body).not.toContain('No app is like that');
});

test('before the first scan: when it comes, and how to have it now', async () => {
  const body = await show([unread('staging'), unread('production')]);
  expect(body).toContain('No scan has looked at the environments yet.');
  expect(body).toMatch(/next one begins in <time[^>]*>40 min.*lockkeeper scan/);
  expect(body).toContain('<form method="post" action="/scan">');
  const reader = await show([unread('staging')], '/', aViewer({ acts: () => false }));
  expect(reader).not.toContain('action="/scan"');
  expect(reader).toContain('Who runs Lockkeeper');
  expect((await visit(siteWith([unread('staging')], 'running'), '/')).body).toContain('a scan runs');
  expect(rows(await show([staging, unread('production')]))[0]).toBe('App | Owner | staging / ✔ deployed | production / … not scanned yet');
});

test('no environments, or none for this viewer: where they come from', async () => {
  expect(await show([])).toContain('There are no environments that you may see.');
  expect(await show(both, '/', aViewer({ sees: () => false }))).toContain('There are no environments that you may see.');
});

test('who sees some environments sees those columns, the apps in them, and nothing of the others', async () => {
  const viewer = aViewer({ sees: (name) => name === 'staging' });
  const site = siteWith([
    anEnvironment('staging', { rows: [aRow()] }),
    anEnvironment('secret', {
      rows: [aRow({ app: 'covert', owner: 'team-covert', newest: '9.0.0' })],
      problems: [{ ...nexus, apps: ['covert'] }],
    }),
  ]);
  for (const path of ['/', '/?state=failed', '/api/v1/environments', '/api/v1/inventory']) {
    const { body } = await visit(site, path, { viewer });
    expect(body).not.toMatch(/secret|covert|nexus/);
  }
  expect((await visit(site, '/', { viewer })).body).toMatch(/<dt>App<\/dt><dd><a href="\/">1<\/a>/);
});

const evil = `"'><script>alert(1)</script>`;
test('names, versions, owners and addresses from outside stay text', async () => {
  const hostile = anEnvironment(evil, {
    rows: [
      aRow({ app: evil, version: evil, newest: `${evil}2`, owner: evil, package: evil, file: evil }),
      aRow({ app: evil, version: `${evil}3`, package: `${evil}/3` }),
      aRow({ app: '\ud800', version: 'x'.repeat(5000) }),
      aRow({ app: '../..' }),
    ],
    requests: [
      anOpenRequest({ app: evil, url: 'javascript:alert(1)', title: evil }),
      anOpenRequest({ app: '../..', url: `https://x/${evil}`, title: `a → ${evil.replaceAll(' ', '')}` }),
    ],
    problems: [{ scope: evil, message: evil, since: nexus.since, apps: [evil] }],
  });
  for (const path of ['/', `/?${new URLSearchParams({ app: evil, owner: evil }).toString()}`, '/?owner=%00&app=%F0%9F%92%A9']) {
    const body = await show([hostile], path);
    expect(body.replace('<script type="module" src="/script.js"></script>', '')).not.toMatch(/<script|javascript:|\son\w+=|\sstyle=/);
    expect([...body.matchAll(/<[a-z]+ [^>]*>/g)].filter(([tag]) => tag.includes("'><"))).toEqual([]);
  }
  const body = await show([hostile]);
  expect(body).toContain('/app/%22&#39;%3E%3Cscript%3E');
  expect(body).toContain('/app/%EF%BF%BD');
  expect(body).toContain('/app/..%2F..');
});

test('the same as JSON, filtered as the page is', async () => {
  const read = async (path: string) => JSON.parse(await show(both, path)) as Record<string, readonly object[]>;
  expect(await read('/api/v1/environments')).toEqual({
    environments: [
      {
        name: 'staging',
        repository: 'gitlab:envs/staging',
        url: 'https://gitlab.example.com/envs/staging',
        commit: run.commit,
        lastScan: '2026-11-20T11:55:00Z',
        problems: [],
        counts: { apps: 2, references: 2, behind: 1, waiting: 1, failed: 0 },
        lastRun: run,
      },
      expect.objectContaining({
        name: 'production',
        problems: [{ ...nexus, apps: ['billing'] }],
        counts: { apps: 1, references: 2, behind: 1, waiting: 0, failed: 1 },
        lastRun: { ...run, outcome: 'failed' },
      }),
    ],
  });
  expect(await read('/api/v1/inventory')).toEqual({ references: both.flatMap((one) => one.rows) });
  expect(await read('/api/v1/inventory?state=waiting')).toEqual({ references: [staging.rows[1]] });
  expect((await read('/api/v1/environments?app=search'))['environments']).toMatchObject([{ counts: { apps: 1 } }, { counts: { apps: 0 } }]);
});

test('300 apps in ten environments are less than 200 KB on the wire', async () => {
  const body = await show(aLargeFleet(10, 300));
  expect(body.match(/<tr>/g)).toHaveLength(301);
  expect(gzipSync(body).length).toBeLessThan(200 * 1024);
  expect(brotliCompressSync(body).length).toBeLessThan(200 * 1024);
});
