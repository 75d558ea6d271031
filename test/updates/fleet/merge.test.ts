import type { InventoryRow, OpenRequest } from '../../../src/domain/fleet.ts';
import { type Look, presenceKey } from '../../../src/updates/fleet/look.ts';
import { afterFailure, afterLook, isSame, type Kept } from '../../../src/updates/fleet/merge.ts';

/** `web@1.0`; `web@1.0!`: its registry did not answer. */
function row(text: string, state: InventoryRow['state'] = 'current'): InventoryRow {
  const [app = '', version = ''] = text.replace('!', '').split('@');
  return { app, environment: 'staging', file: `${app}.yaml`, line: 1, package: `shop/${app}`, version, newest: version, state };
}

const request = (app: string): OpenRequest => ({
  id: 1,
  url: `https://forge/${app}`,
  title: app,
  app,
  branch: `lockkeeper/${app}`,
  commit: 'abc',
  createdAt: '2026-11-20T00:00:00Z',
  updatedAt: '2026-11-20T00:00:00Z',
  conflicts: false,
});

function look(hour: number, texts: readonly string[], change: Partial<Look> = {}): Look {
  const rows = texts.map((text) => ({ row: row(text, text.endsWith('!') ? 'unknown' : 'current'), failed: text.endsWith('!') }));
  const present = new Set(rows.map((one) => presenceKey(one.row)));
  return {
    repository: 'local:staging',
    url: 'https://forge/staging',
    commit: `c${hour}`,
    began: `2026-11-20T0${hour}:00:00Z`,
    present,
    rows,
    requests: [],
    troubles: [],
    ...change,
  };
}

const present = (...apps: readonly string[]) => new Set(apps.map((app) => presenceKey(row(`${app}@`))));
const told = ({ rows }: Kept): string[] => rows.map(({ app, version, state }) => `${app} ${version} ${state}`);
const known = afterLook(undefined, look(1, ['billing@1', 'search@1', 'web@1'], { requests: [request('web')] }));

test('a scan of all says all there is: what has left the environment leaves', () => {
  const next = afterLook(known, look(2, ['web@2', 'billing@1']));
  expect([told(next), next.commit, next.requests]).toEqual([['billing 1 current', 'web 2 current'], 'c2', []]);
});

test('a scan of some apps says nothing of the others, but for those that have left, and which merge requests are open', () => {
  const next = afterLook(known, look(2, ['web@2'], { apps: ['web'], present: present('web', 'billing') }));
  expect([told(next), next.commit, next.requests]).toEqual([['billing 1 current', 'web 2 current'], 'c1', []]);
});

test('a scan of one app that is gone takes it away', () => {
  expect(told(afterLook(known, look(2, [], { apps: ['web'], present: present('billing', 'search') })))).toEqual([
    'billing 1 current',
    'search 1 current',
  ]);
});

test('who began before somebody else has written takes nothing back: of nothing, or of the apps that the other looked at', () => {
  const late = look(2, ['billing@2', 'search@2', 'web@2'], { requests: [request('billing'), request('web')] });
  const whole = afterLook(known, look(3, ['web@3']));
  expect(afterLook(whole, late)).toEqual(whole);
  const some = afterLook(known, look(3, ['web@3'], { apps: ['web'], present: present('billing', 'search', 'web') }));
  const next = afterLook(some, late);
  expect(told(next)).toEqual(['billing 2 current', 'search 2 current', 'web 3 current']);
  expect(next.requests).toEqual([request('billing')]);
  expect(afterLook(next, look(1, ['web@0'], { apps: ['web'], present: present('web') })).rows).toEqual(next.rows);
});

test('another repository under the same name is another environment', () => {
  const next = afterLook(known, look(0, ['a@1'], { repository: 'local:other', apps: ['a'] }));
  expect(told(next)).toEqual(['a 1 current']);
});

const down = { scope: 'registry', message: 'connection refused' };

test('a registry that fails: its last word stays, and since when it fails is told until it answers', () => {
  const failed = look(2, ['billing@1', 'search@1', 'web@1!'], { troubles: [{ ...down, app: 'web' }], requests: [request('web')] });
  const first = afterLook(known, failed);
  expect(told(first)).toContain('web 1 current');
  const since = '2026-11-20T02:00:00Z';
  expect(first.problems).toEqual([{ ...down, since, apps: ['web'] }]);
  const another = { scope: 'registry', message: 'status 500' };
  const second = afterLook(first, {
    ...failed,
    began: '2026-11-20T03:00:00Z',
    troubles: ['web', 'search', 'web'].map((app) => ({ ...another, app })),
  });
  expect(second.problems).toEqual([{ ...another, since, apps: ['search', 'web'] }]);
  const some = afterLook(second, look(4, ['web@1'], { apps: ['web'], present: present('billing', 'search', 'web') }));
  expect(some.problems).toEqual([{ ...another, since, apps: ['search'] }]);
  expect(afterLook(some, look(5, ['web@1'])).problems).toEqual([]);
});

test.each<[string, string, Partial<InventoryRow>]>([
  ['another version', 'web@2!', {}],
  ['a merge request that is not open any more', 'web@1!', { mergeRequest: 'https://forge/ended', state: 'proposed' }],
])('a registry that fails is asked in vain for %s: nothing is known', (_, text, before) => {
  const old = { ...known, rows: known.rows.map((one) => ({ ...one, ...before })) };
  expect(told(afterLook(old, look(2, [text])))).toEqual([`${text.replace('!', '').replace('@', ' ')} unknown`]);
});

test('an environment that cannot be read keeps what was known of it, and says since when', () => {
  const trouble = { scope: 'forge.example.com', message: 'status 502' };
  const first = afterFailure(known, 'local:staging', trouble, '2026-11-20T02:00:00Z');
  expect([told(first), first.commit]).toEqual([told(known), 'c1']);
  const second = afterFailure(first, 'local:staging', trouble, '2026-11-20T03:00:00Z');
  expect(second.problems).toEqual([{ ...trouble, since: '2026-11-20T02:00:00Z', apps: [] }]);
  expect(isSame(first, second)).toBe(true);
  expect(afterLook(second, look(4, ['web@1'])).problems).toEqual([]);
  expect(afterFailure(undefined, 'local:staging', trouble, 'then')).toEqual({
    repository: 'local:staging',
    url: '',
    rows: [],
    requests: [],
    problems: [{ ...trouble, since: 'then', apps: [] }],
  });
  expect(afterFailure(known, 'local:staging', trouble, '2026-11-20T00:30:00Z')).toBe(known);
});

test('looked at again, it is the same', () => {
  expect(isSame(known, afterLook(known, look(2, ['billing@1', 'search@1', 'web@1'], { commit: 'c1', requests: [request('web')] })))).toBe(
    true,
  );
  expect(isSame(known, afterLook(known, look(2, ['billing@1', 'search@1', 'web@2'], { commit: 'c1' })))).toBe(false);
});
