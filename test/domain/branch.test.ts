import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { branchOf, rollbackBranchOf } from '../../src/domain/identifiers.ts';
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
  ['rollback', 'lockkeeper/rollback'],
  ['rollback-billing', /^lockkeeper\/rollback-billing--[0-9a-f]{10}$/],
  ['-x', /^lockkeeper\/x--/],
])('%j', (app, branch) => {
  expect(branchOf(app)).toEqual(typeof branch === 'string' ? branch : expect.stringMatching(branch));
});

test.each([
  ['billing', 'lockkeeper/rollback-billing'],
  ['rollback', 'lockkeeper/rollback-rollback'],
  ['rollback-billing', /^lockkeeper\/rollback-rollback-billing--[0-9a-f]{10}$/],
  ['Billing', /^lockkeeper\/rollback-billing--[0-9a-f]{10}$/],
  [undefined, 'lockkeeper/rollback--environment'],
])('the rollback of %j', (name, branch) => {
  expect(rollbackBranchOf(name)).toEqual(typeof branch === 'string' ? branch : expect.stringMatching(branch));
});

const app = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 120 }),
  fc
    .array(
      fc.constantFrom(
        'rollback-',
        'environment',
        'a',
        'B',
        '.',
        '..',
        '/',
        '-',
        '--',
        '.lock',
        '@{',
        '~',
        '^',
        ':',
        '?',
        '*',
        '[',
        '\\',
        ' ',
        '\0',
      ),
      {
        maxLength: 8,
      },
    )
    .map((parts) => parts.join('')),
);

test('no two apps share a branch, not even where capitals do not count', () => {
  fc.assert(
    fc.property(app, app, (a, b) => expect(branchOf(a).toLowerCase() === branchOf(b).toLowerCase()).toBe(a === b)),
    { numRuns: 2000 },
  );
});

test('no rollback has the branch of a proposal, nor of another rollback', () => {
  fc.assert(
    fc.property(app, fc.option(app, { nil: undefined }), (a, b) => {
      expect(branchOf(a).toLowerCase()).not.toBe(rollbackBranchOf(b).toLowerCase());
      expect(rollbackBranchOf(a).toLowerCase() === rollbackBranchOf(b).toLowerCase()).toBe(a === b);
    }),
    { numRuns: 2000 },
  );
});

describeWith('git', 'git', () => {
  test('takes every branch', () => {
    for (const name of fc.sample(app, 100))
      expect(execFileSync('git', ['check-ref-format', '--branch', branchOf(name)], { encoding: 'utf8' }).trim()).toBe(branchOf(name));
  });
});
