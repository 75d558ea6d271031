import { forbidden } from '../../../src/access/request/permitted.ts';
import { type AccessSettings, rulesFor } from '../../../src/access/settings.ts';
import type { AccessRequest, Grant } from '../../../src/domain/access.ts';
import { requestOf } from '../../support/builders/access.ts';
import { grantOf } from '../../support/builders/grants.ts';

const hour = 3_600_000;
const now = new Date('2026-11-22T12:00:00Z');

const settings: AccessSettings = {
  levels: { readonly: 'view', developer: 'edit', admin: 'lockkeeper-admin' },
  rules: { approvers: ['lead'], approvals: 1, maxDurationMs: 8 * hour, reason: /\bINC-\d+\b/u },
  policies: [
    {
      environments: ['production'],
      namespaces: ['pay-*'],
      levels: ['admin'],
      maxDurationMs: 2 * hour,
      maxTotalMs: 3 * hour,
      breakGlass: { users: ['alice'], maxDurationMs: hour / 2 },
    },
  ],
  groups: { 'team-payments': '@payments/team' },
  namespaces: ['billing', 'pay-*', 'vault'],
  protected: ['vault'],
  expireAfterMs: 24 * hour,
  dwellMs: 30_000,
  merge: 'service',
  guards: 'required',
};

const asked = requestOf({ namespace: 'pay-eu', reason: 'INC-1234: stuck' });

const held = (otherwise: Partial<Grant> = {}): Grant =>
  grantOf({
    file: 'access/pay-eu/alice.yml',
    namespace: 'pay-eu',
    level: 'readonly',
    role: 'view',
    from: '2026-11-22T11:00:00Z',
    until: '2026-11-22T12:30:00Z',
    ...otherwise,
  });

const judged = (otherwise: Partial<AccessRequest>, grants: readonly Grant[] = [], environment = 'production') => {
  const request = { ...asked, ...otherwise };
  return forbidden(request, {
    settings,
    environment,
    rules: rulesFor(settings, environment, request.namespace, request.level),
    held: grants,
    now,
  });
};

describe('within', () => {
  test.each<[string, Partial<AccessRequest>, (readonly Grant[])?]>([
    ['the longest', {}],
    ['a group of app.yml', { subject: { kind: 'group', name: 'team-payments' } }],
    ['longer where no policy says otherwise', { namespace: 'billing', durationMs: 8 * hour }],
    ['longer at another level', { level: 'developer', durationMs: 8 * hour }],
    ['the glass broken', { breakGlass: true, durationMs: hour / 2 }],
    ['beside one that leaves room', { durationMs: 1.5 * hour }, [held()]],
    ['beside one that is over', {}, [held({ until: '2026-11-22T12:00:00Z' })]],
    ['beside one elsewhere', {}, [held({ namespace: 'pay-us' }), held({ environment: 'staging' })]],
    ["beside another's", {}, [held({ subject: { kind: 'user', name: 'bob' } }), held({ subject: { kind: 'group', name: 'alice' } })]],
  ])('%s', (_, request, grants = []) => {
    expect(judged(request, grants)).toEqual([]);
  });

  test('longer in another environment', () => {
    expect(judged({ durationMs: 8 * hour }, [], 'staging')).toEqual([]);
  });
});

describe('outside', () => {
  test.each<[string, Partial<AccessRequest>, readonly string[], (readonly Grant[])?]>([
    ['a namespace of Kubernetes', { namespace: 'kube-system' }, ['Nobody is given access to kube-system: it is protected.']],
    ['our own', { namespace: 'lockkeeper-system' }, ['Nobody is given access to lockkeeper-system: it is protected.']],
    ['where we run', { namespace: 'lockkeeper' }, ['Nobody is given access to lockkeeper: it is protected.']],
    ['one that is protected and listed', { namespace: 'vault' }, ['Nobody is given access to vault: it is protected.']],
    [
      'one that is not listed',
      { namespace: 'shop' },
      ['Access cannot be asked for in shop: app.yml has billing, pay-*, vault (access.namespaces).'],
    ],
    [
      'a group of nobody',
      { subject: { kind: 'group', name: 'team-shop' } },
      ['The group team-shop may not be given access: app.yml has team-payments (access.groups).'],
    ],
    [
      'a group that every object has',
      { subject: { kind: 'group', name: 'constructor' } },
      ['The group constructor may not be given access: app.yml has team-payments (access.groups).'],
    ],
    ['too long', { durationMs: 2 * hour + 1000 }, ['It asks for 2h1s, and 2h is the most.']],
    [
      'the glass broken where it cannot be',
      { namespace: 'billing', breakGlass: true },
      ['Without an approval nothing is granted in billing: app.yml has no breakGlass there.'],
    ],
    [
      'the glass broken for a group',
      { subject: { kind: 'group', name: 'team-payments' }, breakGlass: true, durationMs: hour / 2 },
      ['Without an approval a user can be given access, and no group.'],
    ],
    ['the glass broken for long', { breakGlass: true, durationMs: hour }, ['It asks for 1h, and without an approval 30m is the most.']],
    [
      'more than fits beside another',
      {},
      ['alice holds 1h30m in pay-eu already; with these 2h it were more than 3h, the most at once.'],
      [held()],
    ],
    [
      'more than fits beside what another spelling holds',
      {},
      ['alice holds 1h30m in pay-eu already; with these 2h it were more than 3h, the most at once.'],
      [held({ subject: { kind: 'user', name: 'Alice' } })],
    ],
    [
      'a reason without a ticket',
      { reason: 'because' },
      ['The reason must have something that matches \\bINC-\\d+\\b in pay-eu, such as the number of a ticket.'],
    ],
    [
      'much at once',
      { namespace: 'shop', reason: 'x', durationMs: 9 * hour },
      [
        'Access cannot be asked for in shop: app.yml has billing, pay-*, vault (access.namespaces).',
        'It asks for 9h, and 8h is the most.',
        'The reason must have something that matches \\bINC-\\d+\\b in shop, such as the number of a ticket.',
      ],
    ],
  ])('%s', (_, request, reasons, grants = []) => {
    expect(judged(request, grants)).toEqual(reasons);
  });
});
