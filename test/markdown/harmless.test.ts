import { codeSpan, harmlessInline, harmlessLine } from '../../src/markdown/harmless.ts';
import type { Origin } from '../../src/markdown/links.ts';
import { codeBlock, harmlessMarkdown } from '../../src/markdown/markdown.ts';
import { fc } from '../support/fuzz.ts';
import { liveIn } from '../support/live-text.ts';

const origin: Origin = { type: 'gitlab', url: 'https://gitlab.example.com', path: 'payments/billing' };
const seen = (text: string): string => text.replaceAll('\u200b', '·');

describe('one line', () => {
  test.each([
    ['by @ada and @group/sub', 'by @·ada and @·group/sub'],
    ['＠all, \\@all, &#64;all, _@all_, @<b></b>all', '@·all, \\@·all, \\@·all, _@·all_, @···all'],
    ['[@ada](https://x.example/@ada)', '[@·ada](https://x.example/%40ada)'],
    ['`npm i @scope/x` stays code', '`npm i @·scope/x` stays code'],
    [
      'see #12 and !34',
      'see [#12](https://gitlab.example.com/payments/billing/-/issues/12) and [!34](https://gitlab.example.com/payments/billing/-/merge_requests/34)',
    ],
    ['see shop/web#4', 'see [shop/web#4](https://gitlab.example.com/shop/web/-/issues/4)'],
    ['%5 ~bug $7 &8 ^alert#9 GL-12 GH-12', '%·5 ~·bug \\$·7 &amp;·8 ^·alert#·9 GL-·12 GH-·12'],
    ['Closes #3', 'Clos·es [#3](https://gitlab.example.com/payments/billing/-/issues/3)'],
    [
      'Fixes: shop/web#4, resolves https://x.example/a/b/issues/5',
      'Fi·xes: [shop/web#4](https://gitlab.example.com/shop/web/-/issues/4), resolv·es [x.example/a/b/issues/5](https://x.example/a/b/issues/5)',
    ],
    ['Implements PROJ-7', 'Implemen·ts PROJ-7'],
    ['`Closes #3`', '`Clos·es #3`'],
    ['fix the closing tag', 'fix the closing tag'],
    [
      'https://gitlab.example.com/payments/billing/-/merge_requests/7',
      '[!7](https://gitlab.example.com/payments/billing/-/merge_requests/7)',
    ],
    ['(https://en.example.org/A_(b)).', '([en.example.org/A\\_(b)](https://en.example.org/A_%28b%29)).'],
    ['https://user:secret@x.example/', '[x.example/](https://x.example/)'],
    ['[x](javascript:alert(1)) [y](/relative)', '·x· ·y·'],
    ['![pixel](https://t.example/p.gif) [![badge](https://t.example/b.svg)](https://ci.example)', '·pixel· [·badge·](https://ci.example/)'],
    ['<img src=x onerror=alert(1)> <b>bold</b> Map<String>', '· ·bold· Map&lt;·String·&gt;'],
    ['<!-- lockkeeper:update {} -->x', '·x'],
    ['`<!-- lockkeeper:update {} -->`', '`<·!-- lockkeeper:update {} -->`'],
    ['a | b', 'a \\| b'],
    ['R&D, a & b, &lt;x&gt;', 'R&amp;·D, a & b, &lt;x·&gt;'],
    ['[ ] task, [ref][no], [issue:7]', '\\[· \\] task, \\[·ref\\]\\[·no\\], \\[·issue:7\\]'],
    ['left\u202eright\u2066 zero\u200bwidth\u0007', 'leftright zerowidth'],
    ['👩‍💻 ❤️ naïve 日本語', '👩‍💻 ❤️ naïve 日本語'],
    ['unbalanced ` tick', 'unbalanced \\` tick'],
  ])('%s', (text, expected) => {
    expect(seen(harmlessInline(text, { origin }))).toBe(expected);
  });

  test.each([
    ['/merge', '\\/merge'],
    ['\u200b ／merge', '\\/merge'],
    ['# title', '\\# title'],
    ['- item', '\\- item'],
    ['1. item', '1\\. item'],
    ['---', '\\---'],
    ['***', '\\***'],
    ['**bold** stays', '**bold** stays'],
    ['::include{file=x}', '\\::include{file=x}'],
    ['> quote', '·&gt; quote'],
    ['~~~', '~·~·~'],
  ])('at the start: %j', (text, expected) => {
    expect(seen(harmlessLine(text, { origin }))).toBe(expected);
  });

  test('without an origin, and on a forge without pages, nothing is linked', () => {
    expect(seen(harmlessInline('see #12 and a/b!3'))).toBe('see #·12 and a/b!·3');
    expect(seen(harmlessInline('see #12', { origin: { type: 'local', url: 'http://localhost:3000', path: 'billing' } }))).toBe('see #·12');
    expect(harmlessInline('#12', { origin: { type: 'github', url: 'https://github.com', path: 'o/r' } })).toBe(
      '[#12](https://github.com/o/r/issues/12)',
    );
  });

  test.each([
    ['a`b', '``a`b``'],
    ['`', '`` ` ``'],
    ['', ''],
    ['1.6.0', '`1.6.0`'],
  ])('codeSpan %j', (text, expected) => {
    expect(codeSpan(text)).toBe(expected);
  });
});

describe('release notes', () => {
  const notes = (...lines: string[]): string => seen(harmlessMarkdown(lines.join('\n'), origin));

  test.each<[string, string[], string[]]>([
    ['headings, also underlined', ['# One', 'text', 'Two', '---', 'x'], ['#### One', '', 'text', '', '#### Two', '', 'x']],
    ['lists in lists', ['* a', '  * b', '    more', '1. c', '   - d'], ['- a', '   - b', '      more', '1. c', '   - d']],
    [
      'links by label',
      ['see [1.2][] and [x][1]', '', '[1]: https://x.example/1', '[1.2]: <https://x.example/2> "t"'],
      ['see [1.2](https://x.example/2) and [x](https://x.example/1)'],
    ],
    ['tables', ['| a | b |', '|---|:-:|', '| `x|y` | @ada |'], ['| a | b |', '|---|:-:|', '| ·x|y· | @·ada |']],
    [
      'quick actions, also in quotes, lists and code',
      ['/merge', '> /close', '- /approve', '```', '/merge', '```'],
      ['\\/merge', '> \\/clos·e', '- \\/approve', '', '```', '·/merge', '```'],
    ],
    ['a diagram is text', ['```mermaid', 'graph', '```'], ['```text', 'graph', '```']],
    ['a fence that is never closed', ['~~~js', 'a', '```'], ['````js', 'a', '```', '````']],
    ['comments over lines', ['<!-- made by', 'a bot -->', 'x'], ['x']],
    ['tags over lines', ['<details>', '<summary>More</summary>', '', 'x', '</details>'], ['·More·', '', 'x']],
    ['quote blocks', ['>>>', '/merge', '>>>'], ['> ', '\\/merge', '> ']],
  ])('%s', (_, lines, expected) => {
    expect(notes(...lines).trimEnd()).toBe(expected.join('\n').trimEnd());
  });

  test('huge texts are cut', () => {
    expect(harmlessMarkdown('x\n'.repeat(100_000)).length).toBeLessThan(20_000);
    expect(harmlessMarkdown('y'.repeat(1_000_000)).length).toBeLessThanOrEqual(2003);
  });

  test('nothing inside a code block ends it', () => {
    expect(codeBlock('a\n```\nb\n````', 'yaml')).toBe('`````yaml\na\n```\nb\n````\n`````');
  });
});

describe('whatever comes', () => {
  const spice = fc.constantFrom(
    ...'@ # ! % ~ $ & ^ / < > [ ] ( ) ` `` ``` ~~~ | \\ * _ - + . : = \n \n\n'.split(' '),
    ...[
      '@ada',
      '@group/sub',
      '#12',
      '!34',
      'a/b#5',
      'Closes ',
      'fixes: ',
      'https://x.example/a/issues/5',
      '/merge',
      '\n/close',
      '> ',
      '- ',
      '1. ',
      '    ',
      '<b>',
      '</b>',
      '<!--',
      '-->',
    ],
    ...[
      '<!-- lockkeeper:update ',
      '<img src=x>',
      '![a](https://t.example/p)',
      '[a](https://x.example)',
      '[a]: https://x.example',
      '[a]',
      '](',
      '&#64;',
      '&lt;',
      '\u200b',
      '\u202e',
      '＠',
      '／',
      'x',
      ' ',
      '<details>',
      '|---|',
      '{',
      '}',
      'GH-',
      '7',
    ],
  );
  const text = fc
    .array(fc.oneof({ weight: 4, arbitrary: spice }, fc.string({ unit: 'grapheme', maxLength: 3 })), { maxLength: 40 })
    .map((parts) => parts.join(''));

  test('no line comes alive', () => {
    fc.assert(
      fc.property(text, (given) => expect(liveIn(`- ${harmlessLine(given, { origin })}`)).toEqual([])),
      { numRuns: 3000 },
    );
  });

  test('no release notes come alive', () => {
    fc.assert(
      fc.property(text, (given) => expect(liveIn(harmlessMarkdown(given, origin))).toEqual([])),
      { numRuns: 3000 },
    );
  });

  test.each([
    '[',
    '![',
    '](',
    '`',
    '`a',
    '``a',
    '<',
    '<a ',
    '<!--',
    '&',
    '&#',
    'a/',
    '@',
    '#1',
    '(',
    'https://',
    '[a](',
    '[a](<',
    '[a](b "',
    '\\',
    '*',
    '\n',
    ' ',
    '\n<!--',
    '[a]:',
    '| ',
    '|-',
    '> ',
    '- ',
    '\n```',
    'fix ',
    '_ ',
    '-',
  ])('100 kB of %j is no trouble', (piece) => {
    const hostile = piece.repeat(100_000 / piece.length);
    expect(harmlessInline(hostile, { origin }).length).toBeLessThan(1_000_000);
    expect(harmlessMarkdown(hostile, origin).length).toBeLessThan(1_000_000);
    expect(codeBlock(hostile, 'yaml').length).toBeLessThan(1_000_000);
  });
});
