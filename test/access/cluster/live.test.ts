import { differs, type LiveGrant, liveObject } from '../../../src/access/cluster/live.ts';
import { bindingOf, timerOf, type Value } from '../../../src/access/cluster/objects.ts';
import { grantOf } from '../../support/builders/grants.ts';

const grant = grantOf({ id: 'g0123456789abcdef0123' });
const naming = { usernamePrefix: 'oidc:', groupsPrefix: 'oidc:' };

interface Changes {
  readonly binding?: (value: Value) => Value;
  readonly timer?: (value: Value) => Value;
  readonly others?: readonly string[];
}

const standing = (value: Value, uid: string): Value => ({
  ...value,
  metadata: { ...(value['metadata'] as object), uid, resourceVersion: '1', creationTimestamp: '2026-11-21T12:00:05Z' },
});
const withMetadata = (change: object) => (value: Value) => ({ ...value, metadata: { ...(value['metadata'] as object), ...change } });
const withSpec = (change: object) => (value: Value) => ({ ...value, spec: { ...(value['spec'] as object), ...change } });

/** The grant as it stands five seconds after its merge, but for what somebody changed. */
function live({ binding = (value) => value, timer = (value) => value, others = [] }: Changes = {}): LiveGrant {
  return {
    id: grant.id,
    namespace: grant.namespace,
    binding: liveObject(binding(standing(bindingOf(grant, naming, 'timer-uid'), 'binding-uid'))),
    timer: liveObject(timer(standing(timerOf(grant, 7195), 'timer-uid'))),
    others,
  };
}

describe('what somebody changed of a grant', () => {
  test('nothing', () => expect(differs(live(), grant, naming)).toBeUndefined());

  test.each<[string, Changes, string]>([
    ['another subject', { binding: (value) => ({ ...value, subjects: [] }) }, 'its binding has other subjects'],
    [
      'another role',
      { binding: (value) => ({ ...value, roleRef: { kind: 'ClusterRole', name: 'admin' } }) },
      'its binding has another role',
    ],
    ['no label', { binding: withMetadata({ labels: {} }) }, 'its binding has lost its label'],
    [
      'another hour',
      { binding: withMetadata({ annotations: { 'lockkeeper.dev/expires-at': '2027-11-21T14:00:00Z' } }) },
      'its binding has another lockkeeper.dev/expires-at',
    ],
    ['no owner', { binding: withMetadata({ ownerReferences: [] }) }, 'its binding is not owned by its timer'],
    ['held', { binding: withMetadata({ finalizers: ['evil.example/stay'] }) }, 'its binding is held by evil.example/stay'],
    ['going', { binding: withMetadata({ deletionTimestamp: '2026-11-21T12:00:05Z' }) }, 'its binding is being deleted'],
    ['suspended', { timer: withSpec({ suspend: true }) }, 'its timer has another suspend'],
    ['pods', { timer: withSpec({ parallelism: 1 }) }, 'its timer has another parallelism'],
    ['kept', { timer: withSpec({ ttlSecondsAfterFinished: 60 }) }, 'its timer has another ttlSecondsAfterFinished'],
    ['another selector', { timer: withSpec({ selector: { matchLabels: { app: 'web' } } }) }, 'its timer has another selector'],
    ['a longer time', { timer: withSpec({ activeDeadlineSeconds: 7200 }) }, 'its timer ends later than the grant'],
    ['no end', { timer: withSpec({ activeDeadlineSeconds: undefined }) }, 'its timer ends later than the grant'],
    ['a manager of its own', { timer: withSpec({ managedBy: 'evil.example/controller' }) }, 'its timer is managed by somebody else'],
    ['an owner', { timer: withMetadata({ ownerReferences: [{ kind: 'ConfigMap' }] }) }, 'its timer has an owner'],
    ['a timer that is held', { timer: withMetadata({ finalizers: ['orphan'] }) }, 'its timer is held by orphan'],
    ['a second binding', { others: ['another'] }, 'its label stands on others too: another'],
  ])('%s', (_, changes, said) => expect(differs(live(changes), grant, naming)).toBe(said));

  test('a binding or a timer that is gone', () => {
    const { binding: _, ...unbound } = live();
    const { timer: __, ...timeless } = live();
    expect([differs(unbound, grant, naming), differs(timeless, grant, naming)]).toEqual(['its binding is gone', 'its timer is gone']);
  });

  test('one second more is the rounding of the API server; a timer that was seen late is no change', () => {
    expect(differs(live({ timer: withSpec({ activeDeadlineSeconds: 7196 }) }), grant, naming)).toBeUndefined();
    const late = (value: Value) => ({ ...value, status: { startTime: '2026-11-21T13:00:00Z' } });
    expect(differs(live({ timer: late }), grant, naming)).toBeUndefined();
  });
});

describe('names in the cluster', () => {
  test.each([
    ['user', 'alice', { kind: 'User', name: 'oidc:alice' }],
    ['group', 'team-payments', { kind: 'Group', name: 'oidc-groups:team-payments' }],
  ] as const)('a %s', (kind, name, subject) => {
    const prefixes = { usernamePrefix: 'oidc:', groupsPrefix: 'oidc-groups:' };
    expect(bindingOf({ ...grant, subject: { kind, name } }, prefixes, 'uid')).toMatchObject({ subjects: [subject] });
  });

  test('a long reason is cut, between two letters', () => {
    const { metadata } = bindingOf({ ...grant, reason: '😀'.repeat(300) }, naming, 'uid') as {
      readonly metadata: { readonly annotations: Record<string, string> };
    };
    expect(metadata.annotations['lockkeeper.dev/reason']).toBe('😀'.repeat(200));
  });
});
