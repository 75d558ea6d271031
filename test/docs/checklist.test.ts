import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { checklistRules } from '../../src/domain/checklist.ts';
import { readObjects } from '../../src/manifests/documents.ts';
import { checkWorkloads } from '../../src/validation/checklist/check-workloads.ts';

const folder = resolve(import.meta.dirname, '../../docs/checklist');
const rules = Object.entries(checklistRules);
const read = (page: string): string => readFileSync(resolve(folder, page), 'utf8');

/** Found by the API server: test/validation/verdict. */
const elsewhere = ['deprecated-api'];

/** What has the same cause: with the one finding the other goes. */
const alongside: Readonly<Record<string, readonly string[]>> = { 'budget-selects-nothing': ['no-budget'] };

test('every rule of the checklist has its page, and every page its rule', () => {
  const pages = readdirSync(folder).filter((name) => name !== 'README.md');
  expect(pages.toSorted()).toEqual(rules.map(([rule]) => `${rule}.md`).toSorted());
});

test('the table of the checklist gives the severity of every rule, and of no other', () => {
  const rows = [...read('README.md').matchAll(/^\| \[([a-z-]+)\]\(([a-z-]+)\.md\) \| `(\w+)` \| \S/gm)];
  expect(rows.map(([, rule, page, severity]) => [rule, page, severity])).toEqual(rules.map(([rule, severity]) => [rule, rule, severity]));
});

test.each(rules)(
  'the page of %s says its name, its severity, what is found and how it is fixed, when to waive it and why',
  (rule, severity) => {
    const page = read(`${rule}.md`);
    expect(page.startsWith(`# ${rule}\n\nDefault: \`${severity}\`\n`)).toBe(true);
    expect([...page.matchAll(/^## (.+)$/gm)].map(([, title]) => title)).toEqual(['Found', 'Fixed', 'When to waive', 'Sources']);
    expect(page.slice(page.indexOf('## Sources'))).toMatch(/^- \[.+\]\(https:\/\/\S+\)$/m);
  },
);

test.each(rules.map(([rule]) => rule).filter((rule) => !elsewhere.includes(rule)))(
  'the example of %s is judged as its page says',
  (rule) => {
    const [found = [], fixed = []] = [...read(`${rule}.md`).matchAll(/^```yaml\n(.+?)^```$/gms)].map(([, yaml = '']) => judged(yaml));
    expect(found.filter((name) => name === rule)).toEqual([rule]);
    // Nothing but this finding comes or goes with the change.
    expect(fixed).toEqual(found.filter((name) => name !== rule && alongside[rule]?.includes(name) !== true));
  },
);

function judged(yaml: string): readonly string[] {
  const { objects, findings } = readObjects(Buffer.from(yaml), { file: 'example.yaml' }, 'refused');
  expect(findings).toEqual([]);
  return checkWorkloads(objects, { settings: {}, registries: ['registry.example.com'], complete: true }).map((finding) => finding.rule);
}
