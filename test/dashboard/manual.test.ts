import { createManual, isOpen } from '../../src/dashboard/manual.ts';

const docs: Readonly<Record<string, string>> = {
  'validation.md':
    '# Validation\n\n## Waive a check\n\nSee [the list](checklist/README.md).\n\n| <a id="yaml"></a>`yaml` |\n| --- |\n| <a id="x"><script> |\n',
  'checklist/README.md': '# Checklist\n\n- [one replica](single-replica.md)\n',
  'checklist/single-replica.md':
    '# One replica\n\n[waive it](../validation.md#waive-a-check), [configure it](../configuration.md), [Kubernetes](https://kubernetes.io/docs/)\n',
};
const manual = createManual(async (file) => docs[file]);
const body = async (path: string) => (await manual(path))?.body;

test('a rule has a page, with links to other pages', async () => {
  const page = await body('/checklist/single-replica');
  expect(page).toContain('<title>One replica · Lockkeeper</title>');
  expect(page).toContain('<a href="/validation#waive-a-check"');
  expect(page).toContain(', configure it, ');
  expect(page).toContain('<a href="https://kubernetes.io/docs/"');
  expect(page).toContain('<a href="/checklist">Checklist</a>');
  expect(await body('/validation')).toContain('<h2 id="waive-a-check">');
  expect(await body('/validation')).toContain('<th><a id="yaml"></a><code>yaml</code></th>');
  expect(await body('/validation')).not.toContain('<script');
  expect(await body('/checklist')).toContain('<a href="/checklist/single-replica"');
});

test.each([
  '/',
  '/checklist/none',
  '/checklist/README',
  '/checklist/../validation',
  '/checklist/%2e%2e/secret',
  '/validation/',
  '/checklist/latest-tag',
])('%s is no page of it', async (path) => expect(await manual(path)).toBeUndefined());

test('only these are open to all', () => {
  expect(['/validation', '/checklist', '/checklist/latest-tag', '/style.css', '/icon.svg'].filter((path) => !isOpen(path))).toEqual([]);
  expect(['/', '/apps/billing', '/checklist/none', '/metrics', '/checklist/'].filter(isOpen)).toEqual([]);
});
