import { isBroken, type MergeRecord, readRecord, writeRecord } from '../../../../src/adapters/forges/local/record.ts';
import { settle } from '../../../../src/adapters/forges/local/settle.ts';

const record: MergeRecord = {
  id: 3,
  state: 'open',
  sourceBranch: 'lockkeeper/billing',
  targetBranch: 'main',
  title: 'billing 1 → 2',
  author: 'lockkeeper',
  labels: ['lockkeeper'],
  commit: 'a'.repeat(40),
  createdAt: '2026-11-20T10:00:00.000Z',
  updatedAt: '2026-11-20T10:00:00.000Z',
  approvals: [{ user: 'ada', commit: 'a'.repeat(40), at: '2026-11-20T11:00:00Z' }],
  comments: [{ key: 'validate', author: 'lockkeeper', text: 'fine', createdAt: '2026-11-20T10:00:00Z', updatedAt: '2026-11-20T10:00:00Z' }],
  description: 'a "quoted"\nline \u2028 <!-- lockkeeper -->',
};

test('what is written is read again', () => {
  expect(readRecord(3, '3.json', writeRecord(record))).toEqual(record);
  expect(writeRecord(record)).toContain('\n  "sourceBranch": "lockkeeper/billing",\n');
});

test('what people may leave out', () => {
  const { id, state, sourceBranch, targetBranch, title, createdAt } = record;
  expect(readRecord(3, '3.json', JSON.stringify({ id, state, sourceBranch, targetBranch, title, createdAt }))).toEqual({
    ...{ id, state, sourceBranch, targetBranch, title, createdAt, updatedAt: createdAt },
    ...{ author: '', labels: [], commit: '', approvals: [], comments: [], description: '' },
  });
});

test.each([
  ['half a file', writeRecord(record).slice(0, 300), /JSON/],
  ['no JSON', 'hello', /JSON/],
  ['a list', '[]', /not a JSON object/],
  ['an unknown state', JSON.stringify({ ...record, state: 'close' }), /"state" is missing, or not what it should be/],
  ['no title', JSON.stringify({ ...record, title: undefined }), /"title"/],
  ['a label that is a number', JSON.stringify({ ...record, labels: [1] }), /"labels"/],
  ['a time that is none', JSON.stringify({ ...record, createdAt: 'yesterday' }), /"createdAt"/],
  ['a comment without a text', JSON.stringify({ ...record, comments: [{ author: 'x' }] }), /"comments"/],
  ['a merge that nobody began', JSON.stringify({ ...record, merging: { commit: 'x' } }), /"merging"/],
  ['an event that is none', JSON.stringify({ ...record, events: [{ what: 'sung', at: record.createdAt }] }), /"events"/],
  ['an approval that is a name', JSON.stringify({ ...record, approvals: ['ada'] }), /"approvals"/],
  ['the id of another', JSON.stringify({ ...record, id: 4 }), /"id" is not 3/],
])('%s is broken, and says why', (_, text, problem) => {
  const read = readRecord(3, '3.json', text);
  expect(isBroken(read)).toBe(true);
  expect(read).toMatchObject({ id: 3, file: '3.json', problem: expect.stringMatching(problem) as string });
  if (text.includes('sourceBranch')) expect(read).toMatchObject({ sourceBranch: 'lockkeeper/billing' });
});

const now = '2026-11-21T00:00:00.000Z';
const head = record.commit;
const moved = 'b'.repeat(40);
const merge = 'c'.repeat(40);
const pushed = [{ what: 'pushed', commit: moved, at: now }];
const merging = { by: 'ada', commit: merge };
const done = { state: 'merged', mergeCommit: merge, mergedAt: now, merging: undefined, updatedAt: now };
test.each([
  ['nothing happened', record, { head, contained: false }, {}],
  ['pushed to', record, { head: moved, contained: false }, { commit: moved, heads: [head], events: pushed, updatedAt: now }],
  ['merged', record, { head, contained: true, mergeCommit: merge }, { state: 'merged', mergeCommit: merge, mergedAt: now, updatedAt: now }],
  [
    'pushed to and merged',
    record,
    { head: moved, contained: true },
    { state: 'merged', commit: moved, heads: [head], events: pushed, mergedAt: now, updatedAt: now },
  ],
  ['merged by us, interrupted', { ...record, merging }, { head, contained: true, mergeCommit: merge }, { ...done, mergedBy: 'ada' }],
  [
    'merged by another after our try',
    { ...record, merging: { by: 'ada', commit: moved } },
    { head, contained: true, mergeCommit: merge },
    done,
  ],
  ['merged, branch deleted', record, { head: undefined, contained: true }, { state: 'merged', mergedAt: now, updatedAt: now }],
  [
    'branch deleted',
    record,
    { head: undefined, contained: false },
    { state: 'closed', closedAt: now, closedBy: 'a deleted branch', updatedAt: now },
  ],
  ['closed, then merged', { ...record, state: 'closed' as const }, { head: moved, contained: true }, {}],
  ['merged, then pushed to', { ...record, state: 'merged' as const }, { head: moved, contained: false }, {}],
])('%s', (_, before, sight, change) => {
  const after = settle(before, { mergeCommit: undefined, ...sight }, now);
  expect(after).toEqual({ ...before, ...change });
  if (Object.keys(change).length === 0) expect(after).toBe(before);
});
