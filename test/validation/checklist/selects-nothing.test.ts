import { aBudget, aService, aWorkload, judged, said } from '../../support/builders/workloads.ts';

type Fields = Readonly<Record<string, unknown>>;
const nowhere = (labels: string) => `No workload in namespace shop has pods with ${labels}: it leads nowhere.`;
const database = { apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster', metadata: { name: 'orders', namespace: 'shop' }, spec: {} };
const monitor = { apiVersion: 'monitoring.coreos.com/v1', kind: 'ServiceMonitor', metadata: { name: 'web', namespace: 'shop' }, spec: {} };
const stateful = aWorkload({ kind: 'StatefulSet' });

test.each<[string, Fields, readonly Fields[], readonly string[]]>([
  ['a workload', aService(), [aWorkload()], []],
  ['nothing', aService(), [], [nowhere('app=web')]],
  [
    'a label more than the pods have',
    aService({ selector: { app: 'web', tier: 'front' } }),
    [aWorkload()],
    [nowhere('app=web, tier=front')],
  ],
  ['pods of another namespace', aService(), [aWorkload({ metadata: { namespace: 'b' } })], [nowhere('app=web')]],
  ['no namespace means default', aService({}, { namespace: undefined }), [aWorkload({ metadata: { namespace: 'default' } })], []],
  ['a CronJob', aService(), [aWorkload({ apiVersion: 'batch/v1', kind: 'CronJob' })], []],
  ['a bare pod', aService(), [aWorkload({ apiVersion: 'v1', kind: 'Pod' })], []],
  ['no selector: somebody else keeps its endpoints', aService({ selector: undefined }), [], []],
  ['an ExternalName', aService({ type: 'ExternalName', externalName: 'db.example.com' }), [], []],
  ['headless', aService({ clusterIP: 'None' }), [], [nowhere('app=web')]],
  ['headless without a selector', aService({ clusterIP: 'None', selector: {} }), [], []],
  ['one pod of a StatefulSet', aService({ selector: { 'statefulset.kubernetes.io/pod-name': 'web-0' } }), [stateful], []],
  [
    'a pod of a StatefulSet of another name',
    aService({ selector: { 'statefulset.kubernetes.io/pod-name': 'wbe-0' } }),
    [stateful],
    [nowhere('statefulset.kubernetes.io/pod-name=wbe-0')],
  ],
  ['the colour of a Rollout', aService({ selector: { app: 'web', 'rollouts-pod-template-hash': '5f9' } }), [aWorkload()], []],
  ['pods that an operator makes', aService({ selector: { 'cnpg.io/cluster': 'orders' } }), [database], []],
  ['pods that an operator makes, by a longer name', aService({ selector: { role: 'orders-pooler-rw' } }), [database], []],
  [
    'a custom object of the same name as pods that are here',
    aService({ selector: { app: 'web', tier: 'x' } }),
    [aWorkload(), monitor],
    [nowhere('app=web, tier=x')],
  ],
  ['pods of the cluster itself', aService({ selector: { 'k8s-app': 'kube-dns' } }, { namespace: 'kube-system' }), [], []],
  ['a Service of Knative', { ...aService(), apiVersion: 'serving.knative.dev/v1' }, [], []],
  ['labels that are no texts: the API server says so', aService({ selector: { app: 1 } }), [], []],
])('service-selects-nothing: %s', (_, service, others, expected) => {
  expect(said('service-selects-nothing', service, ...others)).toEqual(expected);
});

test('the help names what is near, and what it lacks', () => {
  const help = judged([aService({ selector: { app: 'web', tier: 'front' } }), aWorkload()]).map((finding) => finding.help);
  expect(help).toContain('The pods of Deployment web do not have tier=front: correct the selector, or the labels of the pod template.');
});

const protects = (text: string) => `${text}: it protects nothing.`;

test.each<[string, Fields, readonly string[]]>([
  ['by labels', aBudget({ selector: { matchLabels: { app: 'wbe' } } }), [protects('No workload in namespace shop has pods with app=wbe')]],
  [
    'by expressions',
    aBudget({
      selector: {
        matchExpressions: [
          { key: 'app', operator: 'NotIn', values: ['web'] },
          { key: 'tier', operator: 'Exists' },
        ],
      },
    }),
    [protects('No workload in namespace shop has pods with app NotIn (web), tier Exists')],
  ],
  ['no selector', aBudget({ selector: undefined }), [protects('It has no selector, and so selects no pods')]],
  ['an empty selector selects all', aBudget({ selector: {} }), []],
  ['one that no API server takes', aBudget({ selector: { matchExpressions: [{ key: 'app', operator: 'Is' }] } }), []],
  ['expressions that select', aBudget({ selector: { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] } }), []],
])('budget-selects-nothing: %s', (_, budget, expected) => {
  expect(said('budget-selects-nothing', budget, aWorkload())).toEqual(expected);
});
