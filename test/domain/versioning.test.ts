import { UsageError } from '../../src/domain/errors.ts';
import { nestedQuantifier } from '../../src/domain/regex-safety.ts';
import { versioningOf } from '../../src/domain/versioning.ts';
import { decideAmong, movesTo } from '../support/decisions.ts';

describe('versioning: semver takes only what semver.org allows, with or without v', () => {
  test.each([
    ['1.2.3', '1.3.0 app-1.9.0 1.4 2.0.0.1 1.3.00', '1.3.0'],
    ['1.2.3', 'v1.3.0', 'v1.3.0'],
    ['1.2.3', '1.3.0-1 1.3.0-rc.1', '1.2.3'],
    ['1.2.3-1', '1.2.3-2 1.2.3', '1.2.3'],
    ['1.2.3-alpine', '1.2.4-alpine 1.3.0', '1.2.4-alpine'],
    ['2024.1.3', '2024.2.0 2024.02.1', '2024.2.0'],
  ])('%s among %s', (current, tags, to) => {
    expect(movesTo(current, tags.split(' '), { versioning: 'semver' })).toBe(to);
  });

  test('a current version that is none is named', () => {
    const reason = '"1.2" is not a semver version: it moves by digest only';
    expect(decideAmong('1.2', ['1.3'], { versioning: 'semver' })).toEqual({ kind: 'none', reason, held: [{ reason }] });
  });
});

describe('versioning: calver takes only dates', () => {
  test.each([
    ['24.04', '24.10 25.9', '24.10'],
    ['2024.01.15', '2024.02.01', '2024.02.01'],
    ['1.2.3', '1.2.4', '1.2.3'],
  ])('%s among %s', (current, tags, to) => {
    expect(movesTo(current, tags.split(' '), { versioning: 'calver' })).toBe(to);
  });
});

describe('versioning: regex', () => {
  const semantic = String.raw`regex:^v(?<major>\d+)\.(?<minor>\d+)(?:\.(?<patch>\d+))?(?:-(?<prerelease>[a-z]+\d*))?(?:_(?<compatibility>.*))?$`;
  const builds = String.raw`regex:^b(?<major>\d+)x(?<build>\d+)$`;
  test.each([
    [semantic, 'v1.2', 'v1.2.1 1.3.0 v1.3', 'v1.3'],
    [semantic, 'v1.2.3_musl', 'v1.2.4_musl v1.3.0_glibc v1.4.0', 'v1.2.4_musl'],
    [semantic, 'v1.2.3', 'v1.2.4-rc1', 'v1.2.3'],
    [semantic, 'v1.2.4-rc1', 'v1.2.4-rc2 v1.2.5-rc1', 'v1.2.4-rc2'],
    [semantic, 'v1.2.4-rc9', 'v1.2.4-rc10', 'v1.2.4-rc10'],
    [builds, 'b1x9', 'b1x10 b2y1', 'b1x10'],
    [builds, 'b1x9', `b${'9'.repeat(200)}x1`, 'b1x9'],
    ['regex:^(?<major>.+)$', '1', 'two 2', '2'],
    ['regex:^(?<major>\\d+)(?<compatibility>.*)$', '1"', '2"', '1"'],
  ])('%s: %s among %s', (versioning, current, tags, to) => {
    expect(movesTo(current, tags.split(' '), { versioning })).toBe(to);
  });

  test.each([
    ['regex:(', 'is not a regular expression'],
    ['regex:^\\d+$', 'has no named group'],
    ['regex:^(?<build>\\d+)$', 'has no named group'],
    ['regex:^(?<major>(?:\\d+)+)$', 'repeats what repeats'],
    ['regex:^(?<major>(a|a)*)$', 'repeats what repeats'],
    ['npm', 'versioning "npm" is not known'],
    ['', 'is not known'],
  ])('%s is refused: %s', (versioning, message) => {
    expect(() => versioningOf(versioning)).toThrow(UsageError);
    expect(() => versioningOf(versioning)).toThrow(message);
  });

  test('a pattern that takes for ever all the same is stopped', () => {
    const versioning = versioningOf(`regex:^(?<major>\\d+)${'\\d*'.repeat(20)}x$`);
    expect(() => versioning.readAll(['1'.repeat(128)])).toThrow('took longer than 1000 ms on 1 tags');
  });
});

test.each([
  ['(a+)+', '(a+)+'],
  ['x(?:a*)*', '(?:a*)*'],
  ['(?<n>a|b){2,}', '(?<n>a|b){2,}'],
  ['((a)*b)+', '((a)*b)+'],
  ['(\\d{2})*', '(\\d{2})*'],
  ['(a+)?', undefined],
  ['(a+){0,1}', undefined],
  ['([a+]\\+\\))+', undefined],
  ['(ab)+c*', undefined],
  ['(a|b)c+', undefined],
  ['((a+)?b)+', '((a+)?b)+'],
])('nested quantifier in %s: %s', (pattern, found) => {
  expect(nestedQuantifier(pattern)).toBe(found);
});
