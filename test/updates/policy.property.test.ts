import { parseVersion } from '../../src/domain/version.ts';
import { comparable, compareVersions } from '../../src/domain/version-order.ts';
import { decideAmong } from '../support/decisions.ts';
import { fc } from '../support/fuzz.ts';

const small = fc.integer({ min: 0, max: 12 }).map(String);
const part = fc.oneof({ weight: 8, arbitrary: small }, fc.constantFrom('01', '2024', '20240115', '99999999999999999999'));
const coreOf = (length: number) => fc.array(part, { minLength: length, maxLength: length }).map((parts) => parts.join('.'));
const prefixes = ['', '', '', 'v', 'app-', 'app/v', 'jammy-', 'main-abc1234-'];
/** `#` stands for a number. */
const suffixes = [
  '',
  '',
  '-rc#',
  'b#',
  '-#',
  '_#-jdk',
  '-alpine3.#',
  '-debian-12-r#',
  '-abc123#',
  '-alpine',
  '-SNAPSHOT',
  '-dev',
  '-nightly.#',
];
const oddSuffixes = ['-0.dev-#-gabcdef0', '+build.#', '.Final', '-amd64', '-#-gabcdef0'];

const tagOf = (prefix: string, length: number, suffix: string) =>
  fc.tuple(coreOf(length), small).map(([core, number]) => `${prefix}${core}${suffix.replace('#', number)}`);

const make = fc.record({
  prefix: fc.constantFrom(...prefixes),
  length: fc.integer({ min: 1, max: 4 }),
  suffix: fc.constantFrom(...suffixes, ...oddSuffixes),
});
const versionTag = make.chain(({ prefix, length, suffix }) => tagOf(prefix, length, suffix));
const oddTags = ['latest', 'main', 'abc1234', '24.04', '24.10', '2024-01-15', 'RELEASE.2024-01-16T16-07-38Z', '8u402-b06', '8u392-b08'];
const noise = fc.string({ unit: fc.constantFrom('0', '1', '9', 'a', 'b', 'f', 'g', 'v', '.', '-', '_', '+', '*', '#') });

/** Mostly tags that are like the current one, or like its pre-releases. */
const input = fc.record({ make, types: fc.subarray(['major', 'minor', 'patch'] as const, { minLength: 1 }) }).chain(({ make, types }) => {
  const { prefix, length, suffix } = make;
  const alike = fc.constantFrom(suffix, suffix, `-rc#${suffix}`, '').chain((other) => tagOf(prefix, length, other));
  const tag = fc.oneof({ weight: 6, arbitrary: alike }, { weight: 3, arbitrary: versionTag }, fc.constantFrom(...oddTags), noise);
  return fc.record({ current: tagOf(prefix, length, suffix), tags: fc.array(tag, { maxLength: 40 }), types: fc.constant(types) });
});
const shuffled = input.chain((values) =>
  fc.shuffledSubarray(values.tags, { minLength: values.tags.length }).map((other) => ({ ...values, other: [...other, ...other] })),
);
const runs = { numRuns: 3000 };

test('a decision does not depend on the order of the list or on duplicates', () => {
  fc.assert(
    fc.property(shuffled, ({ current, tags, types, other }) => {
      const withoutCount = (list: readonly string[]) => JSON.stringify(decideAmong(current, list, { types })).replace(/the \d+ that/, '');
      expect(withoutCount(other)).toBe(withoutCount(tags));
    }),
    runs,
  );
});

test('a decision never leads to a lower, an incomparable or a forbidden version, nor from stable to a pre-release', () => {
  let updates = 0;
  fc.assert(
    fc.property(input, ({ current, tags, types }) => {
      const decision = decideAmong(current, tags, { types });
      if (decision.kind === 'none') return;
      updates += 1;
      const [from, to] = [parseVersion(current), parseVersion(decision.to.version)];
      if (from.kind !== 'version' || to.kind !== 'version') throw new Error(`${current} to ${decision.to.version}`);
      expect(tags).toContain(decision.to.version);
      expect(comparable(from, to)).toBe(true);
      expect(compareVersions(to, from)).toBeGreaterThan(0);
      expect(types).toContain(decision.type);
      expect(from.pre === undefined && to.pre !== undefined).toBe(false);
    }),
    runs,
  );
  expect(updates).toBeGreaterThan(runs.numRuns / 10);
});

test('held versions are higher than the one taken, each with its reason, and the highest one free of reasons is taken', () => {
  fc.assert(
    fc.property(input, ({ current, tags, types }) => {
      const decision = decideAmong(current, tags, { types });
      const taken = parseVersion(decision.kind === 'update' ? decision.to.version : current);
      for (const { version, reason } of decision.held) {
        if (version === undefined) continue; // the current one itself cannot move
        const held = parseVersion(version);
        if (held.kind !== 'version' || taken.kind !== 'version') throw new Error(`${version} held`);
        expect(compareVersions(held, taken)).toBeGreaterThanOrEqual(0);
        expect(reason).not.toBe('');
        expect(decideAmong(current, [version], { types }).kind).toBe('none');
      }
    }),
    runs,
  );
});

test('the order of comparable versions is transitive and antisymmetric', () => {
  fc.assert(
    fc.property(input, ({ current, tags }) => {
      const from = parseVersion(current);
      if (from.kind !== 'version') return;
      const found = tags.map(parseVersion).filter((version) => version.kind === 'version');
      const candidates = found.filter((version) => comparable(from, version));
      for (const a of candidates) {
        for (const b of candidates) {
          expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
          const between = candidates.filter((c) => compareVersions(a, c) <= 0 && compareVersions(c, b) <= 0);
          if (between.length > 0) expect(compareVersions(a, b)).toBeLessThanOrEqual(0);
        }
      }
    }),
    { numRuns: 1000 },
  );
});

test('twenty thousand tags in any order give the same decision', () => {
  const tags = Array.from({ length: 20_000 }, (_, i) => `1.${(i * 7919) % 20_000}.0-alpine3.${i % 20}`);
  const decision = decideAmong('1.5.0-alpine3.3', tags);
  expect(decision).toMatchObject({ kind: 'update', to: { version: expect.stringMatching(/^1\.1999\d\.0-alpine3\.\d+$/) } });
  expect(decideAmong('1.5.0-alpine3.3', tags.toReversed())).toEqual(decision);
  expect(decideAmong('1.5.0-alpine3.3', tags.toSorted())).toEqual(decision);
});
