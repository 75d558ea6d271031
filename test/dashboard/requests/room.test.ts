import { Value } from 'typebox/value';
import { requestsReply } from '../../../src/dashboard/requests/json.ts';
import { requestsRoom } from '../../../src/dashboard/requests/room.ts';
import type { ShownRequest } from '../../../src/dashboard/requests/source.ts';
import { standingOf } from '../../../src/dashboard/requests/standing.ts';
import type { StatusState } from '../../../src/domain/forge.ts';
import type { Viewer } from '../../../src/domain/site.ts';
import { aViewer, press, siteOf, visit } from '../../support/site-visitor.ts';

const mischief = `"><script>alert(1)</script>`;
const said = (state: StatusState) => ({ state, description: `${state} it is` });
const green = { validate: said('success') };

function request(id: number, change: Partial<ShownRequest> = {}): ShownRequest {
  return {
    environment: 'staging',
    repository: 'local:platform/staging',
    id,
    url: `/platform/staging/merge_requests/${id}`,
    title: `billing 1.4.2 → 1.5.${id}`,
    app: 'billing',
    owner: 'team-payments',
    kind: 'update',
    state: 'open',
    createdAt: '2026-11-19T12:00:00Z',
    draft: false,
    conflicts: false,
    judging: false,
    ...change,
  };
}

function world(all: readonly ShownRequest[]) {
  const judged: string[] = [];
  const source = {
    all: async () => all,
    judgeAgain: async (repository: string, id: number) => void judged.push(`${repository}!${id}`),
  };
  const site = siteOf([requestsRoom(source)]);
  const body = async (query = '', viewer: Viewer = aViewer()) => (await visit(site, `/requests${query}`, { viewer })).body;
  const ids = async (query = '', viewer: Viewer = aViewer()): Promise<number[]> =>
    JSON.parse((await visit(site, `/api/v1/requests${query}`, { viewer })).body).requests.map(({ id }: ShownRequest) => id);
  return { site, judged, body, ids };
}

test.each<[string, Partial<ShownRequest>, string]>([
  ['judged and accepted', green, 'ready'],
  ['not judged', {}, 'unjudged'],
  ['being judged', { validate: said('running') }, 'unjudged'],
  ['accepted, and judged again', { ...green, judging: true }, 'unjudged'],
  ['rejected, and judged again', { validate: said('failure'), judging: true }, 'unjudged'],
  ['in conflict, and judged again', { judging: true, conflicts: true }, 'work'],
  ['rejected', { validate: said('failure') }, 'work'],
  ['without a verdict', { validate: said('error') }, 'work'],
  ['accepted, in conflict', { ...green, conflicts: true }, 'work'],
  ['accepted, a draft', { ...green, draft: true }, 'draft'],
  ['access, nothing missing', { ...green, kind: 'access', access: said('success') }, 'ready'],
  ['access, not approved', { ...green, kind: 'access', access: said('failure') }, 'approval'],
  ['access elsewhere, not approved', { kind: 'access', access: said('failure') }, 'approval'],
  ['access that the gate has not seen', { ...green, kind: 'access' }, 'unjudged'],
  ['access that the gate could not judge', { ...green, kind: 'access', access: said('error') }, 'work'],
])('%s', (_, change, expected) => {
  expect(standingOf(request(1, change))).toBe(expected);
});

const all = [
  request(1, { ...green, createdAt: '2026-11-19T12:00:00Z' }),
  request(2, {
    validate: said('failure'),
    environment: 'production',
    repository: 'gitlab:prod',
    url: 'https://gitlab.example.com/2',
    createdAt: '2026-11-10T12:00:00Z',
  }),
  request(3, { ...green, kind: 'rollback', owner: 'team-web', createdAt: '2026-11-12T13:00:00Z' }),
  request(4, { state: 'merged', endedAt: '2026-11-20T11:00:00Z' }),
];

test.each([
  ['', [2, 3, 1]],
  ['?sort=newest', [1, 3, 2]],
  ['?environment=staging', [3, 1]],
  ['?owner=team-web', [3]],
  ['?kind=update', [2, 1]],
  ['?verdict=work', [2]],
  ['?verdict=ready&environment=staging&owner=team-payments', [1]],
  ['?environment=nowhere', []],
])('asked with "%s": %j', async (query, expected) => {
  expect(await world(all).ids(query)).toEqual(expected);
});

test('by what they wait for, with verdicts, owner and age; old ones stand out; what has ended is folded away', async () => {
  const page = await world(all).body();
  expect(page).toContain('3 open in 2 environments');
  expect(page.indexOf('<h2>Ready to merge')).toBeLessThan(page.indexOf('<h2>Needs work'));
  expect(page).toContain('title="failure it is"');
  expect(page).toContain('<a href="https://gitlab.example.com/2" rel="noreferrer">billing 1.4.2 → 1.5.2</a>');
  expect(page.match(/<\/span> old<\/span>/g)).toHaveLength(2);
  expect(page).toContain('1 merged or closed');
});

test('none is open: what comes next; none is like that: how to see all', async () => {
  expect(await world([]).body()).toContain('No merge request is open');
  expect(await world(all).body('?kind=access')).toContain('<a href="/requests">Show all of them</a>');
});

test('the same for programs, as the schema says, and no more than the viewer sees', async () => {
  const { site, ids, body } = world(all);
  const viewer = aViewer({ sees: (environment) => environment === 'production' });
  expect(Value.Check(requestsReply, JSON.parse((await visit(site, '/api/v1/requests')).body))).toBe(true);
  expect(await ids('', viewer)).toEqual([2]);
  expect(await body('', viewer)).not.toContain('1.5.3');
});

test('validate again, for whoever acts there, and only what is open', async () => {
  const { site, judged, body } = world(all);
  const again = (repository: string, id: number, viewer?: Viewer) =>
    press(site, '/requests/validate', { repository, id: String(id) }, viewer);
  const onlyStaging = aViewer({ acts: (environment) => environment === 'staging' });
  expect((await again('local:platform/staging', 1)).location).toBe('/requests');
  expect((await again('gitlab:prod', 2, onlyStaging)).status).toBe(405);
  expect((await again('gitlab:prod', 2, aViewer({ sees: () => false }))).status).toBe(405);
  expect((await again('local:platform/staging', 4)).status).toBe(405);
  expect((await again('local:platform/staging', 9)).status).toBe(405);
  expect(judged).toEqual(['local:platform/staging!1']);
  expect((await body('', onlyStaging)).match(/Validate again/g)).toHaveLength(2);
});

test('who validates again goes on with what was shown, and nowhere else', async () => {
  const { site, body } = world(all);
  const shown = await body('?environment=staging&verdict=ready&sort=newest');
  const [back = ''] = [...shown.matchAll(/name="back" value="([^"]*)"/g)].map(([, value = '']) => value.replaceAll('&amp;', '&'));
  const go = async (to: string) =>
    (await press(site, '/requests/validate', { repository: 'local:platform/staging', id: '1', back: to })).location;
  expect(await go(back)).toBe('/requests?environment=staging&verdict=ready&sort=newest');
  expect(await go('https://evil.example/?owner=x&other=y')).toBe('/requests?owner=x');
});

test('what is being judged is shown as such, and has no button', async () => {
  const page = await world([request(1, { ...green, judging: true })]).body();
  expect(page).toContain('validation running');
  expect(page).not.toContain('Validate again');
});

test('hostile text never becomes markup', async () => {
  const hostile = {
    title: mischief,
    app: mischief,
    owner: mischief,
    environment: mischief,
    url: 'javascript:alert(1)',
    validate: { state: 'failure' as const, description: mischief },
  };
  const page = await world([request(1, hostile), request(2, { ...hostile, state: 'closed' })]).body(
    `?owner=${encodeURIComponent(mischief)}`,
  );
  const own = '<script type="module" src="/script.js"></script>';
  expect(page.replace(own, '')).not.toMatch(/<script|href="javascript:/);
});
