import { parseRequest } from '../../../src/access/request/parse.ts';
import { fc } from '../../support/fuzz.ts';

const path = 'access/billing/alice.yml';
const read = (text: string, at = path) => parseRequest(at, Buffer.from(text));
const good = ['user: alice', 'level: admin', 'reason: "INC-1234: migration stuck"', 'duration: 2h'];
const file = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;
/** The good request with one line instead of the one with its key, or beside the others. */
const but = (line: string): string => {
  const key = line.split(':')[0];
  const others = good.filter((one) => one.split(':')[0] !== key);
  return file(...others, line);
};

const asked = {
  namespace: 'billing',
  subject: { kind: 'user', name: 'alice' },
  level: 'admin',
  reason: 'INC-1234: migration stuck',
  durationMs: 7_200_000,
  breakGlass: false,
};

describe('reads', () => {
  test.each<[string, string, object]>([
    ['a request', file(...good), {}],
    ['one with comments and dashes', file('# why', '---', '', ...good.map((line) => `${line} # said`)), {}],
    ['one with lines of Windows', good.join('\r\n'), {}],
    ['any order', file(...[...good].reverse()), {}],
    ['a group', file('group: team-payments', ...good.slice(1)), { subject: { kind: 'group', name: 'team-payments' } }],
    ['quotes', file("user: 'alice'", 'level: "admin"', "reason: 'it''s \"stuck\"'", 'duration: "2h"'), { reason: 'it\'s "stuck"' }],
    ['quotes in quotes', but(String.raw`reason: "it says \"no\" \\ never"`), { reason: 'it says "no" \\ never' }],
    ['a plain reason', but('reason: INC-1234 fehlgeschlagen – Größe 日本語'), { reason: 'INC-1234 fehlgeschlagen – Größe 日本語' }],
    ['a name of digits in quotes', but('user: "1234"'), { subject: { kind: 'user', name: '1234' } }],
    ['dots, dashes and underscores', but('user: _a.b-c_D9'), { subject: { kind: 'user', name: '_a.b-c_D9' } }],
    ['another level', but('level: readonly'), { level: 'readonly' }],
    ['a longer time', but('duration: 1d12h'), { durationMs: 36 * 3_600_000 }],
    ['the shortest time', but('duration: 1m'), { durationMs: 60_000 }],
    ['the glass broken', but('breakGlass: true'), { breakGlass: true }],
    ['the glass whole', but('breakGlass: false'), { breakGlass: false }],
  ])('%s', (_, text, otherwise) => {
    expect(read(text)).toEqual({ request: { ...asked, ...otherwise } });
  });

  test('the namespace from the path alone', () => {
    expect(read(file(...good), 'access/shop-1/x.yaml')).toEqual({ request: { ...asked, namespace: 'shop-1' } });
  });
});

describe('says what to write instead of', () => {
  test.each<[string, string, readonly string[]]>([
    ['a number for a user', but('user: 123'), ['line 4: user: expected a text, and 123 is none to YAML: write it in quotes']],
    ['a user called yes', but('user: yes'), ['line 4: user: expected a text, and yes is none to YAML: write it in quotes']],
    ['no user', file(...good.slice(1)), ['user is missing: add "user: NAME", or "group: NAME"']],
    ['nothing as a user', but('user:'), ['line 4: user: expected a text; add "user: NAME", or "group: NAME"']],
    ['both', file('group: team', ...good), ['names a user and a group: a request is for one of them, so write another for the other']],
    [
      'a user of the cluster',
      but('user: "system:masters"'),
      ['line 4: user: expected a name as the forge or app.yml has it, of letters, digits, ".", "_" and "-"'],
    ],
    ['level yes', but('level: yes'), ['line 4: level: expected a text, and yes is none to YAML: write it in quotes']],
    ['another level', but('level: Admin'), ['line 4: level: expected one of readonly, developer, admin']],
    ['no reason', but('reason: ""'), ['line 4: reason: expected why, in a few words']],
    [
      'a ticket and a colon without quotes',
      but('reason: INC-1234: migration stuck'),
      ['line 4: is no YAML: what reason says has a colon in it: write it in quotes, as in reason: "…"'],
    ],
    ['an essay', but(`reason: ${'a '.repeat(300)}b`), ['line 4: reason: expected at most 500 characters']],
    ['a time without a unit', but('duration: 90'), ['line 4: duration: expected a number and its unit, such as 90m or 2h']],
    ['another time', but('duration: 2 hours'), ['line 4: duration: expected a duration such as 90m, 2h or 1d']],
    ['no time at all', but('duration: 0h'), ['line 4: duration: expected at least 1m']],
    ['less than a minute', but('duration: 59s'), ['line 4: duration: expected at least 1m']],
    ['an hour until which', file(...good, 'until: 2026-11-22T10:00:00Z'), [unknown('until', 5)]],
    ['the glass broken in other words', but('breakGlass: yes'), ['line 5: breakGlass: expected true, or no such line']],
    ['nothing', '', ['is empty: write user, level, reason and duration, each on a line of its own']],
    ['a comment', '# later\n', ['is empty: write user, level, reason and duration, each on a line of its own']],
    [
      'everything wrong at once',
      file('user: 1', 'level: root', 'duration: soon', 'namespace: kube-system'),
      [
        unknown('namespace', 4),
        'line 1: user: expected a text, and 1 is none to YAML: write it in quotes',
        'line 2: level: expected one of readonly, developer, admin',
        'reason is missing: add "reason: …", which says why',
        'line 3: duration: expected a duration such as 90m, 2h or 1d',
      ],
    ],
  ])('%s', (_, text, problems) => {
    expect(read(text)).toEqual({ problems });
  });

  test('another place', () => {
    expect(read(file(...good), 'access/alice.yml')).toEqual({
      problems: ['lies elsewhere than a request: expected access/NAMESPACE/NAME.yml, in lower case, one folder below access'],
    });
  });
});

function unknown(key: string, line: number): string {
  return `line ${line}: unknown key "${key}": expected user or group, level, reason, duration, and breakGlass where it is needed`;
}

/** What YAML reads, and a reader may not: each would grant something else than it seems to, somewhere. */
const hostile: readonly (readonly [what: string, text: string | Uint8Array])[] = [
  ['a second document', file(...good, '---', 'user: mallory')],
  ['a second, empty document', file(...good, '---')],
  ['a document before', file('user: bob', '---', ...good)],
  ['an end and more', file(...good, '...', 'user: mallory')],
  ['a key twice', file(...good, 'user: mallory')],
  ['a key twice, once in quotes', file(...good, '"user": mallory')],
  ['a key twice, once escaped', file(...good, String.raw`"\x75ser": mallory`)],
  ['a merge key', file(...good, '<<: { user: mallory }')],
  ['a merge of an anchor', file('x: &x', '  user: mallory', '<<: *x', ...good)],
  ['an anchor', but('user: &who alice')],
  ['an alias', but('user: &who alice').replace('reason: "INC-1234: migration stuck"', 'reason: *who')],
  ['an alias for a key', file('level: &k admin', '*k : alice', ...good)],
  ['a tag', but('user: !!str alice')],
  ['a tag of ours', but('duration: !long 2h')],
  ['a tag without a name', but('user: ! alice')],
  ['a tag on the mapping', file('!!map', ...good)],
  ['a tag on a key', file(...good.slice(1), '!!str user: alice')],
  ['an anchor on the mapping', file('&all', ...good)],
  ['a %TAG directive', file('%TAG ! tag:example.com,2026:', '---', ...good)],
  ['a %YAML directive', file('%YAML 1.1', '---', ...good)],
  ['an unknown directive', file('%HELLO', '---', ...good)],
  ['braces', '{ user: alice, level: admin, reason: stuck, duration: 2h }\n'],
  ['braces over lines', file('{', 'user: alice,', 'level: admin,', 'reason: stuck,', 'duration: 2h', '}')],
  ['a list', file('- user: alice')],
  ['a text', 'alice\n'],
  ['indented keys', good.map((line) => `  ${line}`).join('\n')],
  ['a key with a question mark', file('? user', ': alice', ...good.slice(1))],
  ['a question mark on one line', file('? user', ...good)],
  ['a key in quotes', file('"user": alice', ...good.slice(1))],
  ['a list for a user', but('user: [alice, mallory]')],
  ['a list below', file(...good.slice(1), 'user:', '  - alice')],
  ['a mapping for a user', but('user: { name: alice }')],
  ['a mapping for a key', file(...good, '{ user: a }: mallory')],
  ['a list for a key', file(...good, '[user]: mallory')],
  ['a block', but('reason: |\n  stuck')],
  ['a folded block', but('user: >-\n  alice')],
  ['a value on the next line', but('user:\n  alice')],
  ['a reason over lines', but('reason: stuck\n  level: readonly')],
  ['a reason in quotes over lines', but('reason: "stuck\n  duration: 1m"')],
  ['an escape', but(String.raw`user: "\x61lice"`)],
  ['an escaped turn', but(String.raw`reason: "stuck \u202e"`)],
  ['an escaped line end', but(String.raw`reason: "stuck\nlevel: readonly"`)],
  ['a bare carriage return', but('reason: stuck\rlevel: readonly')],
  ['a carriage return at the end', `${good.join('\n')}\r`],
  ['two carriage returns', good.join('\r\r\n')],
  ['a tab', but('user:\talice')],
  ['a null character', but('user: al\u0000ice')],
  ['an escape character', but('reason: \u001b[2Kstuck')],
  ['a backspace', but('reason: stuck\b\b')],
  ['a deleted character', but('reason: stuck\u007f')],
  ['a byte order mark', `\ufeff${file(...good)}`],
  ['a zero-width space', but('user: al\u200bice')],
  ['a zero-width joiner', but('user: al\u200dice')],
  ['a soft hyphen', but('reason: st\u00aduck')],
  ['a turn to the left', but('reason: stuck \u202e nimda')],
  ['an isolated turn', but('reason: \u2066stuck\u2069')],
  ['a mark of direction', but('reason: stuck \u200f')],
  ['a next line', but('reason: stuck\u0085level: readonly')],
  ['a line separator', but('reason: stuck\u2028level: readonly')],
  ['a paragraph separator', but('reason: stuck\u2029level: readonly')],
  ['a blank that does not break', but('user:\u00a0alice')],
  ['an ideographic space', but('reason: stuck\u3000here')],
  ['a Hangul filler', but('reason: stuck\u3164')],
  ['an empty Braille sign', but('reason: \u2800')],
  ['invisible tag characters', but('reason: stuck\u{e0061}')],
  ['a variation selector', but('reason: stuck\ufe0f')],
  ['a private character', but('reason: stuck\ue000')],
  ['half a character', Buffer.concat([Buffer.from(but('reason: stuck').trimEnd()), Buffer.from([0xed, 0xa0, 0x80])])],
  ['Latin-1', Buffer.from(but('reason: gest\u00f6rt'), 'latin1')],
  ['UTF-16', Buffer.from(file(...good), 'utf16le')],
  ['an overlong form', Buffer.concat([Buffer.from(file(...good)), Buffer.from([0xc0, 0xaf])])],
  ['a Cyrillic name', but('user: \u0430lice')],
  ['letters of full width', but('user: \uff41lice')],
  ['a Cyrillic key', file(...good, 'l\u0435vel: admin')],
  ['a key in capitals', file(...good, 'User: mallory')],
  ['a key of every object', file(...good, '__proto__: mallory')],
  ['a constructor', file(...good, 'constructor: mallory')],
  ['a namespace', file(...good, 'namespace: kube-system')],
  ['approvers', file(...good, 'approvers: mallory')],
  ['a name with a slash', but('user: a/b')],
  ['a name with a blank', but('user: alice mallory')],
  ['a service account', but('user: system:serviceaccount:billing:default')],
  ['a group of the cluster', file('group: "system:masters"', ...good.slice(1))],
  ['a group of the forge', file('group: "@platform/leads"', ...good.slice(1))],
  ['a bot of GitHub', but('user: "dependabot[bot]"')],
  ['a name that begins with a dot', but('user: .alice')],
  ['a name without an end', but(`user: ${'a'.repeat(300)}`)],
  ...['null', '~', 'true', 'on', 'N', '0x10', '0o17', '1e3', '1_000', '1:30', '.5', '12.', '+1', '.inf', '.NaN', '2026-11-22', '0b11'].map(
    (value) => [`${value} for a user`, but(`user: ${value}`)] as const,
  ),
  ['a negative duration', but('duration: -2h')],
  ['a fraction', but('duration: 1.5h')],
  ['a duration of ISO', but('duration: PT2H')],
  ['an endless duration', but('duration: 99999999h')],
  ['a duration backwards', but('duration: 5m2h')],
  ['a date for a duration', but('duration: 2026-11-22T10:00:00Z')],
  ['1 for a broken glass', but('breakGlass: 1')],
  ['TRUE for a broken glass', but('breakGlass: TRUE')],
  ['an empty broken glass', but('breakGlass:')],
  ['too much', but(`reason: stuck #${' '.repeat(17_000)}`)],
  ['endless nesting', `user: ${'['.repeat(15_000)}`],
  ['endless lines', 'user: alice\n'.repeat(1300)],
  ['an open quote', but('user: "alice')],
  ['a lone percent', file(...good, '%')],
];

describe('refuses', () => {
  test.each(hostile)('%s', (_, text) => {
    const parsed = parseRequest(path, typeof text === 'string' ? Buffer.from(text) : text);
    expect('problems' in parsed && parsed.problems.length > 0).toBe(true);
    for (const problem of 'problems' in parsed ? parsed.problems : []) expect(problem).not.toMatch(/[^\P{C}]|[\u2028\u2029]/u);
  });
});

test('whatever the bytes, there is an answer, and a request is one in its own words', () => {
  const words = fc.constantFrom(
    ...good,
    ...hostile.flatMap(([, text]) => (typeof text === 'string' && text.length < 200 ? text.split('\n') : [])),
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(words, fc.string()), { maxLength: 8 }), (lines) => {
      const text = lines.join('\n');
      const parsed = read(text);
      if ('problems' in parsed) return parsed.problems.length > 0;
      const { subject, level, breakGlass } = parsed.request;
      const starts = (key: string) => text.split(/\r?\n/).filter((line) => line.startsWith(`${key}:`)).length;
      return (
        starts(subject.kind) === 1 &&
        starts('level') === 1 &&
        starts('breakGlass') <= 1 &&
        text.includes(level) &&
        (!breakGlass || text.includes('true'))
      );
    }),
  );
});
