import { renderDiff } from '../../src/dashboard/parts/diff.ts';

const file = (name: string, hunk: string) => `diff --git a/${name} b/${name}\nindex 1..2 100644\n--- a/${name}\n+++ b/${name}\n${hunk}`;

test('a changed line has its number, and what differs in it is marked to the whole word', () => {
  const out = renderDiff(
    file('web.yaml', '@@ -3,3 +3,3 @@ spec:\n spec:\n-  image: web:2.3.0-alpine\n+  image: web:2.3.1-alpine\n end\n'),
  ).text;
  expect(out).toContain('<code>web.yaml</code>');
  expect(out).toContain('<td data-n="4"></td><td data-n=""></td><td data-s="−">  image: web:<mark>2.3.0</mark>-alpine</td>');
  expect(out).toContain('<td data-n=""></td><td data-n="4"></td><td data-s="+">  image: web:<mark>2.3.1</mark>-alpine</td>');
  expect(out).toContain('<td data-n="5"></td><td data-n="5"></td><td data-s=" ">end</td>');
  expect(out).toContain('+1</b>');
});

test('lines that were only added or removed have nothing marked', () => {
  const out = renderDiff(file('a', '@@ -1,1 +1,3 @@\n-one\n+two\n+three\n+four\n')).text;
  expect(out).not.toContain('<mark>');
});

test.each([
  ['new', 'diff --git a/n b/n\nnew file mode 100644\nindex 0..1\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n', 'n (new)'],
  ['deleted', 'diff --git a/n b/n\ndeleted file mode 100644\nindex 1..0\n--- a/n\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n', 'n (deleted)'],
  ['renamed', 'diff --git a/n b/m\nsimilarity index 100%\nrename from n\nrename to m\n', 'n → m'],
  ['binary', 'diff --git a/n b/n\nindex 1..2 100644\nBinary files a/n and b/n differ\n', 'A binary file.'],
  ['empty', '', 'No changes.'],
])('a %s file', (_, text, expected) => {
  expect(renderDiff(text).text).toContain(expected);
});

test('what a file holds is text', () => {
  const out = renderDiff(file('<b>"x', '@@ -1 +1 @@\n-<script>a</script>\n+<script>b</script>\n\\ No newline at end of file\n')).text;
  expect(out).not.toContain('<script>');
  expect(out).not.toContain('<b>"');
  expect(out).toContain('&lt;script&gt;');
});

test('what is no diff is shown as it is', () => {
  expect(renderDiff('@@ nonsense <b>').text).not.toContain('<b>');
  expect(renderDiff('@@ nonsense <b>').text).toContain('nonsense &lt;b&gt;');
});

test('a long diff is cut behind a whole file, and says so', () => {
  const lines = ' same\n'.repeat(1000);
  const out = renderDiff([1, 2, 3, 4, 5, 6].map((n) => file(`f${n}`, `@@ -1,1001 +1,1001 @@\n${lines}-a\n+b\n`)).join('')).text;
  expect(out).toContain('<code>f4</code>');
  expect(out).not.toContain('<code>f5</code>');
  expect(out).toContain('the first 4 files of it');
});
