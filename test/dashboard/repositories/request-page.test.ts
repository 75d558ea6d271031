import type { Viewer } from '../../../src/domain/site.ts';
import { aViewer, visit } from '../../support/site-visitor.ts';
import { address, details, head, older, path, person, world } from './world.ts';

const shown = async (of = details(), viewer: Viewer = person('grace')) => (await visit(world(of).site, address, { viewer })).body;
/** Of the page's forms, without their fields. */
const buttons = (page: string) => [...page.matchAll(/<form method="post" action="[^"]*merge_requests\/7\/(\w+)"/g)].map(([, act]) => act);

test.each<[string, ReturnType<typeof details>, Viewer, readonly string[]]>([
  ['somebody who may', details(), person('grace'), ['merge', 'approve', 'draft', 'validate', 'close', 'comment']],
  ['who opened it', details(), person('ada'), ['merge', 'draft', 'validate', 'close', 'comment']],
  [
    'who has approved it',
    details({ approvals: [{ user: 'grace', commit: head, at: '2026-11-20T11:00:00Z' }] }),
    person('grace'),
    ['merge', 'withdraw', 'draft', 'validate', 'close', 'comment'],
  ],
  [
    'who approved an older commit',
    details({ approvals: [{ user: 'grace', commit: older, at: '2026-11-20T11:00:00Z' }] }),
    person('grace'),
    ['merge', 'approve', 'withdraw', 'draft', 'validate', 'close', 'comment'],
  ],
  ['a draft', details({ draft: true }), person('grace'), ['approve', 'ready', 'validate', 'close', 'comment']],
  ['access behind a closed gate', details({ asksForAccess: true }), person('grace'), ['approve', 'draft', 'validate', 'close', 'comment']],
  ['what is closed', details({ mergeRequest: { state: 'closed' } }), person('grace'), ['reopen', 'comment']],
  ['what is merged', details({ mergeRequest: { state: 'merged' } }), person('grace'), ['comment']],
  ['who has not chosen a name', details(), aViewer(), ['validate']],
  ['who may not push', details(), person('grace', { acts: () => false }), []],
])('%s: these buttons', async (_, of, viewer, expected) => {
  expect(buttons(await shown(of, viewer))).toEqual(expected);
});

test('an environment that is not seen has no pages', async () => {
  const viewer = person('grace', { sees: () => false });
  const { site } = world();
  for (const at of [address, `/${path}`]) expect((await visit(site, at, { viewer })).status).toBe(404);
});

test('the buttons are about the commit that the page shows', async () => {
  const page = await shown();
  expect(page.match(new RegExp(`name="head" value="${head}"`, 'g'))).toHaveLength(2);
});

test('the buttons follow what happens to that commit, and no push: another commit has other ones', async () => {
  const newer = details({ mergeRequest: { commit: 'c'.repeat(40) } });
  const live = (page: string) => /<div id="(can-\w+)" data-live="can">/.exec(page)?.[1];
  expect([live(await shown()), live(await shown(newer))]).toEqual([`can-${head}`, `can-${'c'.repeat(40)}`]);
});

test.each<[string, Parameters<typeof details>[0], RegExp, RegExp]>([
  ['a person', {}, /<b>ada<\/b> opened it <time/, /<b>ada<\/b> opened it ·/],
  [
    'Lockkeeper, for a person',
    { author: 'lockkeeper', askedBy: 'alan', events: [{ what: 'opened', by: 'lockkeeper', at: '2026-11-20T09:00:00Z' }] },
    /<b>alan<\/b> asked for it <time/,
    /<b>lockkeeper<\/b> opened it for <b>alan<\/b> ·/,
  ],
  [
    'nobody knows who',
    { author: '', events: [{ what: 'opened', at: '2026-11-20T09:00:00Z' }] },
    /somebody opened it <time/,
    /Somebody opened it ·/,
  ],
])('opened by %s', async (_, change, above, below) => {
  const page = await shown(details(change));
  expect(page).toMatch(above);
  expect(page).toMatch(below);
});

test('what is rejected is merged only by who says that they have seen it', async () => {
  const of = details({ statuses: [{ name: 'lockkeeper/validate', state: 'failure', description: '2 errors' }] });
  const page = await shown(of);
  expect(page).toContain('2 errors');
  expect(page).toContain('<input type="checkbox" name="anyway" value="yes" required>');
});

test('approvals: by whom, for which commit, and whether that is still the newest', async () => {
  const at = '2026-11-20T11:00:00Z';
  const page = await shown(
    details({
      approvals: [
        { user: 'grace', commit: head, at },
        { user: 'linus', commit: older, at },
      ],
    }),
  );
  expect(page).toMatch(/<b>grace<\/b> approved <a class="sha"[^>]*>aaaaaaaa<\/a>, the newest commit, <time/);
  expect(page).toMatch(/<b>linus<\/b> approved <a class="sha"[^>]*>bbbbbbbb<\/a> <time.*?, which is not the newest commit any more/);
});

test('what the gate misses stands open at the top, and in no list of comments', async () => {
  const comments = [
    {
      key: 'access',
      author: 'lockkeeper',
      text: 'One approval is **missing**.',
      createdAt: '2026-11-20T10:00:00Z',
      updatedAt: '2026-11-20T10:00:00Z',
    },
  ];
  const statuses = [{ name: 'lockkeeper/access', state: 'failure' as const, description: 'one approval' }];
  const page = await shown(details({ asksForAccess: true, comments, statuses }));
  expect(page).toContain('<details class="card judge" open><summary>What the gate says</summary>');
  expect(page.match(/<strong>missing<\/strong>/g)).toHaveLength(1);
});

test('what happened and what was said, newest first', async () => {
  const page = await shown(
    details({
      mergeRequest: { state: 'merged' },
      events: [
        { what: 'opened', by: 'ada', at: '2026-11-20T08:00:00Z' },
        { what: 'pushed', commit: head, at: '2026-11-20T09:00:00Z' },
        { what: 'approved', by: 'grace', commit: older, at: '2026-11-20T10:00:00Z' },
        { what: 'merged', at: '2026-11-20T11:30:00Z' },
      ],
      comments: [{ author: 'linus', text: 'Nice', createdAt: '2026-11-20T10:30:00Z', updatedAt: '2026-11-20T10:40:00Z' }],
    }),
  );
  const list = page.slice(page.indexOf('id="happened"'));
  const order = ['It was merged with plain git', '<b>linus</b>', '<b>grace</b> approved', 'The branch moved to', '<b>ada</b> opened it'];
  const places = order.map((text) => list.indexOf(text));
  expect(places).toEqual(places.toSorted((one, other) => one - other));
  expect(places[0]).toBeGreaterThan(0);
  expect(list).toContain('edited');
});

const mischief = `"><img src=x onerror=alert(1)><script>alert(1)</script>`;

test('hostile text never becomes markup', async () => {
  const at = '2026-11-20T11:00:00Z';
  const of = details({
    author: mischief,
    approvals: [{ user: mischief, commit: mischief, at }],
    events: [{ what: 'approved', by: mischief, commit: mischief, at }],
    comments: [
      {
        author: mischief,
        text: `${mischief}\n\n[x](javascript:alert(1)) ![y](http://evil/y.png)\n\n<details open ontoggle=alert(1)>`,
        createdAt: at,
        updatedAt: at,
      },
      { key: 'validate', author: mischief, text: mischief, createdAt: at, updatedAt: at },
    ],
    commits: [{ sha: mischief, author: mischief, date: at, message: mischief }],
    statuses: [{ name: mischief, state: 'failure', description: mischief }],
    diff: `diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+${mischief}\n`,
    mergeRequest: { title: mischief, description: mischief, branch: mischief, target: mischief, labels: [mischief], commit: mischief },
  });
  const page = (await shown(of, person(mischief))).replace('<script type="module" src="/script.js"></script>', '');
  expect(page).not.toMatch(/<script|<img|href="javascript:/);
  expect(page.replaceAll(/"[^"]*"/g, '""')).not.toMatch(/<[^>]*\son\w+=/);
  const repository = (await visit(world(of).site, `/${path}`, { viewer: person('grace') })).body;
  expect(repository).toContain('<option>hot-&lt;b&gt;fix</option>');
  expect(repository).not.toMatch(/<img|<b>fix/);
});

test('a repository offers to open a merge request to who may, by name', async () => {
  const form = /action="[^"]*\/merge_requests"/;
  const of = async (viewer: Viewer) => (await visit(world().site, `/${path}`, { viewer })).body;
  expect(await of(person('grace'))).toMatch(form);
  expect(await of(person('grace', { acts: () => false }))).not.toMatch(form);
  expect(await of(aViewer())).toContain('Choose at the top of the page who you are');
});
