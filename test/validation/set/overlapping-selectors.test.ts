import { found } from './support.ts';

const workload = (kind: string, name: string, selector: string, labels: string, namespace = 'shop') => {
  const template = `template: { metadata: { labels: { ${labels} } } }`;
  const spec = kind === 'batch/v1/CronJob' ? `jobTemplate: { spec: { ${template} } }` : template;
  const at = kind.lastIndexOf('/');
  return `apiVersion: ${kind.slice(0, at)}\nkind: ${kind.slice(at + 1)}\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: { selector: { ${selector} }, ${spec} }\n---\n`;
};
const deployment = (name: string, labels: string, selector = `matchLabels: { ${labels} }`, namespace = 'shop') =>
  workload('apps/v1/Deployment', name, selector, labels, namespace);
const overlap = (severity: string, line: number, name: string, other: string) =>
  `${severity} selector-overlap ${line}: The selector of Deployment ${name} in namespace shop also selects the pods of ${other}.`;

test.each([
  ['of their own', deployment('a', 'app: a') + deployment('b', 'app: b'), []],
  ['in another namespace', deployment('a', 'app: a') + deployment('b', 'app: a', 'matchLabels: { app: a }', 'other'), []],
  [
    'the same',
    deployment('a', 'app: a') + deployment('b', 'app: a'),
    [overlap('error', 4, 'a', 'Deployment b (a.yaml:8)'), overlap('error', 9, 'b', 'Deployment a (a.yaml:3)')],
  ],
  [
    'a canary that is selected too',
    deployment('a', 'app: a') + deployment('b', 'app: a, track: canary'),
    [overlap('error', 4, 'a', 'Deployment b (a.yaml:8)')],
  ],
  ['a canary that is not', deployment('a', 'app: a, track: stable') + deployment('b', 'app: a, track: canary'), []],
  [
    'by expressions',
    deployment('a', 'app: a', 'matchExpressions: [{ key: app, operator: In, values: [a, b] }]') + deployment('b', 'app: b'),
    [overlap('error', 4, 'a', 'Deployment b (a.yaml:8)')],
  ],
  [
    'not by expressions',
    deployment('a', 'app: a', 'matchLabels: { app: a }, matchExpressions: [{ key: job, operator: DoesNotExist }]') +
      deployment('b', 'app: a, job: x', 'matchLabels: { job: x }'),
    [],
  ],
  [
    'of another kind',
    deployment('a', 'app: a') + workload('apps/v1/StatefulSet', 'b', 'matchLabels: { tier: x }', 'app: a, tier: x'),
    [overlap('error', 4, 'a', 'StatefulSet b (a.yaml:8)')],
  ],
  [
    'of a job',
    deployment('a', 'app: a') + workload('batch/v1/CronJob', 'b', '', 'app: a'),
    [overlap('warning', 4, 'a', 'CronJob b (a.yaml:8)')],
  ],
  ['an empty selector', deployment('a', 'app: a', '') + deployment('b', 'app: b'), []],
])('pods: %s', (_, text, expected) => {
  expect(found(text)).toEqual(expected);
});

test('the same workload twice is told as that only', () => {
  expect(found(deployment('a', 'app: a') + deployment('a', 'app: a')).map((line) => line.split(' ')[1])).toEqual(['duplicate-object']);
});
