import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { EVENT_ID, type Event, getScalarValue, parseEvents, type ScalarEvent } from 'js-yaml';
import { readConfig } from '../../src/config/load.ts';
import { ConfigError } from '../../src/config/problem.ts';
import { fc } from '../support/fuzz.ts';

const design = readFileSync(resolve(import.meta.dirname, '../fixtures/config/valid/design.yml'), 'utf8');
const names = [
  'GITLAB_TOKEN',
  'GITLAB_WEBHOOK_SECRET',
  'GITHUB_APP_ID',
  'GITHUB_WEBHOOK_SECRET',
  'REGISTRY_PASSWORD',
  'NEXUS_PASSWORD',
  'SLACK_TOKEN',
];
const readFile = () => 'pem-of-the-app';
const env = Object.fromEntries(names.map((name) => [name, name.endsWith('_WEBHOOK_SECRET') ? 'b1946ac92492d234' : '4711']));

const isScalar = (event: Event | undefined): event is ScalarEvent => event?.type === EVENT_ID.SCALAR;
const events = parseEvents(design, {});
const scalars = events.filter(isScalar);
const line = (offset: number) => design.slice(0, offset).split('\n').length;
const textOf = (scalar: ScalarEvent) => getScalarValue(design, scalar);

/** Keys that the schema knows; those that the user chooses (names of forges, hosts) may read as they like. */
const chosen = new Set([
  'gitlab',
  'github',
  'local',
  'staging',
  'production',
  'registry.example.com',
  'nexus.example.com',
  '127.0.0.1:5000',
  'single-replica',
  'latest-tag',
]);
const keys = scalars.filter(
  (scalar) => /^: /.test(`${design.slice(scalar.valueEnd, scalar.valueEnd + 2).trimEnd()} `) && !chosen.has(textOf(scalar)),
);
/** Texts that are values. */
const values = scalars.filter((scalar) => design[scalar.valueEnd] !== ':' && design.slice(scalar.valueEnd, scalar.valueEnd + 2) !== '":');

function messagesFor(text: string, variables: Readonly<Record<string, string>>): ConfigError['problems'] {
  try {
    readConfig('app.yml', text, { env: variables, readFile });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

test('there is something to try', () => {
  expect(keys.length).toBeGreaterThan(60);
  expect(values.length).toBeGreaterThan(60);
  expect(messagesFor(design, env)).toEqual([]);
});

test('a key with a letter too many, too few, or two swapped is named with its line and with what was meant', () => {
  const typo = fc.record({
    key: fc.constantFrom(...keys),
    kind: fc.constantFrom('more', 'less', 'swap'),
    at: fc.nat(),
    letter: fc.constantFrom('a', 'b', 'c', 'x', 'y', 'z'),
  });
  fc.assert(
    fc.property(typo, ({ key, kind, at, letter }) => {
      const name = textOf(key);
      const where = at % Math.max(1, name.length - 1);
      const [before, first, second, after] = [name.slice(0, where), name.charAt(where), name.charAt(where + 1), name.slice(where + 2)];
      const wrong =
        { more: before + first + letter + second + after, less: before + second + after, swap: before + second + first + after }[kind] ??
        '';
      // `channel` and `channels` are one letter apart
      fc.pre(wrong !== name && wrong !== '' && !name.startsWith('channel'));
      const problems = messagesFor(design.slice(0, key.valueStart) + wrong + design.slice(key.valueEnd), env);
      const named = problems.find((problem) => problem.line === line(key.valueStart) && problem.key.split('.').at(-1) === wrong);
      expect(named?.message).toMatch(/^unknown key/);
      if (name.length > 4) expect(named?.message).toContain(`did you mean "${name}"?`);
    }),
    { numRuns: 300 },
  );
});

test('a secret from outside is in no message, whatever key it is given to and whatever it says', () => {
  const secret = fc.tuple(
    fc.constantFrom('', 'gitlab:', 'https://', '24h ', 'regex:', '>=', '*', '-----', 'file:', '@'),
    fc.stringMatching(/^[A-Z]{3}[!-~]{0,20}[A-Z]{3}$/),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...values),
      secret,
      fc.constantFrom('${file:/secret}', '${SECRET}', '${WORD}'),
      (value, [prefix, core], reference) => {
        const quote = ['"', "'"].includes(design[value.valueStart - 1] ?? '') ? '' : '"';
        const text = design.slice(0, value.valueStart) + quote + reference + quote + design.slice(value.valueEnd);
        try {
          readConfig('app.yml', text, {
            env: { ...env, SECRET: prefix + core, WORD: prefix + core },
            readFile: (path) => (path === '/secret' ? prefix + core : 'pem'),
          });
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error;
          expect(JSON.stringify(error.problems)).not.toContain(JSON.stringify(core).slice(1, -1));
          expect(error.message).not.toContain(core);
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test('a password written into the file is in no message, even where it breaks the YAML or stands a line too far', () => {
  const password = fc.tuple(
    fc.constantFrom('*', '!', '&', '%', '@', '`', '{', '[', '- ', '? ', '|', '"', "'", '', '#'),
    fc.stringMatching(/^[A-Z]{3}[a-z0-9:,"'}\]!*]{0,10}[A-Z]{3}$/),
  );
  fc.assert(
    fc.property(password, fc.boolean(), ([prefix, core], flow) => {
      const entry = flow
        ? `  nexus.example.com: { username: bot, password: ${prefix}${core} }`
        : `  nexus.example.com:\n    username: bot\n    password: ${prefix}${core}`;
      const text = design.replace(/^ {2}nexus\.example\.com: .*$/m, () => entry);
      for (const { message } of messagesFor(text, env)) expect(message).not.toContain(core);
    }),
    { numRuns: 500 },
  );
});

test('any text at all gives a configuration or a ConfigError', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.nat(design.length), (noise, at) => {
      messagesFor(noise, env);
      messagesFor(design.slice(0, at) + noise + design.slice(at), env);
      messagesFor(design.slice(0, at), env);
    }),
    { numRuns: 200 },
  );
});
