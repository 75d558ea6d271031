import { renderMarkdown } from '../../src/dashboard/parts/markdown.ts';
import { writeMarker } from '../../src/domain/identifiers.ts';

const render = (text: string) => renderMarkdown(text).text.trim();

test.each([
  ['a script', '<script>alert(1)</script>', /<script/],
  ['a picture that calls out', '<img src=x onerror=alert(1)>', /<img/],
  ['a picture in Markdown', '![seen](http://192.0.2.1/seen.gif)', /<img/],
  ['a link that runs', '[x](javascript:alert(1))', /href="javascript/],
  ['an automatic link that runs', '<javascript:alert(1)>', /href="javascript/],
  ['details with attributes', '<details ontoggle=alert(1) open>\n\nx\n\n</details>', /<details/],
  ['summary with attributes', '<summary onclick=alert(1)>x</summary>', /<summary/],
  ['a script within a summary', '<details><summary><b onclick=alert(1)>x</b></summary>\n</details>', /<b /],
  ['a style by alignment', '| a |\n| ---: |\n| b |', /style=/],
  ['markup in a link', '[x](http://a.example/"onmouseover="alert(1))', /"onmouseover/],
  ['markup in a fence', '```diff\n+<script>alert(1)</script>\n```', /<script/],
  ['markup in the name of a fence', '```"><script>\nx\n```', /<script/],
])('%s is harmless', (_, text, never) => {
  expect(render(text)).not.toMatch(never);
});

test('details and summary fold, whatever Markdown is inside', () => {
  const text = 'before\n<details><summary>1.6.0 · **2** fixes</summary>\n\n- one\n\n```\n</details>\n```\n\n</details>\n\nafter';
  expect(render(text)).toBe(
    [
      '<p>before</p>\n<details>\n<summary>1.6.0 · <strong>2</strong> fixes</summary>\n<ul>\n<li>one</li>\n</ul>',
      '<pre><code>&lt;/details&gt;\n</code></pre>\n</details>\n<p>after</p>',
    ].join('\n'),
  );
});

test.each([
  ['over several lines', '<details>\n<summary>a</summary>\n\nb\n</details>', '<details>\n<summary>a</summary>\n<p>b</p>\n</details>'],
  ['on one line', '<details><summary>a</summary>b</details>', '<details>\n<summary>a</summary>\n<p>b</p>\n</details>'],
  [
    'nested',
    '<details><summary>a</summary>\n<details><summary>b</summary>\nc\n</details>\n</details>\nd',
    '<details>\n<summary>a</summary>\n<details>\n<summary>b</summary>\n<p>c</p>\n</details>\n</details>\n<p>d</p>',
  ],
  [
    'in a list',
    '- one\n  <details><summary>a</summary>\n\n  b\n\n  </details>\n- two',
    '<ul>\n<li>one\n<details>\n<summary>a</summary>\n<p>b</p>\n</details>\n</li>\n<li>two</li>\n</ul>',
  ],
])('details %s', (_, text, expected) => {
  expect(render(text)).toBe(expected);
});

test.each([
  ['never closed', '<details><summary>a</summary>\n\nb'],
  ['closed once too often', '<details><summary>a</summary>\nb\n</details>\n</details>\nc'],
  ['opened in a list and closed outside', '- <details>\n\n</details>\n\nb'],
  ['deep', '<details>\n'.repeat(300)],
])('details %s leave the page balanced', (_, text) => {
  const tags = [...render(text).matchAll(/<(\/?)(details|ul|li|p|summary)>/g)];
  const open: string[] = [];
  for (const [, closing, name = ''] of tags) {
    if (closing === '') open.push(name);
    else expect(open.pop()).toBe(name);
  }
  expect(open).toEqual([]);
});

test('a line is broken by <br>, and by nothing that only looks like it', () => {
  expect(render('- a<br>b<br/>c<br />d')).toBe('<ul>\n<li>a<br>\nb<br>\nc<br>\nd</li>\n</ul>');
  expect(render('a<br onclick=x>b `<br>`')).toBe('<p>a&lt;br onclick=x&gt;b <code>&lt;br&gt;</code></p>');
});

test('the marker that a merge request is found by is not shown', () => {
  const marker = writeMarker({ app: 'a', environment: 'e', content: '-->', title: '<!--' });
  expect(render(`text\n\n${marker}\n`)).toBe('<p>text</p>');
  expect(render(`text\n<!-- one\ntwo -->\nmore`)).toBe('<p>text</p>\n<p>more</p>');
});

test('changes in a fence are coloured', () => {
  expect(render('```diff\n-a\n+b\n c\n```')).toBe(
    '<pre class="diff"><code><span class="minus">-a\n</span><span class="plus">+b\n</span><span class="same"> c\n</span></code></pre>',
  );
});

test('a table keeps its alignment, by class', () => {
  expect(render('| a |\n| ---: |\n| b |')).toContain('<td class="right">b</td>');
});

test.each(['<details>', '<!--', '[', '*a', '<summary>', '<br>', '|a', '> ', '`', 'http://a.example/('])(
  'a hundred kilobytes of %j are rendered',
  (part) => {
    expect(render(`${part}\n`.repeat(100_000 / (part.length + 1)))).not.toBe('');
    expect(render(part.repeat(100_000 / part.length))).not.toBe('');
  },
);
