import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { branchOf } from '../../src/domain/identifiers.ts';
import { describeWith } from '../support/parts.ts';

test.each([
  ['billing', 'lockkeeper/billing'],
  ['billing-api_2.0', 'lockkeeper/billing-api_2.0'],
  ['payments/billing', /^lockkeeper\/payments-billing--[0-9a-f]{10}$/],
  ['Billing', /^lockkeeper\/billing--[0-9a-f]{10}$/],
  ['a..b', /^lockkeeper\/a-b--/],
  ['a.lock', /^lockkeeper\/a-lock--/],
  ['a--b', /^lockkeeper\/a-b--/],
  ['日本', /^lockkeeper\/app--/],
  ['', /^lockkeeper\/app--/],
  ['-x', /^lockkeeper\/x--/],
])('%j', (app, branch) => {
  expect(branchOf(app)).toEqual(typeof branch === 'string' ? branch : expect.stringMatching(branch));
});

const app = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 120 }),
  fc
    .array(fc.constantFrom('a', 'B', '.', '..', '/', '-', '--', '.lock', '@{', '~', '^', ':', '?', '*', '[', '\\', ' ', '\0'), {
      maxLength: 8,
    })
    .map((parts) => parts.join('')),
);

test('no two apps share a branch, not even where capitals do not count', () => {
  fc.assert(
    fc.property(app, app, (a, b) => expect(branchOf(a).toLowerCase() === branchOf(b).toLowerCase()).toBe(a === b)),
    { numRuns: 2000 },
  );
});

describeWith('git', 'git', () => {
  test('takes every branch', () => {
    for (const name of fc.sample(app, 100))
      expect(execFileSync('git', ['check-ref-format', '--branch', branchOf(name)], { encoding: 'utf8' }).trim()).toBe(branchOf(name));
  });
});
