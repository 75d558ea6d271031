import type { Finding } from '../../../src/domain/finding.ts';
import { waive } from '../../../src/validation/checklist/waivers.ts';
import { aBudget, aWorkload, judged, said } from '../../support/builders/workloads.ts';
import { objectOf } from '../../support/desired.ts';

const single = (annotations: Readonly<Record<string, unknown>>) => aWorkload({ metadata: { annotations }, spec: { replicas: 1 } });

test('an annotation with a reason waives one rule on its object, and the reason is shown', () => {
  const [finding, ...others] = judged([single({ 'lockkeeper.dev/waive.single-replica': ' licensed for one seat \n' })]);
  expect(finding).toMatchObject({ severity: 'waived', rule: 'single-replica', reason: 'licensed for one seat' });
  expect(others).toEqual([]);
});

test('an error is waived, too, and only the rule and the object that the annotation names', () => {
  const budget = aBudget({ maxUnavailable: 0 }, { annotations: { 'lockkeeper.dev/waive.budget-blocks-drain': 'moved by hand' } });
  const other = aBudget({ maxUnavailable: 0 }, { name: 'b', namespace: 'b' });
  const findings = judged([budget, other, aWorkload(), aWorkload({ metadata: { namespace: 'b' } })]);
  expect(findings.map(({ severity, object }) => [severity, object?.namespace])).toEqual([
    ['waived', 'shop'],
    ['error', 'b'],
  ]);
});

test.each<[unknown]>([[''], ['  \n'], [true], [null], [1]])('a reason of %j waives nothing, and that is said', (reason) => {
  const findings = judged([single({ 'lockkeeper.dev/waive.single-replica': reason })]);
  expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([
    ['single-replica', 'warning'],
    ['waiver', 'warning'],
  ]);
  expect(findings[1]?.message).toBe('It waives single-replica without a reason, and so waives nothing.');
});

test.each<[string, string]>([
  ['single-replicas', 'It waives single-replicas, which is no rule of the checklist; single-replica is.'],
  ['toString', 'It waives toString, which is no rule of the checklist.'],
  ['', 'It waives nothing, which is no rule of the checklist.'],
])('a waiver of %s is named with the nearest rule', (name, message) => {
  expect(said('waiver', aWorkload({ metadata: { annotations: { [`lockkeeper.dev/waive.${name}`]: 'because' } } }))).toEqual([message]);
});

test('a waiver that is not needed, and annotations of others, are left alone', () => {
  const annotations = { 'lockkeeper.dev/waive.single-replica': 'until the licence comes', 'lockkeeper.dev/prune': 'disabled' };
  expect(said('waiver', aWorkload({ metadata: { annotations } }))).toEqual([]);
});

test('what another finds under a name of the checklist can be waived, what the server says cannot', () => {
  const object = objectOf(
    aWorkload({
      metadata: { annotations: { 'lockkeeper.dev/waive.deprecated-api': 'next week', 'lockkeeper.dev/waive.api-server': 'no' } },
    }),
  );
  const finding: Finding = { ...object.place, severity: 'warning', rule: 'deprecated-api', message: 'policy/v1beta1 is deprecated' };
  expect(waive(finding, object)).toEqual({ ...finding, severity: 'waived', reason: 'next week' });
  expect(waive({ ...finding, rule: 'api-server' }, object)).toEqual({ ...finding, rule: 'api-server' });
});
