import { type Command, commandsIn, mayHoldCommand } from '../../src/domain/command-comment.ts';
import { fc } from '../support/fuzz.ts';

const ada = { id: '7', name: 'ada', bot: false };
const read = (text: string): readonly Command[] => commandsIn({ text, author: ada, edited: false });
const kinds = (text: string): readonly string[] => read(text).map(({ kind }) => kind);

const sha = '0123456789abcdef0123456789abcdef01234567';

test.each<[string, readonly Command[]]>([
  ['/lockkeeper validate', [{ kind: 'validate' }]],
  ['/lockkeeper   validate\t ', [{ kind: 'validate' }]],
  ['/lockkeeper help', [{ kind: 'help' }]],
  ['/lockkeeper', [{ kind: 'help' }]],
  ['/lockkeeper unlock', [{ kind: 'unlock' }]],
  ['/lockkeeper unlock !12', [{ kind: 'unknown', words: ['unlock', '!12'] }]],
  ['/lockkeeper validate please', [{ kind: 'unknown', words: ['validate', 'please'] }]],
  ['/lockkeeper Validate', [{ kind: 'unknown', words: ['Validate'] }]],
  [`/lockkeeper approve ${sha}`, [{ kind: 'approve', commit: sha }]],
  [`/lockkeeper approve ${sha}${sha.slice(0, 24)}`, [{ kind: 'approve', commit: `${sha}${sha.slice(0, 24)}` }]],
  ['/lockkeeper approve 0123456', [{ kind: 'unknown', words: ['approve', '0123456'] }]],
  [`/lockkeeper approve ${sha} ${sha}`, [{ kind: 'unknown', words: ['approve', sha, sha] }]],
  ['/lockkeeper access', [{ kind: 'unknown', words: ['access'] }]],
  [
    '/lockkeeper access admin billing for 2h because INC-1234: *migration* går `trögt`',
    [
      {
        kind: 'access',
        words: ['admin', 'billing', 'for', '2h', 'because', 'INC-1234:', '*migration*', 'går', '`trögt`'],
      },
    ],
  ],
])('%j', (text, commands) => {
  expect(read(text)).toEqual(commands);
});

describe('lines that a reader sees as commands', () => {
  test.each([
    'Thanks!\n/lockkeeper validate',
    'Thanks!\r\n\r\n/lockkeeper validate\r\n',
    '/lockkeeper validate\nnow it should be fine',
    '> /lockkeeper help\n\n/lockkeeper validate',
    '```\n/lockkeeper help\n```\n/lockkeeper validate',
    '- a\n  ```\n  /lockkeeper help\n  ```\n\n/lockkeeper validate',
    '<!-- a note -->\n/lockkeeper validate',
    'See `kubectl` and `a b`:\n/lockkeeper validate',
    '- a list\n/lockkeeper validate',
    '# Title\n/lockkeeper validate\n# Title',
  ])('%j', (text) => {
    expect(kinds(text)).toEqual(['validate']);
  });

  test('several, in their order', () => {
    expect(kinds('/lockkeeper validate\n/lockkeeper help\n\n/lockkeeper frobnicate')).toEqual(['validate', 'help', 'unknown']);
  });
});

describe('none', () => {
  test.each([
    ['within a line', 'please /lockkeeper validate'],
    ['of another name', '/lockkeepers validate\n/lockkeeper-validate\n/lockkeeper/validate\n/Lockkeeper validate'],
    ['after a space', ' /lockkeeper validate'],
    ['indented code', 'x\n\n    /lockkeeper validate'],
    ['a list', '- /lockkeeper validate\n1. /lockkeeper validate'],
    ['a quote', '> /lockkeeper validate'],
    ['a line that goes on a quote', '> said ada\n/lockkeeper validate'],
    ['a line that goes on a quote in a list', '- > said ada\n/lockkeeper validate'],
    ["GitLab's quote of several lines", '>>>\n/lockkeeper validate\n>>>'],
    ["GitLab's front matter", '---\n/lockkeeper validate\n---'],
    ['a fence', '```\n/lockkeeper validate\n```'],
    ['a fence of tildes', '~~~ sh\n/lockkeeper validate\n~~~'],
    ['a fence with another in it', '````\n```\n/lockkeeper validate\n```\n````'],
    ['a fence that is not ended', '```\nx\n\n/lockkeeper validate'],
    ['a fence whose end is indented too far', '```\n    ```\n/lockkeeper validate\n```'],
    ['a fence after one in a list, which the line ended', '- a\n  ```\nx\n  ```\n/lockkeeper validate\n  ```'],
    ['a fence after an end that is none in its list', '- a\n  ```\n  code\n```\n/lockkeeper validate\n```'],
    ['inline code', '`/lockkeeper validate`'],
    ['inline code over lines', 'a `b\n/lockkeeper validate\nc` d'],
    ['inline code after an escaped mark', '\\` foo `\n/lockkeeper validate`'],
    ['inline code after a mark in an address', '<https://a`b>`\n/lockkeeper validate`'],
    ['an HTML comment', '<!--\n/lockkeeper validate\n-->'],
    ['an HTML comment within a line', 'a <!-- b\n/lockkeeper validate\n--> c'],
    ['an HTML comment that is not ended', '<!-- a\n\n/lockkeeper validate'],
    ['a comment that some end at once, and some do not', '<!-->\n/lockkeeper validate\n-->'],
    ['a fence after a comment with a fence', '<!--\n```\n-->\n```\n/lockkeeper validate\n```'],
    ['a fence behind a mark of a comment in code', '`<!--`\n```\n-->\n/lockkeeper validate\n```'],
    ['raw HTML', '<pre>\n/lockkeeper validate\n</pre>'],
    ['raw HTML before it', '<details>\n\n/lockkeeper validate\n\n</details>'],
    ['raw HTML after a comment', '<!-- a --> <pre> <!-- b -->\n\n/lockkeeper validate'],
    ['raw HTML within a line', 'a <b>\n\n/lockkeeper validate'],
    ["a link's title", '[a]: /b "\n/lockkeeper validate\n"'],
    ['another kind of line end', 'x\u2028/lockkeeper validate'],
    ['a bare CR before it, in code', '```\r/lockkeeper validate\r```'],
    ['a character that does not show', '/lockkeeper val\u200bidate'],
    ['a character that turns the line around', '/lockkeeper \u202eetadilav'],
    ['a space that is none', '/lockkeeper\u00a0validate'],
    ['a control character', '/lockkeeper validate\u0007'],
    ['a zero byte', '/lockkeeper validate\u0000'],
    ['an escaped line', '\\/lockkeeper validate\n&#47;lockkeeper validate'],
    ['nothing', ''],
    ['far too much', `/lockkeeper validate\n${'x'.repeat(65_536)}`],
  ])('%s', (_, text) => {
    expect(read(text)).toEqual([]);
  });

  test("in an edited comment, or a bot's", () => {
    const text = '/lockkeeper validate';
    expect(commandsIn({ text, author: ada, edited: true })).toEqual([]);
    expect(commandsIn({ text, author: { ...ada, bot: true }, edited: false })).toEqual([]);
  });
});

const word = fc.stringMatching(/^[a-zA-Z0-9.:-]{1,12}$/);
const line = fc.oneof(
  fc.constant('/lockkeeper validate'),
  fc.stringMatching(/^[ -~]{0,30}$/),
  fc.constantFrom('', '```', '>', '<!--', '-->', '- a', '`'),
);
const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.join('\n'));

test('what is hidden as a whole holds none, whatever is in it', () => {
  const hidden = [
    (of: string) => of.replaceAll(/^/gm, '> '),
    (of: string) => of.replaceAll(/^/gm, '    '),
    (of: string) => `${'`'.repeat(40)}\n${of}\n${'`'.repeat(40)}`,
    (of: string) => `<!--\n${of.replaceAll('-->', '')}\n-->`,
    (of: string) => `<pre>\n${of}`,
  ];
  fc.assert(fc.property(text, fc.constantFrom(...hidden), (of, hide) => read(hide(of)).length === 0));
});

test('there is never one more than there are lines that begin so, and none of them without the cheap look saying so', () => {
  fc.assert(
    fc.property(text, (of) => {
      const begun = of.split('\n').filter((one) => /^\/lockkeeper(?:\s|$)/.test(one)).length;
      return read(of).length <= begun && mayHoldCommand(of) === begun > 0;
    }),
  );
});

test('words come back as they were written', () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), (words) => {
      expect(read(`/lockkeeper access ${words.join(' ')}`)).toEqual([{ kind: 'access', words }]);
    }),
  );
});
