import { renderMarkdown } from '../../../src/dashboard/parts/markdown.ts';
import { longestOthers, type Others, othersText, withOthers } from '../../../src/validation/holds/text.ts';
import { expectGolden } from '../../support/golden.ts';
import { liveIn } from '../../support/live-text.ts';

const since = '2026-11-20T14:02:11Z';
const request = (id: number, title: string) => ({ id, title, url: `https://gitlab.example.com/platform/staging/-/merge_requests/${id}` });
const objects = ['ConfigMap/billing/limits', 'Namespace//billing', ...'abcdef'.split('').map((name) => `apps/Deployment/billing/${name}`)];
const others: Others = {
  first: [
    { by: 12, since, objects },
    { by: 15, since: '2026-11-21T08:00:00Z', objects: ['Service/billing/api'] },
  ],
  open: [request(12, 'billing 1.4.2 → 1.5.0'), request(15, 'Move the service'), request(16, 'this one')],
  run: { environment: 'staging', holder: 'lockkeeper-7d9f 20261121190000', since: '2026-11-21T19:00:00.000000Z' },
};

test('who else is there, with links', () => {
  const comment = '**lockkeeper/validate: no errors** · 3 objects\n\n### What changes in the cluster\n\n1 object changed';
  expectGolden('reports/others-gitlab.md', `${withOthers(comment, othersText(others, { type: 'gitlab' }))}\n`);
});

test.each<[string, Partial<Others>, RegExp]>([
  ['nobody', { first: [], run: undefined }, /^$/],
  [
    'a run alone',
    { first: [] },
    /^> \*\*A deployment run of `staging` is in progress\*\* since 2026-11-21 19:00 UTC \(`lockkeeper-7d9f 20261121190000`\)/,
  ],
  ['a run that does not say since when', { first: [], run: { environment: 'staging', holder: 'x', since: '' } }, /progress\*\* \(`x`\)/],
  ['one that is not listed', { open: [], run: undefined }, /^> \*\*Also touched by\*\* `!12` \(since/],
])('%s', (_, more, expected) => {
  expect(othersText({ ...others, ...more }, { type: 'gitlab' })).toMatch(expected);
});

test('GitHub counts with #', () => expect(othersText(others, { type: 'github' })).toContain('[#12](https://'));

const hostile = [
  '@everyone closes #1, !2 and $3 ~bug %milestone',
  '<img src=x onerror=alert(1)> <!-- lockkeeper:comment validate -->',
  '![x](https://evil.example.com/x.png) [click](javascript:alert(1))',
  '| a | b |\n|---|---|\n/merge\n/close\n# heading',
  '```\n</details></details>\n<script>',
  '*_**__ `code` \\',
];

test.each(hostile)('hostile text stays text: %j', (text) => {
  const shown = othersText(
    {
      first: [{ by: 12, since: text, objects: [`${text}/${text}/${text}/${text}`, text] }],
      open: [{ id: 12, title: text, url: text }],
      run: { environment: text, holder: text, since: text },
    },
    { type: 'gitlab' },
  );
  expect(liveIn(shown)).toEqual([]);
  const html = renderMarkdown(shown).text;
  expect(html).not.toMatch(/<(?:script|img|h\d|table|details)/);
  expect(html.match(/<blockquote>/g)).toHaveLength(1);
});

test('however many there are, it has a bound', () => {
  const name = '*'.repeat(3000);
  const first = Array.from({ length: 50 }, (_, by) => ({
    by,
    since: name,
    objects: Array.from({ length: 50 }, () => `${name}/${name}/${name}`),
  }));
  const open = first.map(({ by }) => ({ id: by, title: '@<'.repeat(2000), url: `https://gitlab.example.com/${'x'.repeat(900)}` }));
  const shown = othersText({ first, open, run: { environment: name, holder: name, since: name } }, { type: 'gitlab' });
  expect(shown).toContain('And by 45 more.');
  expect(shown.length).toBeLessThanOrEqual(longestOthers);
});
