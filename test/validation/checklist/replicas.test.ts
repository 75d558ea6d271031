import { anAutoscaler, aWorkload, said } from '../../support/builders/workloads.ts';

const keda = (spec: object) => ({
  apiVersion: 'keda.sh/v1alpha1',
  kind: 'ScaledObject',
  metadata: { name: 'web-queue', namespace: 'shop' },
  spec: { scaleTargetRef: { name: 'web' }, ...spec },
});
const rollout = (spec: object) => aWorkload({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', spec: { ...spec } });
const one = 'There is 1 replica: draining its node, or losing it, stops it.';

test.each<[string, readonly Readonly<Record<string, unknown>>[], readonly string[]]>([
  ['one that is written', [aWorkload({ spec: { replicas: 1 } })], [one]],
  ['none written means one', [aWorkload({ spec: { replicas: undefined } })], [one]],
  ['two', [aWorkload()], []],
  ['scaled to zero', [aWorkload({ spec: { replicas: 0 } })], []],
  ['a StatefulSet', [aWorkload({ kind: 'StatefulSet', spec: { replicas: 1 } })], [one]],
  ['a ReplicationController', [aWorkload({ apiVersion: 'v1', kind: 'ReplicationController', spec: { replicas: 1 } })], [one]],
  ['a Rollout', [rollout({ replicas: 1 })], [one]],
  [
    'a Rollout that takes its pods from elsewhere',
    [rollout({ replicas: undefined, workloadRef: { kind: 'Deployment', name: 'web' } })],
    [],
  ],
  ['a custom kind that says one', [aWorkload({ apiVersion: 'example.com/v1', kind: 'App', spec: { replicas: 1 } })], [one]],
  ['a custom kind that does not count', [aWorkload({ apiVersion: 'example.com/v1', kind: 'App', spec: { replicas: undefined } })], []],
  ['a DaemonSet', [aWorkload({ kind: 'DaemonSet', spec: { replicas: undefined } })], []],
  ['a Job', [aWorkload({ apiVersion: 'batch/v1', kind: 'Job', spec: { replicas: undefined } })], []],
  ['a CronJob', [aWorkload({ apiVersion: 'batch/v1', kind: 'CronJob' })], []],
  ['a text, which the API server refuses', [aWorkload({ spec: { replicas: '1' } })], []],
  [
    "an autoscaler's minimum, whatever is written",
    [aWorkload({ spec: { replicas: 5 } }), anAutoscaler(1)],
    ['HorizontalPodAutoscaler web-load may go down to 1 replica: draining its node then stops it.'],
  ],
  [
    'an autoscaler that says no minimum has 1',
    [aWorkload(), anAutoscaler()],
    ['HorizontalPodAutoscaler web-load may go down to 1 replica: draining its node then stops it.'],
  ],
  ['an autoscaler that keeps three', [aWorkload({ spec: { replicas: undefined } }), anAutoscaler(3)], []],
  [
    'an autoscaler of the size of its pods, not of their number',
    [aWorkload(), { ...anAutoscaler(1), apiVersion: 'autoscaling.k8s.io/v1', kind: 'VerticalPodAutoscaler' }],
    [],
  ],
  ['an autoscaler of nothing', [aWorkload(), { ...anAutoscaler(1), spec: { minReplicas: 1 } }], []],
  ['an autoscaler in another namespace', [aWorkload(), { ...anAutoscaler(1), metadata: { name: 'web-load', namespace: 'b' } }], []],
  ['KEDA, which may go to zero on purpose', [aWorkload({ spec: { replicas: 1 } }), keda({})], []],
  [
    'KEDA with one',
    [aWorkload(), keda({ minReplicaCount: 1 })],
    ['ScaledObject web-queue may go down to 1 replica: draining its node then stops it.'],
  ],
])('single-replica: %s', (_, objects, expected) => {
  expect(said('single-replica', ...objects)).toEqual(expected);
});

const own = { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'kubernetes.io/hostname' };
const other = { labelSelector: { matchLabels: { app: 'shop' } }, topologyKey: 'kubernetes.io/hostname' };
const apart = (podAntiAffinity: object) => ({ topologySpreadConstraints: undefined, affinity: { podAntiAffinity } });

test.each<[string, object, boolean]>([
  ['a constraint', {}, true],
  ['nothing', { topologySpreadConstraints: undefined }, false],
  ['a constraint that selects others', { topologySpreadConstraints: [other] }, false],
  ['a constraint without a selector selects nothing', { topologySpreadConstraints: [{ topologyKey: 'zone' }] }, false],
  ['an empty selector selects all', { topologySpreadConstraints: [{ labelSelector: {} }] }, true],
  ['required anti-affinity', apart({ requiredDuringSchedulingIgnoredDuringExecution: [own] }), true],
  ['preferred anti-affinity', apart({ preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: own }] }), true],
  ['anti-affinity against others', apart({ requiredDuringSchedulingIgnoredDuringExecution: [other] }), false],
  ['node affinity', { topologySpreadConstraints: undefined, affinity: { nodeAffinity: {} } }, false],
])('replicas-not-spread: %s', (_, pod, spread) => {
  const expected = '2 replicas, and no topology spread constraint or pod anti-affinity that selects them: one node may hold them all.';
  expect(said('replicas-not-spread', aWorkload({ pod: { ...pod } }))).toEqual(spread ? [] : [expected]);
  expect(said('replicas-not-spread', aWorkload({ pod: { ...pod }, spec: { replicas: 1 } }))).toEqual([]);
  expect(said('replicas-not-spread', aWorkload({ pod: { ...pod }, kind: 'DaemonSet' }))).toEqual([]);
});

test("replicas-not-spread: an autoscaler's minimum counts", () => {
  const web = aWorkload({ pod: { topologySpreadConstraints: undefined }, spec: { replicas: undefined } });
  expect(said('replicas-not-spread', web, anAutoscaler(3))).toEqual([expect.stringContaining('3 replicas')]);
});
