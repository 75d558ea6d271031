import { checkSet } from '../../../src/validation/set/check-set.ts';
import { desired } from '../../support/desired.ts';

const object = (apiVersion: string, kind: string, metadata: string) =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { ${metadata} }\n`;
const config = object('v1', 'ConfigMap', 'name: a, namespace: shop');

test('both places are named, and the finding stands at the name of the later one', () => {
  const findings = checkSet([...desired(config, 'manifests/a.yaml'), ...desired(`# second\n${config}`, 'manifests/b.yaml')]);
  expect(findings).toEqual([
    {
      severity: 'error',
      rule: 'duplicate-object',
      file: 'manifests/b.yaml',
      line: 4,
      object: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' },
      message: 'ConfigMap a in namespace shop stands twice: here, and in manifests/a.yaml:3.',
      help: 'Delete one of them, or give it another name: whichever is applied last would overwrite the other.',
    },
  ]);
});

test.each([
  [
    'another version of the API',
    object('policy/v1', 'PodDisruptionBudget', 'name: a'),
    object('policy/v1beta1', 'PodDisruptionBudget', 'name: a'),
    1,
  ],
  ['default, written and left out', object('v1', 'ConfigMap', 'name: a'), object('v1', 'ConfigMap', 'name: a, namespace: default'), 1],
  ['a namespace where none belongs', object('v1', 'Namespace', 'name: a'), object('v1', 'Namespace', 'name: a, namespace: b'), 1],
  ['another namespace', config, object('v1', 'ConfigMap', 'name: a, namespace: other'), 0],
  ['another kind', config, object('v1', 'Secret', 'name: a, namespace: shop'), 0],
  ['the same kind of another group', object('v1', 'Service', 'name: a'), object('serving.knative.dev/v1', 'Service', 'name: a'), 0],
  ['without a name', object('batch/v1', 'Job', 'generateName: a-'), object('batch/v1', 'Job', 'generateName: a-'), 0],
])('%s', (_, one, other, count) => {
  expect(checkSet(desired(`${one}---\n${other}`)).map(({ rule }) => rule)).toEqual(Array(count).fill('duplicate-object'));
});

test('of three each later one names the first', () => {
  const findings = checkSet(desired([config, config, config].join('---\n')));
  expect(findings.map(({ line, message }) => [line, message.slice(-9)])).toEqual([
    [7, 'a.yaml:3.'],
    [11, 'a.yaml:3.'],
  ]);
});
