import { createRepositories } from '../../src/dashboard/repositories/repositories.ts';
import { createSite } from '../../src/dashboard/site.ts';
import type { MergeRequest } from '../../src/domain/forge.ts';
import type { ListedMergeRequest, PagesSource } from '../../src/domain/pages.ts';
import { visit } from '../support/site-visitor.ts';

const now = new Date('2026-11-20T12:00:00Z');
const mischief = `<script>alert("1")</script>`;

function request(id: number, change: Partial<MergeRequest> = {}): ListedMergeRequest {
  const mergeRequest: MergeRequest = {
    id,
    url: '',
    title: `billing 1.4.2 → 1.6.${id}`,
    description: '**bold**',
    state: 'open',
    branch: 'lockkeeper/billing',
    target: 'main',
    commit: 'abc',
    labels: ['lockkeeper', 'team-payments'],
    createdAt: '2026-11-20T09:00:00Z',
    updatedAt: '2026-11-20T11:59:59Z',
    conflicts: false,
    ...change,
  };
  return { path: 'platform/environments/staging', environment: 'staging', mergeRequest, statuses: [] };
}

const all = [request(1), request(2, { state: 'merged', title: mischief }), request(3, { conflicts: true, labels: [mischief] })];
const commits = [
  { sha: 'a'.repeat(40), author: `Ada ${mischief}`, date: '2026-11-19T12:00:00Z', message: `fix: ${mischief}\n\nbody ${mischief}` },
];
const diff = 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n';
const asked: string[] = [];

const source: PagesSource = {
  list: async () => all,
  environmentOf: async (path) => (path.startsWith('platform/') ? 'staging' : undefined),
  mergeRequest: async (path, id) => {
    const found = all.find((one) => one.path === path && one.mergeRequest.id === id);
    return (
      found && {
        ...found,
        commits,
        diff,
        author: mischief,
        draft: false,
        asksForAccess: false,
        approvals: [],
        events: [],
        comments: [{ author: mischief, text: `hello ${mischief}`, createdAt: '2026-11-20T11:00:00Z', updatedAt: '2026-11-20T11:00:00Z' }],
      }
    );
  },
  diff: async (path, from, to) => {
    asked.push(`${path} ${from} ${to}`);
    return to === 'none' ? undefined : { commits, diff };
  },
  commit: async (_, sha) => (sha.startsWith('a') && commits[0] ? { ...commits[0], diff } : undefined),
  repository: async (path) =>
    path === 'apps/billing'
      ? {
          commits,
          branches: [],
          proposable: [],
          tags: [{ name: 'v1.0.0', commit: 'b'.repeat(40), date: '2026-10-01T00:00:00Z', notes: '**notes**' }],
        }
      : undefined,
};
const shop = (of: PagesSource) =>
  createSite({ rooms: [], rest: createRepositories(of, { forge: 'local', isJudging: async () => false }), now: () => now });
const site = shop(source);
const body = async (path: string) => (await visit(site, path)).body;

test('a merge request has description, diff, commits and comments', async () => {
  const page = await body('/platform/environments/staging/merge_requests/1');
  expect(page).toContain('<strong>bold</strong>');
  expect(page).toContain('data-s="+"><mark>b</mark>');
  expect(page).toContain(`/platform/environments/staging/commit/${'a'.repeat(40)}`);
  expect(page).toContain('Commits <b>1</b>');
  expect(page).toContain('hello');
});

test('a repository has its versions with their notes, its commits and its merge requests', async () => {
  const page = await body('/apps/billing');
  expect(page).toContain('<strong>notes</strong>');
  expect(page).toContain('v1.0.0');
  expect(page).not.toContain('merge_requests');
});

test('a version has its notes, on a page of its own', async () => {
  expect(await body('/apps/billing/tags/v1.0.0')).toContain('<strong>notes</strong>');
  expect((await visit(site, '/apps/billing/tags/v9')).status).toBe(404);
  expect((await visit(site, '/apps/none/tags/v1.0.0')).status).toBe(404);
});

const pages = [
  '/platform/environments/staging/merge_requests/2',
  '/platform/environments/staging/merge_requests/3',
  '/apps/billing',
  `/apps/billing/commit/${'a'.repeat(40)}`,
  '/apps/billing/compare/v1...v2',
];

test.each(pages)('%s escapes all that comes from outside, and has no script and no style of its own', async (path) => {
  const { status, type, body: page } = await visit(site, path);
  expect([status, type]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page).toContain('&lt;script&gt;');
  expect(page.replace('<script type="module" src="/script.js"></script>', '')).not.toMatch(/<script|<style|\sstyle=|\son\w+=|javascript:/);
});

test.each([
  ['/apps/billing/compare/v1.4.2...v1.6.0', 'apps/billing v1.4.2 v1.6.0'],
  ['/apps/gateway/compare/gateway/v5.2.0...gateway/v5.3.0', 'apps/gateway gateway/v5.2.0 gateway/v5.3.0'],
  ['/apps/gateway/compare/gateway%2Fv5.2.0...main', 'apps/gateway gateway/v5.2.0 main'],
])('%s asks for the range', async (path, expected) => {
  asked.length = 0;
  expect((await visit(site, path)).status).toBe(200);
  expect(asked).toEqual([expected]);
});

test.each([
  '/nowhere',
  '/platform/environments/staging/merge_requests/9',
  '/platform/environments/staging/merge_requests/01',
  '/platform/environments/staging/merge_requests/1e3',
  '/apps/billing/commit/HEAD',
  '/apps/billing/commit/zzzzzzz',
  '/apps/billing/commit/bbbbbbb',
  '/apps/billing/compare/v1..v2',
  '/apps/billing/compare/v1...none',
  '/apps/billing/compare/--output=x...main',
  '/apps/billing/compare/a...b...c',
  '/apps/billing/compare/main@{1}...main',
  '/../etc/passwd',
  '/apps/%2e%2e/secret/commit/aaaaaaa',
  '/.git/config',
  '/apps/billing.git',
  '/apps/billing.git/commit/aaaaaaa',
  '/apps//billing',
  '/%zz',
  '/%00',
  '/-apps/billing',
])('%s is not found, and nothing odd is asked for', async (path) => {
  asked.length = 0;
  const { status, body: page } = await visit(site, path);
  expect([status, page.includes('Not found')]).toEqual([404, true]);
  expect(asked.filter((one) => !one.endsWith('none'))).toEqual([]);
});

test('a stylesheet, an icon and a sign of life', async () => {
  expect((await visit(site, '/style.css')).type).toContain('text/css');
  expect((await visit(site, '/icon.svg')).type).toBe('image/svg+xml');
  expect(await visit(site, '/healthz')).toMatchObject({ status: 200, body: 'ok\n' });
});
