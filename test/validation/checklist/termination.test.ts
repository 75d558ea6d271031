import { aContainer, aWorkload, judged, said } from '../../support/builders/workloads.ts';

test.each<[string, unknown, string | undefined]>([
  ['not written', undefined, undefined],
  ['30', 30, undefined],
  ['600: as long as the cluster autoscaler waits', 600, undefined],
  [
    '601',
    601,
    'terminationGracePeriodSeconds is 601: the cluster autoscaler waits 600 seconds and then kills the pod, and every other drain waits up to 601.',
  ],
  ['0', 0, 'terminationGracePeriodSeconds is 0: its containers are killed at once, without preStop and without a signal to stop.'],
  ['-5', -5, 'terminationGracePeriodSeconds is -5, which Kubernetes takes for 1: its containers are killed after a second.'],
  ['a text, which the API server refuses', '0', undefined],
])('termination-grace-period: %s', (_, terminationGracePeriodSeconds, expected) => {
  expect(said('termination-grace-period', aWorkload({ pod: { terminationGracePeriodSeconds } }))).toEqual(expected ? [expected] : []);
});

test('a drain does not wait for a DaemonSet, but its pods need time to stop as well', () => {
  const agent = (terminationGracePeriodSeconds: number) => aWorkload({ kind: 'DaemonSet', pod: { terminationGracePeriodSeconds } });
  expect(said('termination-grace-period', agent(3600))).toEqual([]);
  expect(said('termination-grace-period', agent(0))).toHaveLength(1);
});

const exec = (...command: readonly string[]) => ({ exec: { command } });

/** Seconds that each surely sleeps. */
test.each<[object, number]>([
  [{ sleep: { seconds: 40 } }, 40],
  [exec('sleep', '40'), 40],
  [exec('/bin/sleep', '40s'), 40],
  [exec('sleep', '1m'), 60],
  [exec('sleep', '0.5', '39.5'), 40],
  [exec('busybox', 'sleep', '40'), 40],
  [exec('sh', '-c', 'sleep 40'), 40],
  [exec('/bin/sh', '-c', 'sleep 20; nginx -s quit; sleep 20'), 40],
  [exec('/bin/bash', '-ec', 'echo bye && exec /bin/sleep 40'), 40],
  [exec('bash', '-e', '-c', 'curl -s localhost/drain\nsleep 40\n'), 40],
  [exec('sh', '-c', 'sleep 40 || true'), 40],
])('termination-grace-period: a preStop of %j is longer than 30 seconds', (preStop, seconds) => {
  expect(said('termination-grace-period', aWorkload({ container: { lifecycle: { preStop } } }))).toEqual([
    `preStop of container web sleeps ${seconds} seconds of a grace period of 30: it is killed before it could stop.`,
  ]);
  const enough = aWorkload({ container: { lifecycle: { preStop } }, pod: { terminationGracePeriodSeconds: seconds + 5 } });
  expect(said('termination-grace-period', enough)).toEqual([]);
});

test.each<[string, unknown]>([
  ['a sleep that fits', exec('sleep', '25')],
  ['in a loop', exec('sh', '-c', 'while kill -0 1; do sleep 40; done')],
  ['in a branch', exec('sh', '-c', 'if [ -e /busy ]; then sleep 40; fi')],
  ['after ||', exec('sh', '-c', 'curl localhost/drain || sleep 40')],
  ['in the background', exec('sh', '-c', 'sleep 40 & wait-for-it')],
  ['a variable', exec('sh', '-c', 'sleep $DELAY')],
  ['another program', exec('nginx', '-s', 'quit', 'sleep', '40')],
  ['a shell without a script', exec('sh', '-c')],
  ['a number written as text, which the API server refuses', { sleep: { seconds: '40' } }],
  ['words that are none', { exec: { command: ['sleep', 40] } }],
  ['a request', { httpGet: { path: '/drain', port: 80 } }],
  ['nothing', undefined],
])('termination-grace-period: nothing is said of a preStop that is %s', (_, preStop) => {
  expect(said('termination-grace-period', aWorkload({ container: { lifecycle: { preStop } } }))).toEqual([]);
});

test('termination-grace-period: what is left after the sleep is too little to stop in', () => {
  const left = (seconds: number) =>
    said('termination-grace-period', aWorkload({ container: { lifecycle: { preStop: { sleep: { seconds } } } } }));
  expect(left(30)).toEqual(['preStop of container web sleeps 30 seconds of a grace period of 30: it is killed before it could stop.']);
  expect(left(29)).toEqual(['preStop of container web sleeps 29 of 30 seconds: 1 is left to stop in.']);
  expect(left(26)).toEqual(['preStop of container web sleeps 26 of 30 seconds: 4 are left to stop in.']);
});

test('termination-grace-period: the help says how long it should be at the least', () => {
  const [found] = judged([aWorkload({ container: { lifecycle: { preStop: exec('sleep', '39.5') } } })]).filter(({ rule }) =>
    rule.startsWith('term'),
  );
  expect(found?.help).toBe('Set terminationGracePeriodSeconds to the sleep plus what the program needs to stop, at least 45.');
});

test('termination-grace-period: a sidecar stops with the pod, an init container is long gone', () => {
  const lifecycle = { preStop: { sleep: { seconds: 60 } } };
  const initContainers = [aContainer({ name: 'proxy', restartPolicy: 'Always', lifecycle }), aContainer({ name: 'setup', lifecycle })];
  expect(said('termination-grace-period', aWorkload({ pod: { initContainers } }))).toEqual([expect.stringContaining('container proxy')]);
});
