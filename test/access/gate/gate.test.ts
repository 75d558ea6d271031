import type { Says } from '../../support/builders/access.ts';
import { approval, at, judged, person, type Told, user } from '../../support/builders/evidence.ts';
import { requestText } from '../../support/contracts/attack-scene.ts';

const approved = { reviews: [approval('grace')] };
const paths = (...changed: readonly string[]) => ({
  changes: { paths: changed.map((path) => ({ path, kind: 'added' as const })), complete: true },
});
const removed = (...changed: readonly string[]) => ({
  changes: { paths: changed.map((path) => ({ path, kind: 'removed' as const })), complete: true },
});

test.each<readonly [name: string, told: Told, kind: string]>([
  ['touches nothing under access/', paths('manifests/a.yaml'), 'none'],
  ['goes elsewhere than the default branch', { request: { target: 'next' } }, 'none'],
  ['lies in a folder that is called almost so', paths('accessories/a.yml'), 'none'],
  ['only takes away', removed('access/billing/ada.yml', 'access/shop/eve.yml'), 'removal'],
  ['takes away, from a fork', { ...removed('access/billing/ada.yml'), request: { fork: true } }, 'removal'],
])('what %s asks for nothing', (_, told, kind) => {
  expect(judged(told)).toMatchObject({ kind, reasons: [] });
});

test('all that is granted is told', () => {
  expect(judged(approved)).toMatchObject({
    kind: 'request',
    reasons: [],
    request: { namespace: 'billing', subject: { kind: 'user', name: 'ada' }, level: 'admin' },
    rules: { role: 'lockkeeper-admin' },
    file: { path: 'access/billing/ada.yml', blob: 'c'.repeat(40) },
    approvedBy: [{ name: 'grace' }],
    askedBy: { name: 'ada' },
  });
});

const bot = { id: 'id-bot', name: 'lockkeeper', bot: true };
const alone = { rules: { breakGlass: { users: ['ada'], maxDurationMs: 4 * 3_600_000 } } };
const breaking = { content: requestText({ breakGlass: 'true' }) };

test.each<readonly [name: string, told: Told, says: Says]>([
  ['asked for by the bot on the word of a person', { ...approved, author: bot, hands: [{ how: 'pusher', user: bot }] }, {}],
  ['asked for by who is named as one who may', approved, { rules: { requesters: ['ada'] } }],
  [
    'asked for by who may not push, and is named',
    { ...approved, asker: { user: person('ada'), mayWrite: false } },
    { rules: { requesters: ['ada'] } },
  ],
  ['for who is in a group of those who may be given access', { ...approved, groups: { devs: [user('ada')] } }, { users: ['@devs'] }],
  ['approved by a member of a group', { ...approved, groups: { leads: [user('grace')] } }, { rules: { approvers: ['@leads'] } }],
  ['approved by the one whom a number names', approved, { rules: { approvers: ['grace#id-grace'] } }],
  ['approved by one of two, one of whom nobody knows', approved, { rules: { approvers: ['grace', 'gone'] } }],
  [
    'for a group',
    { ...approved, content: requestText({ user: undefined, group: 'payments' }), groups: { 'pay/team': [user('eve')] } },
    { groups: { payments: '@pay/team' } },
  ],
  ['without an approval, in person', breaking, alone],
  [
    'without an approval, by the bot on their word',
    {
      ...breaking,
      author: bot,
      hands: [
        { how: 'pusher', user: bot },
        { how: 'author', name: 'Lockkeeper' },
      ],
    },
    alone,
  ],
  [
    'without an approval, committed by GitHub in its pages',
    { ...breaking, hands: [{ how: 'committer', user: user('web-flow'), name: 'GitHub', email: 'noreply@github.com' }] },
    alone,
  ],
])('it opens %s', (_, told, says) => {
  expect(judged(told, says).reasons).toEqual([]);
});

test.each<readonly [name: string, told: Told, says: Says, reason: RegExp]>([
  [
    'another program asked on their word',
    { ...approved, author: { id: 'id-ci', name: 'ci', bot: true } },
    {},
    /ci, which is no person, opened it/,
  ],
  ['nobody is named who asked', { ...approved, author: bot, asker: undefined }, {}, /lockkeeper opened it, and nobody is named who asked/],
  ['who asks may not push', { ...approved, asker: { user: person('ada'), mayWrite: false } }, {}, /ada asks for it, and may not push/],
  ['who asks is blocked', { ...approved, asker: { user: person('ada', { active: false }), mayWrite: true } }, {}, /ada is blocked/],
  [
    'another bot pushed',
    { ...approved, hands: [{ how: 'pusher', user: { ...bot, name: 'project_7_bot' } }] },
    {},
    /project_7_bot, which is no person, pushed to it/,
  ],
  ['it is for a bot', { ...approved, people: [person('ada', { bot: true })] }, {}, /ada is no person/],
  ['it is for somebody whom nobody knows', { ...approved, content: requestText({ user: 'gone' }) }, {}, /no user gone/],
  [
    'it is for a name that the forge writes otherwise',
    { ...approved, content: requestText({ user: 'Ada' }), names: { Ada: person('ada') } },
    {},
    /is called ada, and the file says Ada/,
  ],
  ['a group of approvers is gone', { ...approved, groups: {} }, { rules: { approvers: ['@leads'] } }, /nobody is left who may approve/],
  [
    'more are needed than there are',
    approved,
    { rules: { approvals: 3, approvers: ['grace', 'linus'] } },
    /needs 2 approvals of .* by linus, and those are too few/,
  ],
  [
    'one of two approvers wrote a commit, as its name says',
    { hands: [{ how: 'author', name: 'Grace', email: 'g@elsewhere.example.com' }] },
    { rules: { approvers: ['grace', 'linus'] } },
    /^It needs an approval of \w+ by linus\.$/,
  ],
  [
    'the only approver committed to it',
    { hands: [{ how: 'committer', email: 'grace@example.com' }] },
    {},
    /nobody is left who may approve/,
  ],
  ['the only approver is whom it is for', { content: requestText({ user: 'grace' }) }, {}, /nobody is left who may approve/],
  [
    'without an approval, opened by the bot on the word of another',
    { ...breaking, author: bot, hands: [{ how: 'pusher', user: bot }], asker: { user: person('linus'), mayWrite: true } },
    alone,
    /has to open it in person, and lockkeeper did/,
  ],
  [
    'without an approval, with a commit of somebody else',
    { ...breaking, hands: [{ how: 'author', name: 'Linus' }] },
    alone,
    /ada's alone, and Linus wrote a commit/,
  ],
])('it stays closed where %s', (_, told, says, reason) => {
  expect(judged(told, says).reasons.join('\n')).toMatch(reason);
});

test('what waits for approvals alone says for how many', () => {
  expect(judged({}, { rules: { approvals: 2, approvers: ['grace', 'linus'] } })).toMatchObject({
    waitsFor: 2,
    mayApprove: [{ name: 'grace' }, { name: 'linus' }],
  });
  expect(judged({ content: requestText({ duration: '9h' }) }).waitsFor).toBeUndefined();
});

test('a name that stands for nobody is told', () => {
  expect(judged(approved, { rules: { approvers: ['grace', 'gone', 'linus#7'] } }).passedOver).toEqual([
    'There is no user gone at the forge.',
    'linus is user id-linus at the forge, and app.yml means user 7.',
  ]);
});

test('what it gave itself is not counted against it', () => {
  const given = {
    id: 'g1',
    environment: 'production',
    repository: 'x:y',
    request: 7,
    url: '',
    file: '',
    blob: '',
    namespace: 'billing',
    subject: { kind: 'user', name: 'ada' },
    level: 'admin',
    role: 'x',
    reason: '',
    from: at(0),
    until: at(8 * 3600),
    approvedBy: [],
    breakGlass: false,
  } as const;
  expect(judged(approved, {}, 'before-merge', [given]).reasons).toEqual([]);
  expect(judged(approved, {}, 'before-merge', [{ ...given, request: 6 }]).reasons.join()).toContain('it were more than 8h');
});
