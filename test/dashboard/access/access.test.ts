import { Value } from 'typebox/value';
import { choicesUpTo } from '../../../src/dashboard/access/ask-page.ts';
import { wrongIn } from '../../../src/dashboard/access/check.ts';
import { accessReply } from '../../../src/dashboard/access/json.ts';
import { accessRoom } from '../../../src/dashboard/access/room.ts';
import type {
  AccessNow,
  AccessSource,
  Answer,
  Asking,
  Offer,
  Revoked,
  ShownGrant,
  WaitingRequest,
} from '../../../src/dashboard/access/source.ts';
import { aViewer, press, siteOf, visit } from '../../support/site-visitor.ts';

const grant = (more: Partial<ShownGrant> = {}): ShownGrant => ({
  id: 'g1',
  environment: 'production',
  namespace: 'billing',
  subject: 'alice',
  subjectKind: 'user',
  level: 'admin',
  from: '2026-11-20T11:00:00Z',
  until: '2026-11-20T13:12:00Z',
  approvedBy: ['grace'],
  reason: 'INC-1234: migration stuck',
  mergeRequest: 'https://gitlab.example.com/-/merge_requests/7',
  breakGlass: false,
  state: 'active',
  ...more,
});

const waiting = (more: Partial<WaitingRequest> = {}): WaitingRequest => ({
  environment: 'production',
  id: 9,
  url: 'https://gitlab.example.com/-/merge_requests/9',
  title: 'access: bob, readonly of search for 1h',
  since: '2026-11-20T11:50:00Z',
  expiresAt: '2026-11-21T11:50:00Z',
  asks: {
    namespace: 'search',
    subject: { kind: 'user', name: 'bob' },
    level: 'readonly',
    reason: 'INC-7: looking',
    durationMs: 3_600_000,
    breakGlass: false,
  },
  approvedBy: [],
  missing: ['It needs an approval of c0ffee by grace or lead.'],
  judged: true,
  ...more,
});

const offer: Offer = {
  refused: [],
  levels: [
    { level: 'readonly', can: 'look at everything', longestMs: 28_800_000, approvals: 1, approvers: ['@platform/leads'] },
    {
      level: 'admin',
      can: 'change everything',
      longestMs: 7_200_000,
      approvals: 2,
      approvers: ['grace', 'lead'],
      reason: 'INC-\\d+',
      breakGlass: { longestMs: 1_800_000, users: ['oncall'] },
    },
  ],
  groups: ['team-payments'],
  by: 'alice',
  hasCluster: true,
};

const all: AccessNow = {
  open: [grant()],
  waiting: [waiting()],
  ended: [grant({ id: 'g0', state: 'ended', endedAt: '2026-11-20T09:00:00Z', because: 'revoked: done', by: 'gitlab:grace' })],
  alarms: [
    { environment: 'production', number: 42, at: '2026-11-20T10:00:00Z', what: 'a binding that nobody gave', links: ['https://x.example'] },
  ],
  lost: [{ environment: 'production', count: 2, until: '2026-11-20T20:00:00Z' }],
  places: [
    { name: 'production', hasCluster: true, namespaces: ['billing'] },
    { name: 'notes', hasCluster: false, namespaces: [] },
  ],
  isOn: true,
};

const nothing: AccessNow = { open: [], waiting: [], ended: [], alarms: [], lost: [], places: [], isOn: true };

function world(
  now: AccessNow,
  more: Partial<{ answer: Answer; revoked: Revoked; offer: Offer; may: readonly string[]; problem: string }> = {},
) {
  const asked: Asking[] = [];
  const ended: string[][] = [];
  const source: AccessSource = {
    now: () => Promise.resolve(now),
    mayRevoke: () => Promise.resolve({ ids: new Set(more.may ?? ['g1']), ...(more.problem !== undefined && { problem: more.problem }) }),
    revoke: (viewer, id, reason) => {
      ended.push([viewer.actor, id, reason]);
      return Promise.resolve(more.revoked ?? { outcome: 'revoked' });
    },
    offer: () => Promise.resolve(more.offer ?? offer),
    ask: (_, asking) => {
      asked.push(asking);
      return Promise.resolve(more.answer ?? { outcome: 'asked', id: 9 });
    },
  };
  return { asked, ended, site: siteOf([accessRoom(source)]) };
}

test('who has what until when, what waits for whom, what ended how, and what must not be', async () => {
  const { body } = await visit(world(all).site, '/access');
  for (const part of [
    '<time datetime="2026-11-20T13:12:00Z" title="2026-11-20T13:12:00Z" data-until>1 h 12 min</time>',
    'INC-1234: migration stuck',
    '<td>grace</td>',
    '<td>admin of <code>billing</code></td>',
    'href="https://gitlab.example.com/-/merge_requests/7"',
    'action="/access/grants/g1/revoke"',
    'access: bob, readonly of search for 1h',
    'It needs an approval of c0ffee by grace or lead.',
    'closed by itself in <time datetime="2026-11-21T11:50:00Z"',
    'revoked: done <span class="meta">by gitlab:grace</span>',
    'a binding that nobody gave',
    'href="/journal?before=43#42"',
    'Nobody looks after 2 grants of production',
    '<option value="notes">notes (no cluster)</option>',
  ])
    expect(body).toContain(part);
});

test.each<[string, Partial<ShownGrant>, string]>([
  ['overdue', { until: '2026-11-20T11:30:00Z' }, 'overdue by 30m'],
  ['being given', { state: 'granting' }, 'being given'],
  ['being ended', { state: 'ending' }, 'being ended'],
  ['approved by nobody', { breakGlass: true, approvedBy: [] }, '> break-glass</span>'],
  ['of a group', { subjectKind: 'group', subject: 'team-payments' }, 'team-payments <span class="meta">group</span>'],
])('a grant that is %s', async (_, more, expected) => {
  expect((await visit(world({ ...all, open: [grant(more)] }).site, '/access')).body).toContain(expected);
});

test.each<[string, Partial<WaitingRequest>, string]>([
  ['that the gate has not seen', { judged: false, missing: [] }, 'the gate is looking at it'],
  ['of which nothing is missing', { missing: [], approvedBy: ['grace'] }, 'nothing is missing'],
  ['without a file that says what', { missing: ['access/x.yml line 1: unknown key'] }, 'unknown key'],
])('a request %s', async (_, more, expected) => {
  expect((await visit(world({ ...all, waiting: [waiting(more)] }).site, '/access')).body).toContain(expected);
});

test('nothing is there: what to do next', async () => {
  const { body } = await visit(world(nothing).site, '/access');
  expect(body).toContain('Nobody has more access than usual, and nobody waits for some.');
  expect(body).not.toMatch(/id="(?:open|waiting|ended)"/);
  const { body: off } = await visit(world({ ...nothing, isOn: false }).site, '/access');
  expect(off).toContain('access.approvers');
  expect(off).not.toContain('action="/access/ask"');
});

test('an environment that is not seen is nowhere', async () => {
  const viewer = aViewer({ sees: (environment) => environment === 'notes' });
  const { site, asked } = world(all);
  for (const address of ['/access', '/api/v1/access', '/access?in=production&asked=9', '/access?revoked=g0']) {
    const { body } = await visit(site, address, { viewer });
    expect(body).not.toMatch(/production|billing|alice|bob|INC-|binding|revoke/);
  }
  expect((await visit(site, '/access/ask?environment=production&namespace=billing', { viewer })).status).toBe(404);
  const { status } = await press(site, '/access/ask', { environment: 'production', namespace: 'billing', reason: 'x' }, viewer);
  expect([status, asked]).toEqual([405, []]);
});

test('what comes from outside is text', async () => {
  const hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>';
  const evil: AccessNow = {
    open: [
      grant({
        environment: hostile,
        namespace: hostile,
        subject: hostile,
        reason: hostile,
        mergeRequest: 'javascript:alert(1)',
        approvedBy: [hostile],
      }),
    ],
    waiting: [waiting({ environment: hostile, title: hostile, url: 'data:text/html,x', missing: [hostile], approvedBy: [hostile] })],
    ended: [grant({ state: 'ended', because: hostile, by: hostile })],
    alarms: [{ environment: hostile, number: 1, at: '2026-11-20T10:00:00Z', what: hostile, links: ['javascript:alert(1)'] }],
    lost: [{ environment: hostile, count: 1, until: hostile }],
    places: [{ name: hostile, hasCluster: true, namespaces: [hostile] }],
    isOn: true,
  };
  const refusal: Answer = { outcome: 'refused', fields: { user: hostile }, problems: [hostile] };
  const strange: Offer = {
    ...offer,
    by: hostile,
    groups: [hostile],
    levels: offer.levels.map((one) => ({ ...one, can: hostile, approvers: [hostile] })),
  };
  const { site } = world(evil, { answer: refusal, offer: strange, problem: hostile });
  const fields = { environment: 'production', namespace: hostile, level: 'admin', duration: '1h', reason: `INC-1 ${hostile}`, user: '' };
  const pages = [
    await visit(site, '/access'),
    await visit(site, `/access/ask?environment=production&namespace=${encodeURIComponent(hostile)}&reason=${encodeURIComponent(hostile)}`),
    await press(site, '/access/ask', fields),
  ];
  for (const { body } of pages) expect(body).not.toMatch(/<script(?! type="module" src="\/script.js">)|<img|href="(?:javascript|data):/i);
  expect(pages[2]?.body).toContain('&lt;script&gt;');
});

test('the button is drawn for whoever may, and what nobody knows is said', async () => {
  expect((await visit(world(all, { may: [] }).site, '/access')).body).not.toContain('/revoke"');
  const { body } = await visit(world(all, { may: [], problem: 'gitlab does not answer' }).site, '/access');
  expect(body).toContain('What you may end is not known at the moment: gitlab does not answer');
});

test.each<[Revoked, number, string]>([
  [{ outcome: 'revoked' }, 303, ''],
  [{ outcome: 'over' }, 303, ''],
  [{ outcome: 'unknown' }, 404, 'There is no such grant'],
  [{ outcome: 'refused', why: 'ada neither holds it nor may approve it.' }, 403, 'ada neither holds it'],
  [{ outcome: 'failed', why: 'the cluster does not answer.' }, 503, 'the cluster does not answer'],
])('revoking ends in what came of it: %j', async (revoked, status, said) => {
  const { site, ended } = world(all, { revoked });
  const answer = await press(site, '/access/grants/g1/revoke', { reason: 'done' });
  expect(answer.status).toBe(status);
  expect(answer.body).toContain(said);
  expect(ended).toEqual([['ada', 'g1', 'done']]);
  if (status === 303) expect(answer.location).toBe('/access?revoked=g1#ended');
});

test('after revoking and asking the page says so, of what is there', async () => {
  const { site } = world(all);
  expect((await visit(site, '/access?revoked=g0')).body).toContain('The access of alice to <code>billing</code> is over.');
  expect((await visit(site, '/access?in=production&asked=9')).body).toContain(
    'Asked: <a href="https://gitlab.example.com/-/merge_requests/9"',
  );
  expect((await visit(site, '/access?in=production&asked=10&revoked=nobody')).body).not.toMatch(/Asked:|is over\./);
});

const typed = {
  environment: 'production',
  namespace: 'billing',
  level: 'admin',
  user: '',
  group: '',
  duration: '1h',
  reason: 'INC-1: stuck',
};

test('asking ends at the list, where it waits', async () => {
  const { site, asked } = world(all);
  const answer = await press(site, '/access/ask', typed);
  expect([answer.status, answer.location]).toEqual([303, '/access?in=production&asked=9']);
  expect(asked).toEqual([{ ...typed, breakGlass: false }]);
});

test('what may be asked for is told before: levels, how long, who approves, the ticket, break-glass', async () => {
  const { body } = await visit(world(all).site, '/access/ask?environment=production&namespace=billing');
  for (const part of [
    'value="readonly" required> <b>readonly</b> <span>look at everything</span> <span class="meta">up to 8h · one approval of @platform/leads',
    'up to 2h · 2 approvals of grace and lead',
    '<option value="1h" selected>1h</option>',
    '<code>INC-\\d+</code>',
    'for at most 30m, for oncall',
    '<option value="team-payments">',
    'placeholder="alice"',
  ])
    expect(body).toContain(part);
  expect(body).not.toContain('developer');
  const simple: Offer = { ...offer, groups: [], levels: offer.levels.slice(0, 1) };
  const { body: without } = await visit(world(all, { offer: simple }).site, '/access/ask?environment=production&namespace=billing');
  expect(without).not.toMatch(/Break-glass|name="group"|must have something/);
});

test('where nothing can be asked for the page says why, and has no form', async () => {
  const { body } = await visit(
    world(all, { offer: { ...offer, refused: ['Nobody is given access to kube-system: it is protected.'] } }).site,
    '/access/ask?environment=production&namespace=kube-system',
  );
  expect(body).toContain('it is protected');
  expect(body).not.toContain('<textarea');
});

test('what is wrong stands at its field, what was typed is kept, and nobody is asked', async () => {
  const { site, asked } = world(all);
  const { status, body } = await press(site, '/access/ask', {
    ...typed,
    reason: 'no "ticket"',
    duration: '4h',
    user: 'b ob',
    breakGlass: 'yes',
  });
  expect([status, asked]).toEqual([422, []]);
  for (const part of [
    'id="wrong-reason">something in it must match INC-\\d+',
    'id="wrong-duration">30m is the most for admin without an approval',
    'id="wrong-user">',
    '>no &quot;ticket&quot;</textarea>',
    'value="b ob"',
    'value="admin" required checked',
    'value="yes" checked',
  ])
    expect(body).toContain(part);
});

test.each<[Answer, number, string]>([
  [
    { outcome: 'refused', fields: { user: 'There is no user bob at the forge.' }, problems: [] },
    422,
    'id="wrong-user">There is no user bob',
  ],
  [{ outcome: 'refused', fields: {}, problems: ['alice holds 8h in billing already.'] }, 422, 'alice holds 8h in billing already.'],
  [{ outcome: 'failed', why: 'gitlab does not answer' }, 503, 'gitlab does not answer'],
])('what the forge says is said, and what was typed is kept: %j', async (answer, status, said) => {
  const reply = await press(world(all, { answer }).site, '/access/ask', typed);
  expect(reply.status).toBe(status);
  expect(reply.body).toContain(said);
  expect(reply.body).toContain('>INC-1: stuck</textarea>');
});

test.each<[string, Partial<Asking>, Partial<Record<keyof Asking, unknown>>]>([
  ['all is well', {}, {}],
  ['no level', { level: 'root' }, { level: expect.any(String) }],
  ['no duration', { duration: 'long' }, { duration: expect.stringContaining('90m or 2h') }],
  ['too long', { duration: '3h' }, { duration: '2h is the most for admin' }],
  ['long enough for another level', { level: 'readonly', duration: '8h', reason: 'x' }, {}],
  ['no reason', { reason: '' }, { reason: 'say why, in a few words' }],
  ['an essay', { reason: `INC-1${'x'.repeat(500)}` }, { reason: 'at most 500 characters' }],
  ['two subjects', { user: 'bob', group: 'team-payments' }, { group: expect.stringContaining('leave one') }],
  ['a group that is none', { group: 'strangers' }, { group: expect.stringContaining('access.groups') }],
  [
    'break-glass for a group',
    { breakGlass: true, group: 'team-payments', duration: '30m' },
    { breakGlass: expect.stringContaining('no group') },
  ],
  [
    'break-glass where there is none',
    { breakGlass: true, level: 'readonly', duration: '30m' },
    { breakGlass: expect.stringContaining('no breakGlass') },
  ],
  ['break-glass', { breakGlass: true, duration: '30m' }, {}],
])('what is wrong in what was typed: %s', (_, more, expected) => {
  expect(wrongIn({ ...typed, breakGlass: false, ...more }, offer)).toEqual(expected);
});

test.each([
  [60_000, ['1m']],
  [2 * 3_600_000, ['15m', '30m', '1h', '2h']],
  [100 * 60_000, ['15m', '30m', '1h', '1h40m']],
])('durations that are offered up to %d ms', (longest, expected) => {
  expect(choicesUpTo(longest)).toEqual(expected);
});

test.each([all, nothing])('the JSON is what its schema says', async (now) => {
  const reply: unknown = JSON.parse((await visit(world(now).site, '/api/v1/access')).body);
  expect([...Value.Errors(accessReply, reply)]).toEqual([]);
  expect(reply).toMatchObject({ grants: now.open, requests: now.waiting.map(({ missing }) => ({ missing })) });
});
