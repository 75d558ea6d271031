import { UsageError } from '../../src/domain/errors.ts';
import { fits, fitting, wantedVersion } from '../../src/domain/kubernetes-version.ts';

test.each([
  ['1.36', '1.36'],
  ['v1.36', '1.36'],
  ['1.36.3', '1.36.3'],
  ['v1.36.3', '1.36.3'],
])('%s is the version %s', (text, version) => expect(wantedVersion(text)).toBe(version));

test.each(['', '1', 'latest', '1.36.x', '1.36.3-rc.1', '1.36/../..', '1.36.3.4', '-1.36'])('%j is none', (text) => {
  expect(() => wantedVersion(text)).toThrow(UsageError);
});

test.each([
  ['1.36.3', undefined, true],
  ['1.36.3', '1.36', true],
  ['1.36.0-rc.1', '1.36', true],
  ['1.36.3+k3s1', '1.36', true],
  ['1.35.3', '1.36', false],
  ['1.3.6', '1.36', false],
  ['1.36.3', '1.36.3', true],
  ['1.36.2', '1.36.3', false],
  ['what', '1.36', false],
])('%s for %s: %s', (version, wanted, does) => expect(fits(version, wanted)).toBe(does));

test.each([
  ['1.36', ['1.36.10', '1.36.9', '1.36.2']],
  ['1.35', ['1.35.0-rc.1']],
  ['1.36.9', ['1.36.9']],
  ['1.34', []],
  [undefined, ['1.36.10', '1.36.9', '1.36.2']],
])('of %s these fit, the newest first: %j', (wanted, versions) => {
  expect(fitting(['1.36.2', '1.36.10', '1.36.9', '1.37.0-alpha.1', '1.35.0-rc.1', 'odd'], wanted)).toEqual(versions);
});
