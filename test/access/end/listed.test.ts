import type { LiveGrant, LiveObject } from '../../../src/access/cluster/live.ts';
import { listed, unexplained } from '../../../src/access/end/listed.ts';
import type { Live } from '../../../src/access/end/ports.ts';
import { expired } from '../../../src/access/end/reap.ts';
import { recordOf } from '../../support/builders/grants.ts';

const open = recordOf();
const sooner = recordOf(
  { state: 'granting' },
  { id: 'g2', namespace: 'shop', subject: { kind: 'group', name: 'team' }, until: '2026-11-21T13:00:00Z' },
);
const over = recordOf({ state: 'ended', because: 'revoked', by: 'local:lead', goneAt: '2026-11-21T12:30:00.000Z' }, { id: 'g3' });
const all = [open, over, sooner];
const live: Live = { id: open.grant.id, namespace: 'billing', binding: { uid: 'u' } };

test('those that are open, the next to end first; with --all those that ended too', () => {
  expect(listed(all, false, undefined).map(({ id }) => id)).toEqual(['g2', open.grant.id]);
  expect(listed(all, true, undefined).map(({ id }) => id)).toEqual(['g2', open.grant.id, 'g3']);
});

test('the keys of the contract, and what is known beside them', () => {
  const [group, user, ended] = listed(all, true, undefined);
  expect(user).toEqual({
    id: open.grant.id,
    environment: 'production',
    namespace: 'billing',
    subject: 'alice',
    subjectKind: 'user',
    level: 'admin',
    from: '2026-11-21T12:00:00Z',
    until: '2026-11-21T14:00:00Z',
    approvedBy: ['lead'],
    reason: 'INC-1234: migration stuck',
    mergeRequest: open.grant.url,
    breakGlass: false,
    state: 'active',
  });
  expect(group).toMatchObject({ subject: 'team', subjectKind: 'group', state: 'granting' });
  expect(ended).toMatchObject({ state: 'ended', endedAt: '2026-11-21T12:30:00.000Z', because: 'revoked', by: 'local:lead' });
});

test.each([
  ['as it was given', [live], undefined, [undefined, undefined, undefined]],
  ['without its binding', [], undefined, [undefined, 'is not there', undefined]],
  ['changed', [live], 'its binding has other subjects', [undefined, 'its binding has other subjects', undefined]],
] as const)('what the cluster has %s', (_, found, difference, marks) => {
  const looked = { live: found, differs: () => difference };
  expect(listed(all, true, looked).map(({ cluster }) => cluster)).toEqual(marks);
});

test('what the cluster has and nothing explains', () => {
  const looked = { live: [live, { id: 'g3', namespace: 'billing' }, { id: 'x', namespace: 'vault' }], differs: () => undefined };
  expect(unexplained(all, looked)).toEqual([
    { id: 'g3', namespace: 'billing' },
    { id: 'x', namespace: 'vault' },
  ]);
});

const now = new Date('2026-11-21T14:00:00Z');
const object = (metadata: object, spec: object = {}): LiveObject => ({
  name: 'lockkeeper-grant-g1',
  uid: 'u',
  resourceVersion: '1',
  value: { metadata, spec },
});
const until = (at: unknown) => object({ annotations: { 'lockkeeper.dev/expires-at': at } });
const timer = (begun: string, seconds: unknown) => object({ creationTimestamp: begun }, { activeDeadlineSeconds: seconds });

test.each<[string, Partial<LiveGrant>, string | undefined]>([
  ['a binding whose hour has come', { binding: until('2026-11-21T14:00:00Z') }, 'it ended at 2026-11-21T14:00:00Z'],
  ['a binding that lasts a second', { binding: until('2026-11-21T14:00:01Z') }, undefined],
  ['a binding that lasts a moment', { binding: until('2026-11-21T14:00:00.001Z') }, undefined],
  ['a binding without an hour', { binding: object({}) }, 'it does not say when it ends'],
  ['a binding with a number', { binding: until(2_000_000_000) }, 'it does not say when it ends'],
  ['a binding of another zone', { binding: until('2026-11-21T23:00:00+01:00') }, 'when it ends cannot be read'],
  ['a binding of no day', { binding: until('2026-13-41T14:00:00Z') }, 'when it ends cannot be read'],
  [
    'a binding that lasts, and another with its id',
    { binding: until('2036-01-01T00:00:00Z'), others: ['mine'] },
    'mine has its id, and is none of ours',
  ],
  ['a timer whose binding is being made', { timer: timer('2026-11-21T13:59:59Z', 60) }, undefined],
  ['a timer that has run out', { timer: timer('2026-11-21T13:00:00Z', 3600) }, 'it ended at 2026-11-21T14:00:00.000Z'],
  ['a timer that never runs out', { timer: timer('2026-11-21T13:59:59Z', undefined) }, 'it does not say when it ends'],
  ['nothing', {}, undefined],
])('reaping meets %s', (_, parts, reason) => {
  expect(expired({ id: 'g1', namespace: 'billing', others: [], ...parts }, now)).toBe(reason);
});
