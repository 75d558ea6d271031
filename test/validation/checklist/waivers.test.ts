import type { Finding } from '../../../src/domain/finding.ts';
import { waiveAll } from '../../../src/validation/checklist/waivers.ts';
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
  const annotations = { 'lockkeeper.dev/waive.deprecated-api': 'next week', 'lockkeeper.dev/waive.api-server': 'no' };
  const [object, twin] = [
    objectOf(aWorkload({ metadata: { annotations } })),
    { ...objectOf(aWorkload()), place: { file: 'b.yaml', line: 1 } },
  ];
  const { apiVersion, kind, namespace, name } = object;
  const found = {
    ...object.place,
    severity: 'warning',
    object: { apiVersion, kind, namespace, name },
    message: 'policy/v1beta1 is deprecated',
  } as const;
  const others: readonly Finding[] = [
    { ...found, rule: 'api-server' },
    { ...found, rule: 'deprecated-api', file: 'b.yaml' },
    { ...object.place, severity: 'warning', rule: 'deprecated-api', message: 'of a file' },
  ];
  expect(waiveAll([{ ...found, rule: 'deprecated-api' }, ...others], [twin, object])).toEqual([
    { ...found, rule: 'deprecated-api', severity: 'waived', reason: 'next week' },
    ...others,
  ]);
});
