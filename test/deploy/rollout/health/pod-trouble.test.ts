import { type ClusterEvent, eventWords } from '../../../../src/deploy/rollout/health/events.ts';
import type { Value } from '../../../../src/deploy/rollout/health/health.ts';
import { healthOf } from '../../../../src/deploy/rollout/health/health-of.ts';
import { podTrouble } from '../../../../src/deploy/rollout/health/pod-trouble.ts';
import { words } from '../../../../src/deploy/rollout/health/words.ts';

const waiting = (reason: string, message?: string, more: Value = {}) => ({
  name: 'app',
  image: 'registry.example.com/shop/web:1.4',
  ready: false,
  restartCount: 0,
  state: { waiting: { reason, ...(message === undefined ? {} : { message }) } },
  ...more,
});
const terminated = (exitCode: number, more: Value = {}) => ({ terminated: { exitCode, reason: 'Error', ...more } });
const pending = (...containerStatuses: Value[]): Value => ({
  spec: { containers: [{ name: 'app' }] },
  status: { phase: 'Pending', containerStatuses },
});
const notThere = 'failed to pull and unpack image "registry.example.com/shop/web:1.4": registry.example.com/shop/web:1.4: not found';

type Row = readonly [name: string, pod: Value, message: string | undefined, how?: 'for good' | 'vague'];

test.each<Row>([
  ['ready', { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } }, undefined],
  ['done', { status: { phase: 'Succeeded', conditions: [{ type: 'Ready', status: 'False' }] } }, undefined],
  [
    'an image that is not there',
    pending(waiting('ErrImagePull', notThere)),
    `container app: the image registry.example.com/shop/web:1.4 cannot be had (ErrImagePull): ${notThere}`,
  ],
  [
    'one that it tries again, later, with its reason',
    pending(waiting('ImagePullBackOff', `Back-off pulling image "x": ErrImagePull: ${notThere}`)),
    `container app: the image registry.example.com/shop/web:1.4 cannot be had (ImagePullBackOff): Back-off pulling image "x": ErrImagePull: ${notThere}`,
  ],
  [
    'the same from an older kubelet',
    pending(waiting('ImagePullBackOff', 'Back-off pulling image "registry.example.com/shop/web:1.4"')),
    'container app: the image registry.example.com/shop/web:1.4 cannot be had (ImagePullBackOff)',
    'vague',
  ],
  [
    'a name that is none',
    pending(waiting('InvalidImageName', 'Failed to apply default image tag "Web": invalid reference format', { image: 'Web' })),
    'container app: the image Web cannot be had (InvalidImageName): Failed to apply default image tag "Web": invalid reference format',
    'for good',
  ],
  [
    'a crash loop',
    pending(
      waiting('CrashLoopBackOff', 'back-off 40s restarting failed container', {
        restartCount: 4,
        lastState: terminated(1, { message: 'DATABASE_URL is not set\n' }),
      }),
    ),
    'container app ended with exit code 1, restarted 4 times: DATABASE_URL is not set',
  ],
  [
    'too much memory',
    pending(waiting('CrashLoopBackOff', '', { restartCount: 2, lastState: terminated(137, { reason: 'OOMKilled' }) })),
    'container app was killed for using more memory than its limit (OOMKilled), restarted 2 times',
  ],
  [
    'a command that is none',
    pending(
      waiting('CrashLoopBackOff', '', {
        lastState: terminated(128, { reason: 'StartError', message: 'exec: "srv": executable file not found in $PATH' }),
      }),
    ),
    'container app ended with exit code 128 (StartError): exec: "srv": executable file not found in $PATH',
  ],
  ['ended, before it is started again', pending({ name: 'app', state: terminated(2) }), 'container app ended with exit code 2'],
  ['ended by a signal', pending({ name: 'app', state: terminated(139, { signal: 11 }) }), 'container app ended with signal 11'],
  [
    'a Secret that is not there',
    pending(waiting('CreateContainerConfigError', 'secret "db" not found')),
    'container app cannot be started (CreateContainerConfigError): secret "db" not found',
  ],
  [
    'a container that cannot be made',
    pending(waiting('CreateContainerError', 'container name "x" is already in use')),
    'container app cannot be started (CreateContainerError): container name "x" is already in use',
  ],
  ['on its way', pending(waiting('ContainerCreating')), 'its containers have not started', 'vague'],
  ['new', {}, 'its containers have not started', 'vague'],
  [
    'no node',
    {
      status: {
        phase: 'Pending',
        conditions: [
          { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available: 3 Insufficient cpu.' },
        ],
      },
    },
    'no node takes it: 0/3 nodes are available: 3 Insufficient cpu.',
  ],
  [
    'held back',
    { status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message: 'x' }] } },
    'its scheduling is held back by its scheduling gates',
  ],
  [
    'runs and is not ready',
    { status: { phase: 'Running', containerStatuses: [{ name: 'app', ready: false, state: { running: {} } }] } },
    'container app runs and is not ready',
    'vague',
  ],
  [
    'runs again after a crash',
    {
      status: {
        phase: 'Running',
        containerStatuses: [{ name: 'app', ready: false, restartCount: 1, state: { running: {} }, lastState: terminated(3) }],
      },
    },
    'container app ended with exit code 3, restarted 1 times',
  ],
  [
    'a readiness gate',
    {
      spec: { readinessGates: [{ conditionType: 'example.com/registered' }] },
      status: {
        phase: 'Running',
        conditions: [{ type: 'ContainersReady', status: 'True' }],
        containerStatuses: [{ name: 'app', ready: true, state: { running: {} } }],
      },
    },
    'its readiness gates wait: example.com/registered',
  ],
  [
    'an init container before the others',
    {
      status: {
        phase: 'Pending',
        initContainerStatuses: [
          { name: 'migrate', restartCount: 2, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: terminated(1) },
        ],
        containerStatuses: [waiting('PodInitializing')],
      },
    },
    'container migrate ended with exit code 1, restarted 2 times',
  ],
  [
    'evicted',
    { status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' } },
    'Evicted: The node was low on resource: memory.',
  ],
  [
    'what tells before what does not',
    {
      status: { phase: 'Running', containerStatuses: [{ name: 'a', ready: false, state: { running: {} } }, waiting('ErrImagePull', 'no')] },
    },
    'container app: the image registry.example.com/shop/web:1.4 cannot be had (ErrImagePull): no',
  ],
])('a pod: %s', (...row) => {
  const [, pod, message, how] = row as unknown as Row;
  const trouble = podTrouble(pod);
  expect(trouble?.message).toBe(message);
  expect([trouble?.forGood === true, trouble?.vague === true]).toEqual([how === 'for good', how === 'vague']);
});

test('the end of a log is not shown', () => {
  const crash = waiting('CrashLoopBackOff', '', { lastState: terminated(1, { message: 'password=hunter2' }) });
  const pod: Value = { ...pending(crash), spec: { containers: [{ name: 'app', terminationMessagePolicy: 'FallbackToLogsOnError' }] } };
  expect(podTrouble(pod)?.message).toBe('container app ended with exit code 1');
});

test.each<readonly [Value, string]>([
  [{ phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }, 'ready'],
  [{ phase: 'Succeeded' }, 'ready'],
  [{ phase: 'Failed' }, 'failed'],
  [{ phase: 'Pending' }, 'progressing'],
  [{ phase: 'Pending', containerStatuses: [waiting('InvalidImageName')] }, 'failed'],
])('a pod of its own with %j is %s', (status, state) => {
  const of = { since: new Date(0), bindsLate: () => false, justApplied: false };
  expect(healthOf({ apiVersion: 'v1', kind: 'Pod' }, { status }, of).state).toBe(state);
});

const event = (reason: string, message: string, lastTimestamp: string | null, more: Value = {}) => ({
  reason,
  message,
  lastTimestamp,
  ...more,
});
test.each<readonly [string, readonly ClusterEvent[], string | undefined]>([
  ['none', [], undefined],
  [
    'the newest',
    [event('FailedMount', 'old', '2026-11-21T10:00:00Z'), event('FailedMount', 'configmap "x" not found', '2026-11-21T10:01:00Z')],
    'FailedMount: configmap "x" not found',
  ],
  [
    'in its newer form',
    [event('A', 'old', '2026-11-21T10:00:00Z'), event('B', 'new', null, { eventTime: '2026-11-21T10:00:30.000000Z' })],
    'B: new',
  ],
  [
    'not one that repeats the status',
    [
      event('Failed', 'Failed to pull image "x": not found', '2026-11-21T10:00:00Z'),
      event('Failed', 'Error: ErrImagePull', '2026-11-21T10:00:01Z'),
      event('BackOff', 'Back-off pulling image "x"', '2026-11-21T10:00:02Z'),
    ],
    'Failed: Failed to pull image "x": not found',
  ],
  [
    'a probe that is answered',
    [event('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503', '2026-11-21T10:00:00Z')],
    'Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503',
  ],
  [
    'not what the command of a probe writes',
    [event('Unhealthy', 'Readiness probe failed: psql: password hunter2 is wrong\n', '2026-11-21T10:00:00Z')],
    'Unhealthy: Readiness probe failed: its command does not succeed',
  ],
])('events: %s', (_, events, said) => {
  expect(eventWords(events)).toBe(said);
});

test.each([
  [' two\n\tlines\u0007 ', 'two lines'],
  ['Get "https://bot:secret@registry.example.com/v2/": no', 'Get "https://registry.example.com/v2/": no'],
  ['GET https://s3.example.com/blob?X-Amz-Signature=abc&x=1 failed', 'GET https://s3.example.com/blob failed'],
  ['x'.repeat(500), `${'x'.repeat(400)}…`],
])('words %j', (text, said) => {
  expect(words(text)).toBe(said);
});
