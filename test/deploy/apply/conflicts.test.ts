import { conflictsOf, inTheWay, mayTake } from '../../../src/deploy/apply/conflicts.ts';
import { objectOf } from '../../support/desired.ts';

const reply = (...causes: readonly { field?: string; message?: string }[]) => ({
  status: 409,
  warnings: [],
  body: JSON.stringify({ kind: 'Status', reason: 'Conflict', message: 'Apply failed with 1 conflict', details: { causes } }),
});

test.each([
  ['an update', 'conflict with "kubectl-edit" using apps/v1', { manager: 'kubectl-edit', operation: 'Update' }],
  ['an update with its time', 'conflict with "a b" using v1 at 2026-11-21T00:00:00Z', { manager: 'a b', operation: 'Update' }],
  ['an apply', 'conflict with "flux"', { manager: 'flux', operation: 'Apply' }],
  [
    'a subresource',
    'conflict with "kubectl" with subresource "scale" using apps/v1',
    { manager: 'kubectl', operation: 'Update', subresource: 'scale' },
  ],
])('a conflict says whose field it is: %s', (_, message, conflict) => {
  expect(conflictsOf(reply({ field: '.spec.replicas', message }))).toEqual([{ field: '.spec.replicas', ...conflict }]);
});

test('a conflict about versions is none about fields', () => {
  expect(conflictsOf(reply())).toEqual([]);
  expect(conflictsOf({ status: 409, warnings: [], body: '{"reason":"AlreadyExists"}' })).toEqual([]);
});

const object = (annotations = {}) =>
  objectOf({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a', annotations }, spec: { replicas: 1 } });
const enabled = { 'lockkeeper.dev/take-over': 'enabled' };

test.each([
  ['a controller’s', 'kube-controller-manager', 'Update', '.spec.replicas', {}, true, false],
  ['a controller’s, with the annotation', 'kube-controller-manager', 'Update', '.spec.replicas', enabled, false, true],
  [
    'the annotation says something else',
    'kube-controller-manager',
    'Update',
    '.spec.replicas',
    { 'lockkeeper.dev/take-over': 'yes' },
    false,
    false,
  ],
  ['a person’s', 'kubectl-edit', 'Update', '.spec.replicas', {}, false, false],
  ['a person’s, where drift is corrected', 'kubectl-edit', 'Update', '.spec.replicas', {}, true, true],
  ['kubectl apply’s', 'kubectl-client-side-apply', 'Update', '.spec.replicas', {}, false, true],
  ['kubectl apply --server-side’s', 'kubectl', 'Apply', '.spec.replicas', {}, false, true],
  ['fields of before anybody took note', 'before-first-apply', 'Update', '.spec.replicas', {}, false, true],
  ['another GitOps tool’s', 'argocd-controller', 'Apply', '.spec.replicas', {}, true, false],
  ['a mark of ours', 'anybody', 'Update', '.metadata.labels.lockkeeper.dev/environment', {}, false, true],
] as const)('may a field be taken: %s', (_, manager, operation, field, annotations, correct, may) => {
  expect(mayTake({ manager, operation, field }, object(annotations), correct)).toBe(may);
});

test('who may not take it reads whose it is, and what to do', () => {
  expect(inTheWay(object(), { field: '.spec.replicas', manager: 'kubectl', operation: 'Update', subresource: 'scale' })).toEqual({
    object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: '', name: 'a' },
    message: 'a.yaml:1: spec.replicas belongs to the field manager "kubectl" (by scale), which set it to another value',
    help: 'leave the field out of the manifest, so that its owner keeps it, or annotate the object with lockkeeper.dev/take-over: enabled to take it over, or let this environment set back what people change (drift.correct: true)',
  });
});
