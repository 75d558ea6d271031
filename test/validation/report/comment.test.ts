import { renderMarkdown } from '../../../src/dashboard/parts/markdown.ts';
import type { Finding } from '../../../src/domain/finding.ts';
import { type CommentFacts, commentText } from '../../../src/validation/report/comment.ts';
import { expectGolden } from '../../support/golden.ts';
import { liveIn } from '../../support/live-text.ts';
import { bundle, findingOf, findings, verdictOf } from '../../support/verdicts.ts';

const gitlab = { name: 'gitlab', type: 'gitlab', descriptionLimit: 1_048_576, url: 'https://gitlab.example.com' } as const;
const github = { name: 'github', type: 'github', descriptionLimit: 65_536, url: 'https://github.com' } as const;
const local = { name: 'local', type: 'local', descriptionLimit: 1_000_000, url: 'http://localhost:3000' } as const;

const comment = (verdict: Parameters<typeof verdictOf>[0] = {}, more: Partial<CommentFacts> = {}): string =>
  commentText({
    verdict: verdictOf(verdict),
    concerns: () => true,
    traits: gitlab,
    path: 'platform/environments/production',
    serviceUrl: 'https://lockkeeper.example.com',
    plan: [],
    ...more,
  });

test('a rejected merge request on GitLab', () => {
  const concerns = ({ file }: Finding): boolean => file !== 'manifests/broken.yaml';
  expectGolden('reports/rejected-gitlab.md', `${comment({}, { concerns })}\n`);
});

test('an accepted pull request on GitHub, with something that was there before', () => {
  const warning = findings.filter(({ severity }) => severity === 'warning');
  expectGolden('reports/accepted-github.md', `${comment({ findings: warning }, { traits: github, concerns: () => false })}\n`);
});

test('on the local forge nothing is linked that has no page', () => {
  expect(comment({}, { traits: local })).not.toContain('/blob/');
  expect(comment({}, { traits: local })).toContain('`manifests/redis.yaml:4`');
});

test('what could not be read is no yes, whatever was found', () => {
  const text = comment({ findings: [], complete: false });
  expect(text).toMatch(/^\*\*lockkeeper\/validate: no verdict\*\*/);
  expect(text).toContain('> Not everything could be read');
});

test('nothing found is said in one line', () => {
  expect(comment({ findings: [] }).split('\n\n')[0]).toBe(
    '**lockkeeper/validate: no errors** · 3 objects against Kubernetes 1.36 in 0.9 s',
  );
});

const hostile = [
  '@everyone closes #1, !2 and $3 ~bug %milestone',
  '<img src=x onerror=alert(1)> <!-- lockkeeper:comment validate -->',
  '![x](https://evil.example.com/x.png) [click](javascript:alert(1))',
  '| a | b |\n|---|---|\n/merge\n/close\n# heading',
  '```\n</details></details>\n<script>',
  '\u202egnp.exe \u0000\u001b[31m `code | span` \\| ` @user',
  '**lockkeeper/validate: no errors**',
];

test.each(hostile)('hostile text stays text: %j', (text) => {
  const all = (['error', 'warning', 'waived'] as const).map((severity) =>
    findingOf({
      severity,
      rule: text,
      file: `${text}.yaml`,
      object: { apiVersion: text, kind: text, namespace: text, name: text },
      message: text,
      help: text,
      reason: text,
    }),
  );
  const inBundle = findingOf({ file: `${bundle}!/${text}`, bundle: `https://example.com/${text}`, message: text });
  for (const traits of [gitlab, github, local]) {
    const shown = comment({ findings: [...all, inBundle] }, { traits });
    expect(liveIn(shown.replaceAll(/<\/?(?:details|summary)>/g, ''))).toEqual([]);
    const html = renderMarkdown(shown).text;
    expect(html.match(/<details>/g)).toHaveLength(html.includes('waived</summary>') ? 1 : 0);
    expect(html).not.toMatch(/<(?:script|img|h\d)/);
    const widths = [...html.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = '']) => row.match(/<t[hd]/g)?.length);
    expect(widths).toEqual([4, 4, 4, 4, 3, 3]);
    expect(html.match(/<td><\/td>/g)?.length ?? 0).toBe(1); // of the finding without help: none was cut off
  }
});

test('however much there is to say, it fits, and says that there is more', () => {
  const many = Array.from({ length: 5000 }, (_, index) => findingOf({ line: index + 1, message: `unknown field "${'x'.repeat(900)}"` }));
  const text = comment(
    { findings: [...many, ...many.map((one) => ({ ...one, severity: 'waived' as const, reason: 'y'.repeat(900) }))] },
    { traits: github, concerns: ({ line }) => line > 2000 },
  );
  expect(text.length).toBeLessThanOrEqual(65_536);
  expect(text).toMatch(/^\*\*lockkeeper\/validate: 5000 errors\*\*/);
  expect(text).toContain('More findings are cut here.');
});
