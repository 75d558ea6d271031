import { refusedByPlan, refusedByState } from '../../src/deploy/refusals.ts';
import { noEnvironmentFile } from '../../src/domain/environment.ts';
import type { Finding } from '../../src/domain/finding.ts';
import { type DesiredState, unreachable } from '../../src/manifests/desired-object.ts';
import { desired } from '../support/desired.ts';

const objects = desired('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n');
const state = (more: Partial<DesiredState> = {}): DesiredState => ({
  environment: noEnvironmentFile,
  objects,
  findings: [],
  complete: true,
  bundles: new Map(),
  ...more,
});
const finding = (severity: Finding['severity'], rule = 'yaml'): Finding => ({
  file: 'a.yaml',
  line: 3,
  severity,
  rule,
  message: 'is wrong',
});

test.each<[string, readonly [string, readonly string[], DesiredState], readonly object[]]>([
  ['all is well', ['staging', ['stage'], state()], []],
  ['a warning is no reason', ['staging', [], state({ findings: [finding('warning')] })], []],
  ['an error', ['staging', [], state({ findings: [finding('error'), finding('warning')] })], [{ message: 'a.yaml:3: is wrong' }]],
  [
    'a bundle that could not be fetched: another run may go better',
    ['staging', [], state({ findings: [finding('error', unreachable)], complete: false })],
    [{ message: 'a.yaml:3: is wrong', outside: true }],
  ],
  [
    'not all could be read, and what was is no error',
    ['staging', [], state({ findings: [finding('warning')], complete: false })],
    [{ message: 'not all of what is wanted could be read (a.yaml:3: is wrong)' }],
  ],
  [
    'nothing is wanted',
    ['staging', [], state({ objects: [] })],
    [expect.objectContaining({ message: expect.stringMatching(/^nothing at all/) })],
  ],
  ['a name that is no label', ['a/b', [], state()], [expect.objectContaining({ message: expect.stringMatching(/^"a\/b" cannot be/) })]],
  [
    'a former name that is none',
    ['a', ['x'.repeat(64)], state()],
    [expect.objectContaining({ message: expect.stringMatching(/^"x{64}" cannot be/) })],
  ],
  ['no name', ['', [], state()], [expect.objectContaining({ message: expect.stringMatching(/^"" cannot be/) })]],
])('%s', (_, [environment, formerly, wanted], expected) => {
  expect(refusedByState(environment, formerly, wanted)).toEqual(expected);
});

const object = (name: string, namespace = 'shop') => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name });

test.each<[string, readonly ReturnType<typeof object>[], readonly string[] | undefined, string | undefined]>([
  ['no plan was approved', [object('a')], undefined, undefined],
  ['just what was approved', [object('a')], ['ConfigMap/shop/a'], undefined],
  ['less than was approved', [], ['ConfigMap/shop/a'], undefined],
  ['what lands in the namespace default', [object('a', 'default')], ['ConfigMap/a'], undefined],
  [
    'something else',
    [object('a'), object('b')],
    ['ConfigMap/shop/a'],
    '1 object would be pruned that the approved plan does not have: ConfigMap/shop/b',
  ],
  [
    'anything, where nothing was',
    [object('a'), object('b')],
    [],
    '2 objects would be pruned that the approved plan does not have: ConfigMap/shop/a and ConfigMap/shop/b',
  ],
])('a prune against the approved plan: %s', (_, prune, approved, message) => {
  expect(refusedByPlan(prune, approved)?.message).toBe(message);
});

test('whose plan it was is said, where that is known', () => {
  expect(refusedByPlan([object('a')], [], 'merge request 12')?.message).toBe(
    '1 object would be pruned that the approved plan of merge request 12 does not have: ConfigMap/shop/a',
  );
});
