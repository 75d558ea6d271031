import type { Health, Value } from '../../../../src/deploy/rollout/health/health.ts';
import { comesUp, healthOf } from '../../../../src/deploy/rollout/health/health-of.ts';

const since = new Date('2026-11-21T10:00:00.700Z');
const judge = (apiVersion: string, kind: string, value: Value, justApplied = false): Health =>
  healthOf({ apiVersion, kind }, value, { since, bindsLate: (name) => name === 'local', justApplied });
const condition = (type: string, status: string, more: Value = {}) => ({ type, status, reason: 'Because', message: 'of that', ...more });

test.each<readonly [string, string, Value, Health['state'], string]>([
  ['v1', 'PersistentVolumeClaim', { spec: { storageClassName: 'fast' }, status: { phase: 'Bound' } }, 'ready', ''],
  [
    'v1',
    'PersistentVolumeClaim',
    { spec: { storageClassName: 'fast' }, status: { phase: 'Pending' } },
    'progressing',
    'it has no volume yet',
  ],
  ['v1', 'PersistentVolumeClaim', { spec: { storageClassName: 'local' }, status: { phase: 'Pending' } }, 'ready', ''],
  ['v1', 'PersistentVolumeClaim', { spec: {}, status: { phase: 'Lost' } }, 'failed', 'its volume is lost'],
  ['v1', 'Service', { spec: { type: 'ClusterIP' }, status: { loadBalancer: {} } }, 'ready', ''],
  [
    'v1',
    'Service',
    { spec: { type: 'LoadBalancer' }, status: { loadBalancer: {} } },
    'progressing',
    'it has no address of a load balancer yet',
  ],
  ['v1', 'Service', { spec: { type: 'LoadBalancer', externalIPs: ['192.0.2.7'] }, status: {} }, 'ready', ''],
  ['v1', 'Service', { spec: { type: 'LoadBalancer' }, status: { loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } } }, 'ready', ''],
  ['v1', 'Namespace', { status: { phase: 'Active' } }, 'ready', ''],
  ['v1', 'Namespace', {}, 'progressing', 'it is not active yet'],
  [
    'v1',
    'Namespace',
    { metadata: { deletionTimestamp: '2026-11-21T10:00:00Z' }, status: { phase: 'Terminating' } },
    'failed',
    'it is being deleted: deploy again once it is gone',
  ],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', { status: { conditions: [condition('Established', 'True')] } }, 'ready', ''],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', {}, 'progressing', 'it is not established yet'],
  [
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    { status: { conditions: [condition('NamesAccepted', 'False', { reason: 'PluralConflict', message: '"widgets" is already in use' })] } },
    'failed',
    'its names are not accepted: PluralConflict: "widgets" is already in use',
  ],
  ['apiregistration.k8s.io/v1', 'APIService', { status: { conditions: [condition('Available', 'True')] } }, 'ready', ''],
  [
    'apiregistration.k8s.io/v1',
    'APIService',
    {
      status: {
        conditions: [condition('Available', 'False', { reason: 'MissingEndpoints', message: 'endpoints for service/x have no addresses' })],
      },
    },
    'progressing',
    'it is not available: MissingEndpoints: endpoints for service/x have no addresses',
  ],
])('%s %s %j', (apiVersion, kind, value, state, message) => {
  expect(judge(apiVersion, kind, value)).toEqual({ state, message });
});

const custom = (status: Value | undefined, metadata: Value = {}): Value => ({
  metadata: { generation: 2, creationTimestamp: '2026-11-20T10:00:00Z', ...metadata },
  ...(status === undefined ? {} : { status }),
});
const notObserved = 'its controller has not taken up the last change yet';

test.each<readonly [string, Value, Health['state'], string]>([
  ['no status', custom(undefined), 'ready', ''],
  ['a status without conditions', custom({ phase: 'Whatever' }), 'ready', ''],
  ['conditions that are none', custom({ conditions: 'all fine' }), 'ready', ''],
  ['conditions of its own', custom({ conditions: [condition('Synced', 'False')] }), 'ready', ''],
  ['ready', custom({ conditions: [condition('Ready', 'True')] }), 'ready', ''],
  ['not ready', custom({ conditions: [condition('Ready', 'False')] }), 'progressing', 'Ready is False: Because: of that'],
  ['unknown', custom({ conditions: [condition('Ready', 'Unknown', { reason: '', message: '' })] }), 'progressing', 'Ready is Unknown'],
  ['available', custom({ conditions: [condition('Available', 'True')] }), 'ready', ''],
  ['not available', custom({ conditions: [condition('Available', 'False')] }), 'progressing', 'Available is False: Because: of that'],
  ['ready counts before available', custom({ conditions: [condition('Available', 'False'), condition('Ready', 'True')] }), 'ready', ''],
  ['of an older generation', custom({ observedGeneration: 1, conditions: [condition('Ready', 'True')] }), 'progressing', notObserved],
  ['whose condition is older', custom({ conditions: [condition('Ready', 'True', { observedGeneration: 1 })] }), 'progressing', notObserved],
  [
    'reconciling',
    custom({ conditions: [condition('Reconciling', 'True'), condition('Ready', 'True')] }),
    'progressing',
    'it is being worked on: Because: of that',
  ],
  ['stalled', custom({ observedGeneration: 2, conditions: [condition('Stalled', 'True')] }), 'failed', 'it is stalled: Because: of that'],
  ['stalled, perhaps before', custom({ conditions: [condition('Stalled', 'True')] }), 'progressing', 'it is stalled: Because: of that'],
  [
    'stalled before',
    custom({
      conditions: [condition('Stalled', 'True', { observedGeneration: 1 }), condition('Ready', 'True', { observedGeneration: 2 })],
    }),
    'ready',
    '',
  ],
])('a custom resource: %s', (_, value, state, message) => {
  expect(judge('example.com/v1', 'Widget', value)).toEqual({ state, message });
});

test('what the run has just made may say nothing yet', () => {
  const made = custom(undefined, { creationTimestamp: '2026-11-21T10:00:00Z' });
  expect(judge('example.com/v1', 'Widget', made, true).state).toBe('progressing');
  expect(judge('example.com/v1', 'Widget', made).state).toBe('ready');
  expect(judge('example.com/v1', 'Widget', custom(undefined), true).state).toBe('ready');
});

test.each([
  ['apps/v1', 'Deployment', true],
  ['v1', 'Service', true],
  ['example.com/v1', 'Deployment', true],
  ['gateway.networking.k8s.io/v1', 'Gateway', true],
  ['v1', 'ConfigMap', false],
  ['v1', 'constructor', false],
  ['networking.k8s.io/v1', 'Ingress', false],
  ['batch/v1', 'CronJob', false],
  ['policy/v1', 'PodDisruptionBudget', false],
  ['autoscaling/v2', 'HorizontalPodAutoscaler', false],
  ['rbac.authorization.k8s.io/v1', 'Role', false],
])('whether %s %s is waited for: %s', (apiVersion, kind, waited) => {
  expect(comesUp({ apiVersion, kind })).toBe(waited);
});
