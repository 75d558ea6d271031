import { ConfigError } from '../../src/config/problem.ts';
import { UsageError } from '../../src/domain/errors.ts';
import { parseVersion } from '../../src/domain/version.ts';
import { parseAllow, parseIgnore } from '../../src/domain/version-range.ts';
import { chooseTags, searchText, spellings } from '../../src/updates/changelog/range.ts';
import { decideAmong } from '../support/decisions.ts';
import { fc } from '../support/fuzz.ts';

const pieces = [
  ...[
    '1',
    '0',
    '01',
    '2024',
    '20240115',
    '99999999999999999999',
    '1e3',
    '0x1F',
    '٣',
    '१',
    '１',
    '.',
    '..',
    '-',
    '--',
    '_',
    '+',
    '~',
    '^',
    '*',
    'x',
    'v',
    'V',
    'vv',
  ],
  ...[
    'rc',
    'alpha',
    'beta.',
    'dev',
    'SNAPSHOT',
    'alpine',
    'jdk',
    'g',
    'abcdef0',
    'latest',
    '/',
    '@',
    ':',
    ' ',
    '\n',
    '\0',
    '\u200b',
    '__proto__',
    'constructor',
    'NaN',
    'Infinity',
    '{',
    '$',
    '(',
    '|',
    '"',
  ],
  '1'.repeat(130),
  '1.'.repeat(70),
  '-rc'.repeat(45),
];
const tag = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join('')) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('1.4.2', 'v1.4', '2024.01.15', '8u402-b06'), fc.constantFrom(...pieces))
      .map((parts) => parts.join('')),
  },
  fc.string({ unit: 'binary', maxLength: 140 }),
);

test('any tag is read, and one that is no version is told as it is', () => {
  fc.assert(
    fc.property(tag, (text) => {
      const version = parseVersion(text);
      expect(version.text).toBe(text);
      if (version.kind === 'version') expect(text).toMatch(/^[\w.+/@~:-]{1,128}$/);
    }),
    { numRuns: 5000 },
  );
});

test('among any tags a decision is one of them, written so that a file may hold it, or none with a reason', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('1.4.2', 'v1.4', '1.4.2-alpine3.20', '2024.01.15', '8u402-b06', 'latest'),
      fc.array(tag, { maxLength: 30 }),
      (current, tags) => {
        const decision = decideAmong(current, tags);
        if (decision.kind === 'none') expect(decision.reason).not.toBe('');
        else {
          expect(tags).toContain(decision.to.version);
          expect(decision.to.version).toMatch(/^[\w.+/@~:-]{1,128}$/);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

test('any range is read, or refused by name', () => {
  fc.assert(
    fc.property(tag, (text) => {
      try {
        parseAllow(text);
        parseIgnore(text, parseVersion);
      } catch (error) {
        if (!(error instanceof UsageError || error instanceof ConfigError)) throw error;
        expect(error.message).not.toBe('');
      }
    }),
    { numRuns: 2000 },
  );
});

test('tags of a source are chosen among, whatever they are called', () => {
  fc.assert(
    fc.property(tag, tag, fc.array(tag, { maxLength: 10 }), (from, to, names) => {
      const tags = names.map((name) => ({ name, commit: 'a' }));
      const chosen = chooseTags(['app', from], from, to, tags);
      for (const one of [chosen.from, chosen.to]) if (one !== undefined) expect(tags).toContain(one);
      expect(spellings(from)).not.toEqual([]);
      expect(from).toContain(searchText(from));
    }),
    { numRuns: 2000 },
  );
});
