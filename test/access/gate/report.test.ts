import { type Next, type ReportFacts, reportOf, unknown } from '../../../src/access/gate/report.ts';
import type { Says } from '../../support/builders/access.ts';
import { approval, head, judged, type Told } from '../../support/builders/evidence.ts';
import { requestText } from '../../support/contracts/attack-scene.ts';
import { expectGolden } from '../../support/golden.ts';
import { liveIn } from '../../support/live-text.ts';

const report = (told: Told, says: Says = {}, next: Next = { kind: 'merge' }, more: Partial<ReportFacts> = {}) =>
  reportOf({
    judgement: judged(told, says),
    traits: { type: 'gitlab', descriptionLimit: 1_048_576 },
    commit: head,
    url: 'https://gitlab.example.com/platform/production/-/merge_requests/7',
    next,
    expiresAt: new Date('2026-11-22T09:59:00Z'),
    ...more,
  });

const golden = (name: string, { status, comment = '' }: ReturnType<typeof report>): void =>
  expectGolden(`reports/access-${name}.md`, `${status.state}: ${status.description}\n\n${comment}\n`);

const two = { rules: { approvals: 2, approvers: ['grace', 'linus', '@platform/leads'] } };
const approved = { reviews: [approval('grace')] };

test('what waits, with approvals that do not count', () => {
  const reviews = [approval('ada'), approval('eve'), approval('grace', { submittedAt: '2026-11-21T10:00:05Z' })];
  golden('waits', report({ reviews }, { rules: { approvers: ['ada', 'grace', 'linus', 'gone'] } }));
});

test('what is not as it must be', () => {
  const content = requestText({ duration: '9h', user: 'gone', reason: '"please"' });
  golden('missing', report({ content, reviews: [approval('grace')] }, { ...two, rules: { ...two.rules, reason: /INC-\d+/u } }));
});

test('what cannot be read as a request', () => {
  golden(
    'unreadable',
    report(
      { content: 'user: ada\nnamespace: shop\nlevel: root\n' },
      {},
      { kind: 'merge' },
      { traits: { type: 'github', descriptionLimit: 65_536 } },
    ),
  );
});

test('what is open, and merged', () => {
  golden('merged', report(approved, {}, { kind: 'merged' }));
});

test('what is open, and not for us to merge', () => {
  golden('refused', report(approved, {}, { kind: 'person', refusal: 'Pipeline must succeed' }));
});

test('what is open without an approval', () => {
  const says = { rules: { breakGlass: { users: ['ada'], maxDurationMs: 14_400_000 } } };
  golden('break-glass', report({ content: requestText({ breakGlass: 'true' }) }, says));
});

test('what only takes away is said at its head alone', () => {
  const changes = { paths: [{ path: 'access/billing/ada.yml', kind: 'removed' as const }], complete: true };
  expect(report({ changes })).toEqual({
    status: { name: 'lockkeeper/access', state: 'success', description: 'only takes access away', url: expect.any(String) },
  });
});

const hostile = [
  '@everyone closes #1, !2 and $3 ~bug %milestone',
  '<img src=x onerror=alert(1)> <!-- lockkeeper:comment access -->',
  '![x](https://evil.example.com/x.png) [click](javascript:alert(1))',
  '| a | b | /merge ** # heading',
  '``` </details></details> <script>',
];

test.each(hostile)('hostile text stays text: %j', (text) => {
  const reason = JSON.stringify(text).replaceAll('\\"', "'");
  const changed = `manifests/${text}`;
  const changes = { paths: [changed, 'access/billing/ada.yml'].map((path) => ({ path, kind: 'added' as const })), complete: true };
  for (const { comment = '' } of [report({ content: requestText({ reason }) }), report({ changes }), unknown(text, '')]) {
    expect(liveIn(comment)).toEqual([]);
    expect(comment.startsWith('**lockkeeper/access: ')).toBe(true);
  }
});

test('a comment stays within the limit of the forge', () => {
  const reviews = Array.from({ length: 500 }, (_, at) => approval(`stranger${at}`));
  const { comment = '' } = report({ reviews }, {}, { kind: 'merge' }, { traits: { type: 'github', descriptionLimit: 2_000 } });
  expect(comment.length).toBeLessThan(2_000);
  expect(comment).toContain('An approval counts for this commit alone.');
});
