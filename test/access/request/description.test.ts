import { describeRequest, type RequestFacts } from '../../../src/access/request/description.ts';
import type { Grant } from '../../../src/domain/access.ts';
import { requestOf } from '../../support/builders/access.ts';
import { expectGolden } from '../../support/golden.ts';
import { liveIn } from '../../support/live-text.ts';

const hour = 3_600_000;

const asked = requestOf();

const held: Grant = {
  id: 'g1',
  environment: 'production',
  repository: 'gitlab:platform/environments/production',
  request: 12,
  url: 'https://gitlab.example.com/platform/environments/production/-/merge_requests/12',
  file: 'access/billing/bob.yml',
  blob: 'b'.repeat(40),
  namespace: 'billing',
  subject: { kind: 'user', name: 'bob' },
  level: 'readonly',
  role: 'view',
  reason: 'INC-1',
  from: '2026-11-22T11:00:00Z',
  until: '2026-11-22T13:00:00Z',
  approvedBy: ['lead'],
  breakGlass: false,
};

const facts: RequestFacts = {
  environment: 'production',
  rules: {
    role: 'lockkeeper-admin',
    approvers: ['lead#42', '@platform/leads'],
    approvals: 1,
    maxDurationMs: 8 * hour,
    maxTotalMs: 8 * hour,
  },
  expireAfterMs: 24 * hour,
  by: 'alice',
  held: [],
  file: 'access/billing/alice.yml',
  traits: { name: 'gitlab', type: 'gitlab', descriptionLimit: 65_536, url: 'https://gitlab.example.com' },
  now: new Date('2026-11-22T12:00:00Z'),
};

const texts: Readonly<Record<string, () => string>> = {
  'access-user': () =>
    describeRequest(asked, { ...facts, askedAt: 'https://gitlab.example.com/platform/environments/production/-/issues/7#note_99' }),
  'access-group': () =>
    describeRequest(
      { ...asked, subject: { kind: 'group', name: 'team-payments' }, level: 'readonly' },
      {
        ...facts,
        rules: { ...facts.rules, role: 'platform-viewer', approvals: 2 },
        by: 'carol',
        held: [
          { ...held, subject: { kind: 'group', name: 'team-shop' }, level: 'developer', until: '2026-11-22T14:30:00Z' },
          held,
          { ...held, namespace: 'shop', subject: { kind: 'user', name: 'elsewhere' } },
          { ...held, environment: 'staging', subject: { kind: 'user', name: 'another-environment' } },
          { ...held, until: '2026-11-22T12:00:00Z', subject: { kind: 'user', name: 'over' } },
        ],
        traits: { ...facts.traits, name: 'github', type: 'github' },
      },
    ),
  'access-break-glass': () =>
    describeRequest(
      { ...asked, durationMs: hour / 2, breakGlass: true },
      { ...facts, rules: { ...facts.rules, breakGlass: { users: ['alice', '@platform/on-call'], maxDurationMs: hour / 2 } } },
    ),
};

test.each(Object.entries(texts))('%s', (name, text) => {
  expectGolden(`descriptions/${name}.md`, `${text()}\n`);
});

test('what people wrote stays what they wrote, and does nothing', () => {
  const evil =
    'Closes #1 @all ![x](https://evil.example/p.gif) <script>alert(1)</script> | a | [click](javascript:x) /approve ~bug `code` @';
  const text = describeRequest(
    { ...asked, reason: evil, subject: { kind: 'user', name: 'alice`@all' } },
    {
      ...facts,
      by: 'mallory`@all',
      environment: 'prod @all #1',
      askedAt: 'javascript:alert(1)',
      held: [{ ...held, subject: { kind: 'user', name: '`@all' }, url: 'javascript:alert(1)' }],
      file: 'access/billing/`@all.yml',
      rules: { ...facts.rules, role: '`@all', approvers: ['@all`'] },
    },
  );
  expect(liveIn(text)).toEqual([]);
  expect(text.match(/^- \*\*.*?:\*\*/gm)).toEqual([
    '- **Why:**',
    '- **Asked for by:**',
    '- **What it can do:**',
    '- **May approve:**',
    '- **Has access there now:**',
  ]);
});

test('it holds to the limit', () => {
  const many = Array.from({ length: 500 }, (_, at) => ({ ...held, subject: { kind: 'user' as const, name: `person-${at}` } }));
  const short = { ...facts, held: many, traits: { ...facts.traits, descriptionLimit: 2000 } };
  expect(describeRequest({ ...asked, reason: 'x'.repeat(500) }, short).length).toBeLessThanOrEqual(2000);
});
