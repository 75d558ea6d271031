import type { Person } from '../../../src/domain/access-forge.ts';
import { approval, approvalOf, at, comment, head, judged, older, person, type Told, user } from '../../support/builders/evidence.ts';

const grace = (more: Partial<Person>): Told => ({ people: [person('grace', more)] });
const written = comment('grace', `/lockkeeper approve ${head}`);
const early = { reviews: [approval('grace', { submittedAt: at(29) })] };
const github = { forge: 'github' } as const;
const merged = { request: { state: 'merged', merged: { at: at(100), commit: head } } } as const;

type Case = readonly [name: string, told: Told];

const counts: readonly Case[] = [
  ['an approval later than the dwell', { reviews: [approval('grace', { submittedAt: at(31) })] }],
  ['one too early, and the commit written below by its giver', { ...early, comments: [written] }],
  ['one without a time, and the commit written below', { reviews: [{ user: user('grace'), state: 'approved' }], comments: [written] }],
  [
    'one where the forge does not know since when the head is the head, and the commit written below',
    { since: undefined, reviews: [approval('grace')], comments: [written] },
  ],
  ['one of the head', { ...github, reviews: [approvalOf('grace', head, { submittedAt: at(1) })] }],
  [
    'the last word, after changes were wanted',
    { ...github, reviews: [approvalOf('grace', older, { state: 'changes-requested', submittedAt: at(-9) }), approvalOf('grace', head)] },
  ],
  [
    'one, and a remark after it',
    { ...github, reviews: [approvalOf('grace', head), approvalOf('grace', head, { state: 'commented', submittedAt: at(80) })] },
  ],
  ['one on the local forge, which knows no times of heads', { forge: 'local', since: undefined, reviews: [approvalOf('grace', head)] }],
  ['one beside that of somebody who may not', { reviews: [approval('eve'), approval('grace')] }],
];

test.each(counts)('%s counts', (_, told) => {
  const { reasons, approvedBy } = judged(told);
  expect([reasons, approvedBy.map(({ name }) => name)]).toEqual([[], ['grace']]);
});

const doesNotCount: readonly (readonly [...Case, RegExp])[] = [
  ['one before the dwell is over', early, /before aaaaaaaaaaaa had been there for 30s/],
  ['one at the dwell to the second', { reviews: [approval('grace', { submittedAt: at(30) })] }, /had been there for 30s/],
  [
    'one too early, and the commit written by somebody else',
    { ...early, comments: [comment('ada', `/lockkeeper approve ${head}`)] },
    /had been there/,
  ],
  [
    'one too early, and another commit written',
    { ...early, comments: [comment('grace', `/lockkeeper approve ${older}`)] },
    /had been there/,
  ],
  ['one too early, and the commit in an edited comment', { ...early, comments: [{ ...written, edited: true }] }, /had been there/],
  ['one without a time', { reviews: [{ user: user('grace'), state: 'approved' }] }, /nobody can tell/],
  [
    'one where the forge does not know since when the head is the head',
    { since: undefined, reviews: [approval('grace')] },
    /nobody can tell/,
  ],
  [
    'one of another commit',
    { ...github, reviews: [approvalOf('grace', older)] },
    /grace approved bbbbbbbbbbbb, and the newest commit is aaaaaaaaaaaa/,
  ],
  [
    'one of the head, older than its last push',
    { ...github, reviews: [approvalOf('grace', head, { submittedAt: at(-1) })] },
    /before aaaaaaaaaaaa was pushed there the last time or the target was changed/,
  ],
  [
    'one of the head on GitHub, where nobody knows when it was pushed',
    { ...github, since: undefined, reviews: [approvalOf('grace', head)] },
    /nobody can tell/,
  ],
  [
    'one that came when its time was over',
    { request: { createdAt: at(-24 * 3600 + 59) }, reviews: [approval('grace')] },
    /grace approved it when its time was over/,
  ],
  [
    'one that waited too long for the merge, of a draft or of what was closed meanwhile',
    {
      request: { createdAt: at(-24 * 3600 - 10) },
      since: at(-24 * 3600 - 10),
      reviews: [approval('grace', { submittedAt: at(-24 * 3600 + 40) })],
    },
    /grace approved it more than 1d before, and it was not merged since/,
  ],
  [
    'one too early, and the commit written before that was the head',
    { ...early, comments: [{ ...written, createdAt: at(-1) }] },
    /had been there/,
  ],
  [
    'one too early, and the commit written when its time was over',
    { ...early, request: { createdAt: at(-24 * 3600 + 89) }, comments: [written] },
    /had been there/,
  ],
  ['one of a bot', { reviews: [{ ...approval('grace'), user: { ...user('grace'), bot: true } }] }, /is no person/],
  [
    'one of a name that stands for somebody else',
    { reviews: [approval('grace', { user: user('grace', 'id-other') })] },
    /none of those who may/,
  ],
  ['one of who is blocked', { ...grace({ active: false }), reviews: [approval('grace')] }, /none of those who may/],
  [
    'one of whose name is in a commit',
    { reviews: [approval('grace')], hands: [{ how: 'author', name: 'GRACE ' }] },
    /grace approved it, and wrote a commit of it/,
  ],
  [
    'one of whose full name is in a commit',
    { ...grace({ fullName: 'Grace Hopper' }), reviews: [approval('grace')], hands: [{ how: 'committer', name: 'grace hopper' }] },
    /and committed to it/,
  ],
  [
    'one of whose address is in a commit',
    { reviews: [approval('grace')], hands: [{ how: 'author', name: 'x', email: 'Grace@Example.com' }] },
    /wrote a commit/,
  ],
  [
    'one of whose hidden address is in a commit',
    {
      ...grace({ id: '42' }),
      reviews: [approval('grace', { user: user('grace', '42') })],
      hands: [{ how: 'author', email: '42+old-name@users.noreply.github.com' }],
    },
    /wrote a commit/,
  ],
  [
    'one of whose hidden address with a name is in a commit',
    { reviews: [approval('grace')], hands: [{ how: 'author', email: 'Grace@users.noreply.github.com' }] },
    /wrote a commit/,
  ],
  [
    'one of whose hidden address at GitLab is in a commit',
    {
      ...grace({ id: '42' }),
      reviews: [approval('grace', { user: user('grace', '42') })],
      hands: [{ how: 'author', email: '42-grace@users.noreply.gitlab.example.com' }],
    },
    /wrote a commit/,
  ],
  [
    'one of who pushed',
    { reviews: [approval('grace')], hands: [{ how: 'pusher', user: user('grace') }] },
    /grace approved it, and pushed to it/,
  ],
];

test.each(doesNotCount)('%s does not count', (_, told, why) => {
  const { reasons, passedOver, approvedBy } = judged(told);
  expect(approvedBy).toEqual([]);
  expect(reasons.join('\n')).toMatch(/^It needs an approval of aaaaaaaaaaaa/);
  expect(passedOver.join('\n')).toMatch(why);
});

test.each<Case>([
  [
    'a dismissal',
    { ...github, reviews: [approvalOf('grace', head), approvalOf('grace', head, { state: 'dismissed', submittedAt: at(70) })] },
  ],
  [
    'changes that are wanted later',
    { ...github, reviews: [approvalOf('grace', head), approvalOf('grace', head, { state: 'changes-requested', submittedAt: at(70) })] },
  ],
])('%s takes an approval away', (_, told) => {
  expect(judged(told).approvedBy).toEqual([]);
  expect(judged(told).reasons).not.toEqual([]);
});

test('an approver who wants changes keeps it closed, whoever else approves', () => {
  const reviews = [approvalOf('grace', head), approvalOf('linus', older, { state: 'changes-requested' })];
  expect(judged({ ...github, reviews }, { rules: { approvers: ['grace', 'linus'] } }).reasons).toEqual(['linus asks for changes.']);
  expect(judged({ ...github, reviews }).reasons).toEqual([]);
});

test.each<readonly [...Case, number]>([
  ['before', { ...merged, reviews: [approval('grace', { submittedAt: at(99) })] }, 1],
  ['at the second of', { ...merged, reviews: [approval('grace', { submittedAt: at(100) })] }, 1],
  [
    'a day before',
    {
      since: at(-90_000),
      request: { ...merged.request, createdAt: at(-90_000) },
      reviews: [approval('grace', { submittedAt: at(-86_301) })],
    },
    0,
  ],
  ['after', { ...merged, reviews: [approval('grace', { submittedAt: at(101) })] }, 0],
  [
    'before, and once more after',
    {
      ...merged,
      ...github,
      reviews: [approvalOf('grace', head, { submittedAt: at(99) }), approvalOf('grace', head, { submittedAt: at(101) })],
    },
    1,
  ],
  ['before, with the commit written after', { ...merged, ...early, comments: [{ ...written, createdAt: at(101) }] }, 0],
  [
    'before, dismissed after',
    { ...merged, ...github, reviews: [approvalOf('grace', head), approvalOf('grace', head, { state: 'dismissed', submittedAt: at(101) })] },
    0,
  ],
  [
    'before, of a branch that is gone with its history',
    { ...merged, ...github, since: undefined, reviews: [approvalOf('grace', head)] },
    1,
  ],
])('an approval %s the merge', (_, told, approvals) => {
  expect(judged(told, {}, 'after-merge').approvedBy).toHaveLength(approvals);
});

test('what is not merged was not merged', () => {
  expect(judged({ reviews: [approval('grace')] }, {}, 'after-merge').reasons).toEqual(['It is not merged, but open.']);
});
