import { dueOf, laterOf, reminderDue, type Sight, strangers, timeIsUp } from '../../../src/access/end/due.ts';
import type { Live } from '../../../src/access/end/ports.ts';
import type { GrantRecord } from '../../../src/domain/access.ts';
import { grantOf, recordOf } from '../../support/builders/grants.ts';

const grant = grantOf();
const { id, namespace, file, blob } = grant;
const there: Live = { id, namespace, binding: { uid: 'u1' } };
const at = (time: string) => new Date(`2026-11-21T${time}Z`);
const sight = (more: Partial<Sight> = {}): Sight => ({
  now: at('13:00:00'),
  files: { [file]: blob },
  live: [there],
  cluster: { differs: () => undefined, isEnding: () => false },
  ...more,
});
const edited = { cluster: { differs: () => 'a subject was added', isEnding: () => false } };
const ending = { cluster: { differs: () => 'its timer is gone', isEnding: () => true } };
const mine = { by: 'lockkeeper' };
const up = { because: timeIsUp, ...mine };
const removed = { because: `${file} was taken off the default branch`, ...mine };
const changed = { because: `${file} was changed on the default branch: what it says now is another request`, ...mine };
const deleted = { because: 'its binding was deleted in the cluster before its hour', ...mine };
const tampered = { because: 'it was changed in the cluster: a subject was added', ...mine, tampered: 'a subject was added' };

test.each<[string, Partial<GrantRecord>, Partial<Sight>, unknown]>([
  ['lasts', {}, {}, undefined],
  ['has a second left', {}, { now: at('13:59:59') }, undefined],
  ['has reached its hour', {}, { now: at('14:00:00') }, up],
  ['is over, and was never given', { state: 'granting' }, { now: at('14:00:00'), live: [] }, up],
  ['is over, whatever was done to it', {}, { now: at('14:00:01'), ...edited }, up],
  ['is over while the cluster is silent', {}, { now: at('14:00:01'), live: undefined as never }, up],
  ['ended', { state: 'ended' }, { now: at('15:00:00'), files: {}, live: [] }, undefined],
  ['ended, and came back', { state: 'ended' }, {}, undefined],
  ['is being ended', { state: 'ending', because: 'revoked', by: 'local:lead' }, {}, { because: 'revoked', by: 'local:lead' }],
  ['lost its file', {}, { files: {} }, removed],
  ['lost its file before it was given', { state: 'granting' }, { files: {}, live: [] }, removed],
  ['has another file', {}, { files: { [file]: 'b'.repeat(40) } }, changed],
  ['has a file that was never read', {}, { files: undefined }, undefined],
  ['lost its binding', {}, { live: [] }, deleted],
  ['has its timer alone', {}, { live: [{ id, namespace }] }, deleted],
  ['has its binding in another namespace', {}, { live: [{ ...there, namespace: 'vault' }] }, deleted],
  ['lost its binding as its timer ran out', {}, { live: [], now: at('13:59:31') }, up],
  ['lost its binding a moment before that', {}, { live: [], now: at('13:59:29') }, deleted],
  ['lost its timer as that ran out', {}, { ...ending, now: at('13:59:31') }, up],
  [
    'lost its timer a moment before that',
    {},
    { ...ending, now: at('13:59:29') },
    { ...tampered, because: 'it was changed in the cluster: its timer is gone', tampered: 'its timer is gone' },
  ],
  ['is not given yet', { state: 'granting' }, { live: [] }, undefined],
  ['was edited', {}, edited, tampered],
  ['may have been edited: the cluster is silent', {}, { ...edited, live: undefined as never }, undefined],
])('a grant that %s', (_, record, seen, due) => {
  const { live, ...rest } = sight(seen);
  expect(dueOf(recordOf(record), { ...rest, ...(live !== undefined && { live }) })).toEqual(due);
});

test.each<[string, Live, readonly GrantRecord[], boolean]>([
  ['of a grant that lasts', there, [recordOf()], false],
  ['of one that is being given', there, [recordOf({ state: 'granting' })], false],
  ['of one that is being taken', there, [recordOf({ state: 'ending' })], false],
  ['of one that ended', there, [recordOf({ state: 'ended' })], true],
  ['of one that ended and one that lasts', there, [recordOf({ state: 'ended' }), recordOf()], false],
  ['of nobody', there, [], true],
  ['with the id of a grant elsewhere', { ...there, namespace: 'vault' }, [recordOf()], true],
])('a binding %s', (_, live, records, isStranger) => {
  expect(strangers([live], records)).toEqual(isStranger ? [live] : []);
});

test.each([
  ['two hours', '14:00:00', '13:49:59', undefined],
  ['two hours', '14:00:00', '13:50:00', 600_000],
  ['two hours', '14:00:00', '13:59:59', 1000],
  ['two hours', '14:00:00', '14:00:00', undefined],
  ['a minute', '12:01:00', '12:00:53', undefined],
  ['a minute', '12:01:00', '12:00:54', 6000],
])('a grant of %s until %s is said to end at %s: %p ms', (_, until, now, left) => {
  expect(reminderDue(recordOf({}, { until: `2026-11-21T${until}Z` }), at(now))).toBe(left);
});

test.each<Partial<GrantRecord>>([{ reminded: true }, { state: 'granting' }, { state: 'ending' }, { state: 'ended' }])(
  'nobody is reminded of %j',
  (record) => {
    expect(reminderDue(recordOf(record), at('13:55:00'))).toBeUndefined();
  },
);

test.each<[string, string, readonly GrantRecord[], string]>([
  ['goes on', '13:00:00', [recordOf()], '13:00:00'],
  ['was set back behind a merge', '11:00:00', [recordOf()], '12:00:00'],
  ['was set back behind an end', '11:00:00', [recordOf({ goneAt: '2026-11-21T14:00:01Z' })], '14:00:01'],
  ['knows nothing', '11:00:00', [], '11:00:00'],
  ['sees what is of the day after tomorrow', '11:00:00', [recordOf({}, { from: '2026-11-23T12:00:00Z' })], '11:00:00'],
])('a clock that %s', (_, now, records, later) => {
  expect(laterOf(at(now), records)).toEqual(at(later));
});
