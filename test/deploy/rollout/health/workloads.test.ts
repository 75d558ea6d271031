import type { Health, Value } from '../../../../src/deploy/rollout/health/health.ts';
import { healthOf } from '../../../../src/deploy/rollout/health/health-of.ts';

const since = new Date('2026-11-21T10:00:00Z');
const judge = (apiVersion: string, kind: string, value: Value): Health =>
  healthOf({ apiVersion, kind }, value, { since, bindsLate: () => false, justApplied: false });

type Row = readonly [name: string, spec: Value, status: Value, state: Health['state'], message: string, metadata?: Value];

const rows = (apiVersion: string, kind: string, table: readonly Row[]): void =>
  describe(kind, () => {
    test.each(table)('%s', (...row) => {
      const [, spec, status, state, message, metadata = { generation: 2 }] = row as unknown as Row;
      expect(judge(apiVersion, kind, { metadata, spec, status: { observedGeneration: 2, ...status } })).toEqual({ state, message });
    });
  });

const exceeded = (lastUpdateTime: string) => ({
  type: 'Progressing',
  status: 'False',
  reason: 'ProgressDeadlineExceeded',
  message: 'ReplicaSet "web-5d9c" has timed out progressing.',
  lastUpdateTime,
});
const quota = {
  type: 'ReplicaFailure',
  status: 'True',
  reason: 'FailedCreate',
  message: 'pods "web-5d9c-x2" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2',
};
const notObserved = 'its controller has not taken up the last change yet';

rows('apps/v1', 'Deployment', [
  ['all updated and available', { replicas: 3 }, { replicas: 3, updatedReplicas: 3, availableReplicas: 3 }, 'ready', ''],
  ['no replicas wanted, none there', { replicas: 0 }, {}, 'ready', ''],
  [
    'none wanted, one still there',
    { replicas: 0 },
    { replicas: 1 },
    'progressing',
    '0 of 0 pods are updated, and 1 old ones have not ended',
  ],
  ['no status at all', { replicas: 1 }, { observedGeneration: undefined }, 'progressing', notObserved],
  [
    'ready, but of the generation before',
    { replicas: 3 },
    { observedGeneration: 1, replicas: 3, updatedReplicas: 3, availableReplicas: 3 },
    'progressing',
    notObserved,
  ],
  ['some updated', { replicas: 3 }, { replicas: 4, updatedReplicas: 1, availableReplicas: 3 }, 'progressing', '1 of 3 pods are updated'],
  [
    'old ones left',
    { replicas: 3 },
    { replicas: 4, updatedReplicas: 3, availableReplicas: 4 },
    'progressing',
    '3 of 3 pods are updated, and 1 old ones have not ended',
  ],
  [
    'not available yet',
    { replicas: 3 },
    { replicas: 3, updatedReplicas: 3, availableReplicas: 2 },
    'progressing',
    '2 of 3 updated pods are available',
  ],
  ['one where none is said', {}, { replicas: 1, updatedReplicas: 1, availableReplicas: 1 }, 'ready', ''],
  [
    'the deadline passed in this run',
    { replicas: 3 },
    { replicas: 3, updatedReplicas: 1, conditions: [exceeded('2026-11-21T10:05:00Z')] },
    'failed',
    '1 of 3 pods are updated; its progress deadline has passed',
  ],
  [
    'the deadline passed before this run',
    { replicas: 3 },
    { replicas: 3, updatedReplicas: 1, conditions: [exceeded('2026-11-21T09:05:00Z')] },
    'progressing',
    '1 of 3 pods are updated; its progress deadline had passed before',
  ],
  [
    'the deadline of what is ready after all',
    { replicas: 1 },
    { replicas: 1, updatedReplicas: 1, availableReplicas: 1, conditions: [exceeded('2026-11-21T10:05:00Z')] },
    'ready',
    '',
  ],
  [
    'a quota',
    { replicas: 3 },
    { replicas: 2, updatedReplicas: 2, conditions: [quota] },
    'progressing',
    '2 of 3 pods are updated; no more can be made: FailedCreate: pods "web-5d9c-x2" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2',
  ],
  [
    'paused in the middle',
    { replicas: 3, paused: true },
    { replicas: 3, updatedReplicas: 1, availableReplicas: 3 },
    'ready',
    'it is paused: its pods stay as they are until somebody resumes it',
  ],
  ['paused with nothing to do', { replicas: 1, paused: true }, { replicas: 1, updatedReplicas: 1, availableReplicas: 1 }, 'ready', ''],
  [
    'being deleted',
    { replicas: 1 },
    { replicas: 1, updatedReplicas: 1, availableReplicas: 1 },
    'failed',
    'it is being deleted, held by the finalizers foregroundDeletion: deploy again once it is gone',
    { generation: 2, deletionTimestamp: '2026-11-21T10:00:01Z', finalizers: ['foregroundDeletion'] },
  ],
]);

const same = { currentRevision: 'db-1', updateRevision: 'db-1' };
const moved = { currentRevision: 'db-1', updateRevision: 'db-2' };
rows('apps/v1', 'StatefulSet', [
  ['all ready', { replicas: 3 }, { ...same, replicas: 3, readyReplicas: 3, updatedReplicas: 3 }, 'ready', ''],
  ['none wanted', { replicas: 0 }, { ...same, replicas: 0 }, 'ready', ''],
  ['of the generation before', { replicas: 0 }, { ...same, observedGeneration: 1 }, 'progressing', notObserved],
  ['the second starts', { replicas: 3 }, { ...same, replicas: 2, readyReplicas: 1 }, 'progressing', '1 of 3 pods are ready'],
  ['too many', { replicas: 1 }, { ...same, replicas: 3, readyReplicas: 3 }, 'progressing', '2 pods too many have not ended'],
  [
    'an update runs',
    { replicas: 3 },
    { ...moved, replicas: 3, readyReplicas: 3, updatedReplicas: 1 },
    'progressing',
    '1 of 3 pods are updated',
  ],
  [
    'ready, and not for long enough',
    { replicas: 1, minReadySeconds: 30 },
    { ...same, replicas: 1, readyReplicas: 1, availableReplicas: 0 },
    'progressing',
    '0 of 1 pods are ready',
  ],
  [
    'updated as far as its partition says',
    { replicas: 3, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } },
    { ...moved, replicas: 3, readyReplicas: 3, updatedReplicas: 1 },
    'ready',
    'the pods below 2 are not updated, as its partition says',
  ],
  [
    'not that far yet',
    { replicas: 3, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
    { ...moved, replicas: 3, readyReplicas: 3, updatedReplicas: 1 },
    'progressing',
    '1 of 2 pods are updated',
  ],
  [
    'a partition above the replicas',
    { replicas: 3, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 9 } } },
    { ...moved, replicas: 3, readyReplicas: 3 },
    'ready',
    'the pods below 9 are not updated, as its partition says',
  ],
  [
    'OnDelete',
    { replicas: 3, updateStrategy: { type: 'OnDelete' } },
    { ...moved, replicas: 3, readyReplicas: 3, updatedReplicas: 1 },
    'ready',
    '2 of 3 pods are updated when somebody deletes them (OnDelete)',
  ],
]);

rows('apps/v1', 'DaemonSet', [
  ['on all nodes', {}, { desiredNumberScheduled: 4, updatedNumberScheduled: 4, numberAvailable: 4 }, 'ready', ''],
  ['no node fits', {}, { desiredNumberScheduled: 0 }, 'ready', ''],
  ['of the generation before', {}, { observedGeneration: 1 }, 'progressing', notObserved],
  [
    'an update runs',
    {},
    { desiredNumberScheduled: 4, updatedNumberScheduled: 2, numberAvailable: 3 },
    'progressing',
    '2 of 4 pods are updated',
  ],
  [
    'not available yet',
    {},
    { desiredNumberScheduled: 4, updatedNumberScheduled: 4, numberAvailable: 3 },
    'progressing',
    '3 of 4 pods are available',
  ],
  [
    'OnDelete',
    { updateStrategy: { type: 'OnDelete' } },
    { desiredNumberScheduled: 4, numberAvailable: 4 },
    'ready',
    '4 of 4 pods are updated when somebody deletes them (OnDelete)',
  ],
]);

rows('apps/v1', 'ReplicaSet', [
  ['all there', { replicas: 2 }, { replicas: 2, availableReplicas: 2 }, 'ready', ''],
  ['none wanted', { replicas: 0 }, { replicas: 0 }, 'ready', ''],
  ['some there', { replicas: 2 }, { replicas: 2, availableReplicas: 1 }, 'progressing', '1 of 2 pods are available'],
  ['too many', { replicas: 1 }, { replicas: 2, availableReplicas: 2 }, 'progressing', '1 pods too many have not ended'],
  [
    'a webhook refuses them',
    { replicas: 2 },
    { replicas: 0, conditions: [{ ...quota, message: 'admission webhook "policy.example.com" denied the request: no' }] },
    'progressing',
    '0 of 2 pods are there; no more can be made: FailedCreate: admission webhook "policy.example.com" denied the request: no',
  ],
]);

const ended = (type: string, reason: string, message: string) => ({ type, status: 'True', reason, message });
rows('batch/v1', 'Job', [
  [
    'complete',
    {},
    { succeeded: 1, conditions: [ended('Complete', 'CompletionsReached', 'Reached expected number of succeeded pods')] },
    'ready',
    '',
  ],
  ['new', { completions: 3 }, {}, 'progressing', '0 of 3 pods have succeeded'],
  ['under way', { completions: 3 }, { active: 2, succeeded: 1, failed: 1 }, 'progressing', '1 of 3 pods have succeeded, 2 run, 1 failed'],
  ['suspended', { suspend: true }, { conditions: [ended('Suspended', 'JobSuspended', 'Job suspended')] }, 'ready', 'it is suspended'],
  [
    'failed',
    {},
    { failed: 7, conditions: [ended('Failed', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit')] },
    'failed',
    'it failed: BackoffLimitExceeded: Job has reached the specified backoff limit',
  ],
  [
    'sure to fail',
    {},
    { active: 1, conditions: [ended('FailureTarget', 'DeadlineExceeded', 'Job was active longer than specified deadline')] },
    'failed',
    'it failed: DeadlineExceeded: Job was active longer than specified deadline',
  ],
]);
