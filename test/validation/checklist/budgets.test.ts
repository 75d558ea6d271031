import { aBudget, anAutoscaler, aWorkload, judged, said } from '../../support/builders/workloads.ts';

type Fields = Readonly<Record<string, unknown>>;
const web = (replicas: number) => aWorkload({ spec: { replicas } });
const pod = aWorkload({ apiVersion: 'v1', kind: 'Pod' });
const job = aWorkload({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'import' } });
const agent = aWorkload({ kind: 'DaemonSet', metadata: { name: 'agent' } });
const custom = aWorkload({ apiVersion: 'example.com/v1', kind: 'App', spec: { replicas: undefined } });

// The first column is what status.disruptionsAllowed is with every pod ready, by the controller's own rules.
test.each<['blocks' | 'lets go', string, Fields, readonly Fields[]]>([
  ['blocks', 'minAvailable is 2 of 2 replicas', { minAvailable: 2 }, [web(2)]],
  ['blocks', 'minAvailable is 3 of 2 replicas', { minAvailable: 3 }, [web(2)]],
  ['lets go', '', { minAvailable: 1 }, [web(2)]],
  ['blocks', 'minAvailable is 1 of 1 replica:', { minAvailable: 1 }, [web(1)]],
  ['lets go', '', { minAvailable: 0 }, [web(1)]],
  ['blocks', 'minAvailable is 100%, which is 3 of 3 replicas', { minAvailable: '100%' }, [web(3)]],
  // Rounded up: https://kubernetes.io/docs/tasks/run-application/configure-pdb/#rounding-logic-when-specifying-percentages
  ['blocks', 'minAvailable is 51%, which is 2 of 2 replicas', { minAvailable: '51%' }, [web(2)]],
  ['lets go', '', { minAvailable: '50%' }, [web(2)]],
  ['blocks', 'minAvailable is 50%, which is 1 of 1 replica:', { minAvailable: '50%' }, [web(1)]],
  ['lets go', '', { minAvailable: '50%' }, [web(7)]],
  ['lets go', '', { maxUnavailable: '1%' }, [web(2)]],
  ['lets go', '', { maxUnavailable: 1 }, [web(1)]],
  ['blocks', 'maxUnavailable is 0:', { maxUnavailable: 0 }, [web(9)]],
  ['blocks', 'maxUnavailable is 0%:', { maxUnavailable: '0%' }, [web(9)]],
  ['blocks', 'maxUnavailable is 0:', { maxUnavailable: 0 }, [custom]],
  ['lets go', '', { minAvailable: 1 }, [custom]],
  ['lets go', '', { maxUnavailable: 1 }, [custom]],
  ['lets go', '', { maxUnavailable: -1 }, [web(2)]],
  ['lets go', '', { maxUnavailable: 0.5 }, [web(2)]],
  ['blocks', 'It says neither minAvailable nor maxUnavailable', {}, [web(2)]],
  ['lets go', '', { minAvailable: 2, maxUnavailable: 1 }, [web(2)]],
  ['lets go', '', { minAvailable: '2' }, [web(2)]],
  ['lets go', '', { minAvailable: -1 }, [web(2)]],
  ['blocks', 'minAvailable is 2 of 2 replicas, the fewest that autoscaler web-load keeps', { minAvailable: 2 }, [web(9), anAutoscaler(2)]],
  ['lets go', '', { minAvailable: 2 }, [web(1), anAutoscaler(3)]],
  ['lets go', '', { minAvailable: 1 }, [web(0)]],
  ['lets go', '', { maxUnavailable: '50%' }, [web(0)]],
  [
    'blocks',
    'minAvailable is 3 of 3 replicas',
    { minAvailable: 3 },
    [web(2), aWorkload({ metadata: { name: 'b' }, spec: { replicas: 1 } })],
  ],
  ['blocks', 'minAvailable is 1 of 1 replica:', { minAvailable: 1 }, [pod]],
  ['lets go', '', { minAvailable: 1 }, [pod, web(1)]],
  ['blocks', 'maxUnavailable is 1, and Kubernetes cannot count the pods of Pod web', { maxUnavailable: 1 }, [pod]],
  ['blocks', 'maxUnavailable is 1, and Kubernetes cannot count the pods of Job import', { maxUnavailable: 1 }, [job]],
  ['blocks', 'minAvailable is 50%, and Kubernetes cannot count the pods of DaemonSet agent', { minAvailable: '50%' }, [web(4), agent]],
  ['lets go', '', { minAvailable: 1 }, [job]],
  ['lets go', '', { maxUnavailable: 0 }, [agent]],
])('budget-blocks-drain: it %s: %s %j', (expected, message, spec, objects) => {
  expect(said('budget-blocks-drain', aBudget(spec), ...objects)).toEqual(expected === 'blocks' ? [expect.stringContaining(message)] : []);
});

test.each<[Fields, number, string]>([
  [{ minAvailable: 1 }, 1, 'Run at least 2 replicas, and set maxUnavailable to 1 instead.'],
  [{ minAvailable: '100%' }, 1, 'Run at least 2 replicas, and set maxUnavailable to 1 instead.'],
  [{ minAvailable: 2 }, 2, 'Set maxUnavailable to 1 instead: it stays right however many replicas there are.'],
  [{ minAvailable: '100%' }, 2, 'Set maxUnavailable to 1 instead: it always lets one go.'],
])('budget-blocks-drain: the help for %j of %i', (spec, replicas, help) => {
  const [found] = judged([aBudget(spec), web(replicas)]).filter(({ rule }) => rule === 'budget-blocks-drain');
  expect(found?.help).toBe(help);
});

test('a budget that blocks all is not told to evict the unhealthy', () => {
  const budget = aBudget({ maxUnavailable: 0, unhealthyPodEvictionPolicy: undefined });
  expect(judged([budget, web(2)]).map(({ rule }) => rule)).toEqual(['budget-blocks-drain']);
});

test.each<[unknown, readonly string[]]>([
  ['AlwaysAllow', []],
  [
    undefined,
    [
      'unhealthyPodEvictionPolicy is not set, and so IfHealthyBudget: pods that crash or never become ready block every drain of their node.',
    ],
  ],
  [
    'IfHealthyBudget',
    ['unhealthyPodEvictionPolicy is IfHealthyBudget: pods that crash or never become ready block every drain of their node.'],
  ],
  ['Always', []],
])('budget-keeps-unhealthy-pods: %s', (unhealthyPodEvictionPolicy, expected) => {
  expect(said('budget-keeps-unhealthy-pods', aBudget({ maxUnavailable: 1, unhealthyPodEvictionPolicy }), web(2))).toEqual(expected);
});

test('budgets-overlap names the budgets and the workload, once, and not for a DaemonSet', () => {
  const second = aBudget({ maxUnavailable: 1, selector: {} }, { name: 'all' });
  expect(said('budgets-overlap', aBudget({ maxUnavailable: 1 }), second, web(2))).toEqual([
    'Budget all selects pods of Deployment web as web does: a pod of more than one budget cannot be evicted.',
  ]);
  expect(said('budgets-overlap', aBudget({ maxUnavailable: 1 }), second, agent)).toEqual([]);
  expect(said('budgets-overlap', aBudget({ maxUnavailable: 1 }), { ...second, metadata: { name: 'all', namespace: 'b' } }, web(2))).toEqual(
    [],
  );
});

test.each<[string, readonly Fields[], readonly string[]]>([
  [
    'a replicated workload',
    [web(3)],
    ['3 replicas, and no PodDisruptionBudget selects them: a drain of several nodes may stop all of them at once.'],
  ],
  ['two of them', [web(2)], [expect.stringContaining('2 replicas')]],
  ['one replica', [web(1)], []],
  ['with a budget', [web(3), aBudget({ maxUnavailable: 1 })], []],
  [
    'a budget by expression',
    [web(3), aBudget({ maxUnavailable: 1, selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] } })],
    [],
  ],
  ['a budget of another namespace', [web(3), aBudget({ maxUnavailable: 1 }, { namespace: 'b' })], [expect.stringContaining('3 replicas')]],
  ['a DaemonSet', [agent], []],
  ['a Job', [job], []],
])('no-budget: %s', (_, objects, expected) => {
  expect(said('no-budget', ...objects)).toEqual(expected);
});
