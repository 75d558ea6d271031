import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { type ClusterClient, connectCluster } from '../../../src/adapters/cluster/client.ts';
import { type Clock, type Rollouts, waitForRollouts } from '../../../src/deploy/rollout/rollout.ts';
import { openTarget } from '../../../src/deploy/target.ts';
import type { ApiRequest, ApiServer } from '../../../src/domain/cluster.ts';
import { OutsideError, RefusedError } from '../../../src/domain/errors.ts';
import { type ObjectId, objectName } from '../../../src/domain/finding.ts';
import { environmentLabel } from '../../../src/domain/ownership.ts';
import { sharedControllers } from '../../support/controller-manager.ts';
import { describeWith } from '../../support/parts.ts';
import { PlayedKubelet } from '../../support/played-kubelet.ts';

const environment = 'rollouts';
const minute = 60_000;
const notThere = 'failed to resolve reference "registry.example.com/web:2": not found';

/** Hours pass at once; what the cluster's controllers need to do something is real. */
function hastyClock(meanwhile: () => Promise<unknown>): Clock {
  let now = 0;
  const wait = async (ms: number): Promise<void> => {
    now += ms;
    await meanwhile();
    await sleep(20);
  };
  return { now: () => now, wait };
}

interface Setting {
  readonly timeoutMs?: number;
  /** Between two looks. */
  readonly meanwhile?: () => Promise<unknown>;
  readonly server?: ApiServer;
  readonly signal?: AbortSignal;
}

describeWith('controller-manager', 'waiting for rollouts', () => {
  const shared = sharedControllers();
  let server: ClusterClient;
  beforeAll(async () => {
    server = connectCluster((await shared()).address, { throwAway: true });
  });
  afterAll(() => server.close());

  let namespace = '';
  let kubelet: PlayedKubelet;
  let number = 0;
  beforeEach(async () => {
    number += 1;
    namespace = `rollout-${number}`;
    kubelet = new PlayedKubelet(server, namespace);
    await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  });

  async function apply(value: { readonly apiVersion: string; readonly kind: string; readonly metadata: object }): Promise<ObjectId> {
    const target = await openTarget({ server, environment, formerly: [] });
    const served = target.kindOf(value);
    const { name, labels } = value.metadata as { readonly name: string; readonly labels?: object };
    const place = served?.namespaced === true ? `/namespaces/${namespace}` : '';
    const root = value.apiVersion.includes('/') ? `/apis/${value.apiVersion}` : `/api/${value.apiVersion}`;
    const body = JSON.stringify({ ...value, metadata: { ...value.metadata, labels: { ...labels, [environmentLabel]: environment } } });
    const path = `${root}${place}/${served?.plural}/${name}?fieldManager=lockkeeper&force=true`;
    const reply = await server.ask({ method: 'PATCH', path, body, type: 'application/apply-patch+yaml' });
    expect([reply.status, reply.status < 300 ? '' : reply.body]).toEqual([expect.any(Number), '']);
    return { ...value, namespace: place === '' ? '' : namespace, name };
  }

  const pods = (name: string, image: string, spec: object = {}) => ({
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image }], ...spec } },
  });
  const deployment = (name: string, image: string, replicas: number, more: object = {}) =>
    apply({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, ...{ spec: { replicas, ...pods(name, image), ...more } } });

  /** Until the controller has said how many pods there are; it may be busy. */
  async function counted({ name }: ObjectId): Promise<void> {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
    while (!(await server.ask({ method: 'GET', path })).body.includes('"updatedReplicas"')) await sleep(20);
  }

  async function wait(objects: readonly ObjectId[], setting: Setting = {}): Promise<Rollouts & { readonly done: readonly string[] }> {
    const { timeoutMs = 600 * minute, meanwhile = () => Promise.resolve(), server: asked = server } = setting;
    const target = await openTarget({ server: asked, environment, formerly: [] });
    const done: string[] = [];
    const progress = { phase: () => {}, done: (what: string) => void done.push(what) };
    const options = { timeoutMs, since: new Date(Date.now() - 5000), clock: hastyClock(meanwhile) };
    return { ...(await waitForRollouts(target, objects, options, progress, setting.signal ?? new AbortController().signal)), done };
  }

  const nobodys = (text: string): string => text.replaceAll(/(?<=pod [a-z]+)(?:-[a-z0-9]{5,10})+/g, '-…').replaceAll(namespace, 'NS');
  const told = ({ failures }: Rollouts): readonly string[] =>
    failures.map(({ object, message }) => nobodys(`${object === undefined ? '' : objectName(object)}: ${message}`));

  const broken = (reason: string, message: string, image = 'web:1') => ({
    phase: 'Pending',
    containerStatuses: [{ name: 'app', image, imageID: '', ready: false, restartCount: 0, state: { waiting: { reason, message } } }],
  });

  test('a Deployment is waited for until its pods are available; a ConfigMap is not', async () => {
    const web = await deployment('web', 'web:1', 3);
    const settings = await apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } });
    const result = await wait([settings, web], { meanwhile: () => kubelet.runAll('web:1') });
    expect(result).toEqual({ failures: [], notes: [], done: [`apps/Deployment/${namespace}/web`] });
  });

  test('an image that cannot be pulled is said in the registry’s words once the time is up', async () => {
    const web = await deployment('web', 'registry.example.com/web:2', 2);
    for (const pod of await kubelet.podsOf('registry.example.com/web:2', 2)) {
      await kubelet.say(pod, broken('ImagePullBackOff', `Back-off pulling image "registry.example.com/web:2": ErrImagePull: ${notThere}`));
    }
    await counted(web);
    const { failures } = await wait([web], { timeoutMs: 10 * minute });
    expect(told({ failures, notes: [] })).toEqual([
      `apps/Deployment/NS/web: it has not come up within 10m: 0 of 2 updated pods are available; pod web-…, and 1 more likewise: container app: the image web:1 cannot be had (ImagePullBackOff): Back-off pulling image "registry.example.com/web:2": ErrImagePull: ${notThere}`,
    ]);
    expect(failures[0]?.help).toContain('imagePullSecrets');
  });

  test('a name that no image can have ends the wait at once; what was on its way is named', async () => {
    const [web, slow] = [await deployment('web', 'Web', 1), await deployment('slow', 'slow:1', 1)];
    for (const pod of await kubelet.podsOf('Web', 1)) {
      await kubelet.say(pod, broken('InvalidImageName', 'Failed to apply default image tag "Web": invalid reference format', 'Web'));
    }
    await counted(web);
    const result = await wait([slow, web]);
    expect(told(result)).toEqual([
      'apps/Deployment/NS/web: 0 of 1 updated pods are available; pod web-…: container app: the image Web cannot be had (InvalidImageName): Failed to apply default image tag "Web": invalid reference format',
    ]);
    expect(result.notes).toEqual([`apps/Deployment/${namespace}/slow had not come up either when the wait ended, and may come up yet.`]);
  });

  test('a quota is said in the words of who refuses', async () => {
    const quota = `/api/v1/namespaces/${namespace}/resourcequotas/small`;
    await apply({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'small' }, ...{ spec: { hard: { pods: '1' } } } });
    const isFilled = async (): Promise<boolean> => (await server.ask({ method: 'GET', path: quota })).body.includes('"used"');
    while (!(await isFilled())) await sleep(20);
    const [web, db] = [await deployment('web', 'web:1', 3), await statefulSet('db', 'db:1', 1)];
    await kubelet.podsOf('web:1', 1);
    const refused = async (): Promise<boolean> => {
      const events = await server.ask({ method: 'GET', path: `/api/v1/namespaces/${namespace}/events` });
      const live = await server.ask({ method: 'GET', path: `/apis/apps/v1/namespaces/${namespace}/deployments/web` });
      return live.body.includes('ReplicaFailure') && events.body.includes('Create Pod db-0 in StatefulSet db failed');
    };
    while (!(await refused())) await sleep(20);
    const result = await wait([web, db], { timeoutMs: minute, meanwhile: () => kubelet.runAll('web:1') });
    const exceeded = 'exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1';
    const texts = told(result);
    expect(texts[0]).toContain(
      'apps/Deployment/NS/web: it has not come up within 1m: 1 of 3 pods are updated; no more can be made: FailedCreate: pods "web-',
    );
    expect(texts[0]).toContain(exceeded);
    expect(texts[1]).toContain(
      'apps/StatefulSet/NS/db: it has not come up within 1m: 0 of 1 pods are ready; FailedCreate: Create Pod db-0 in StatefulSet db failed error:',
    );
    expect(texts[1]).toContain(exceeded);
  });

  test('a progress deadline that passes ends the wait', async () => {
    const web = await deployment('web', 'web:1', 1, { progressDeadlineSeconds: 1 });
    const pod = (await kubelet.podsOf('web:1', 1))[0];
    if (pod !== undefined)
      await kubelet.say(pod, {
        phase: 'Pending',
        conditions: [
          { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available: 3 Insufficient cpu.' },
        ],
      });
    expect(told(await wait([web]))).toEqual([
      'apps/Deployment/NS/web: 0 of 1 updated pods are available; its progress deadline has passed; pod web-…: no node takes it: 0/3 nodes are available: 3 Insufficient cpu.',
    ]);
  });

  const job = (name: string, more: object = {}) => {
    const { template } = pods(name, 'job:1', { restartPolicy: 'Never' });
    return apply({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, ...{ spec: { backoffLimit: 0, template, ...more } } });
  };
  const ended = (exitCode: number) => ({
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    containerStatuses: [
      {
        name: 'app',
        image: 'job:1',
        imageID: '',
        ready: false,
        restartCount: 0,
        state: { terminated: { exitCode, reason: 'Error', message: 'table users is locked' } },
      },
    ],
  });

  test('a Job that fails ends the wait, with the exit code of its pod', async () => {
    const migrate = await job('migrate');
    for (const pod of await kubelet.podsOf('job:1', 1)) await kubelet.say(pod, ended(1));
    expect(told(await wait([migrate]))).toEqual([
      'batch/Job/NS/migrate: it failed: BackoffLimitExceeded: Job has reached the specified backoff limit; pod migrate-…: container app ended with exit code 1: table users is locked',
    ]);
  });

  test('what had failed before ends no wait for others', async () => {
    const migrate = await job('migrate');
    for (const pod of await kubelet.podsOf('job:1', 1)) await kubelet.say(pod, ended(1));
    await wait([migrate]);
    const web = await deployment('web', 'web:1', 1);
    const result = await wait([migrate, web], { meanwhile: () => kubelet.runAll('web:1') });
    expect(told(result)).toEqual([expect.stringContaining('batch/Job/NS/migrate: it failed: BackoffLimitExceeded')]);
    expect(result.done).toEqual([`apps/Deployment/${namespace}/web`]);
  });

  test('a Job is done once it is complete; one that is gone, and one that is suspended, are remarked upon', async () => {
    const [migrate, held] = [await job('migrate'), await job('held', { suspend: true })];
    const gone = { ...migrate, name: 'gone' };
    const finish = async (): Promise<void> => {
      for (const pod of await kubelet.podsOf('job:1', 1)) await kubelet.say(pod, ended(0));
    };
    const { failures, notes, done } = await wait([migrate, held, gone], { meanwhile: finish });
    expect(failures).toEqual([]);
    expect(done.at(-1)).toBe(`batch/Job/${namespace}/migrate`);
    expect(notes.toSorted()).toEqual([
      `batch/Job/${namespace}/gone: it is gone, as a Job is that has ended and has a ttlSecondsAfterFinished; how it ended cannot be seen any more.`,
      `batch/Job/${namespace}/held: it is suspended.`,
    ]);
  });

  const statefulSet = (name: string, image: string, replicas: number) =>
    apply({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name },
      ...{ spec: { replicas, serviceName: name, ...pods(name, image) } },
    });

  test('a StatefulSet comes up one by one; what an earlier version blocks is said', async () => {
    const db = await statefulSet('db', 'db:1', 2);
    expect(await wait([db], { meanwhile: () => kubelet.runAll('db:1') })).toMatchObject({ failures: [], notes: [] });
    await statefulSet('db', 'db:2', 2);
    for (const pod of await kubelet.podsOf('db:2', 1)) await kubelet.say(pod, broken('ErrImagePull', 'db:2: not found', 'db:2'));
    await statefulSet('db', 'db:3', 2);
    const stuck = await wait([db], { timeoutMs: 10 * minute });
    expect(told(stuck)).toEqual([
      'apps/StatefulSet/NS/db: it has not come up within 10m: 1 of 2 pods are ready; pod db-1: of an earlier version, and not replaced: container app: the image db:2 cannot be had (ErrImagePull): db:2: not found',
    ]);
    expect(stuck.failures[0]?.help).toBe('delete the pod: the next one is of the new version');
  });

  test('a rollout that is replaced by a newer one is waited for in its stead, and only the newer one’s pods count', async () => {
    const web = await deployment('web', 'web:1', 1);
    for (const pod of await kubelet.podsOf('web:1', 1)) await kubelet.say(pod, broken('ErrImagePull', 'web:1: not found'));
    let looks = 0;
    const replace = async (): Promise<void> => {
      looks += 1;
      if (looks === 3) await deployment('web', 'web:2', 1);
      if (looks > 3)
        for (const pod of await kubelet.podsOf('web:2', 1))
          await kubelet.say(pod, broken('CreateContainerConfigError', 'secret "db" not found', 'web:2'));
    };
    expect(told(await wait([web], { timeoutMs: 10 * minute, meanwhile: replace }))).toEqual([
      'apps/Deployment/NS/web: it has not come up within 10m: 1 of 1 pods are updated, and 1 old ones have not ended; pod web-…: container app cannot be started (CreateContainerConfigError): secret "db" not found',
    ]);
    expect(await wait([web], { meanwhile: () => kubelet.runAll('web:2') })).toMatchObject({ failures: [], notes: [] });
  });

  test('a probe that fails is found among the events', async () => {
    const web = await deployment('web', 'web:1', 1);
    for (const { metadata, ...pod } of await kubelet.podsOf('web:1', 1)) {
      await kubelet.say(
        { metadata, ...pod },
        {
          phase: 'Running',
          containerStatuses: [{ name: 'app', image: 'web:1', imageID: 'x', ready: false, restartCount: 0, state: { running: {} } }],
        },
      );
      const event = {
        metadata: { name: 'unhealthy', namespace },
        involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace, name: metadata.name, uid: metadata.uid },
        reason: 'Unhealthy',
        message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
        type: 'Warning',
        lastTimestamp: new Date().toISOString(),
      };
      const reply = await server.ask({ method: 'POST', path: `/api/v1/namespaces/${namespace}/events`, body: JSON.stringify(event) });
      expect(reply.status).toBe(201);
    }
    expect(told(await wait([web], { timeoutMs: 570_000 }))).toEqual([
      'apps/Deployment/NS/web: it has not come up within 570s: 0 of 1 updated pods are available; pod web-…: container app runs and is not ready (Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503)',
    ]);
  });

  test('a custom resource comes up by its conditions', async () => {
    const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    const definition = await apply({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'lamps.rollout.example.com' },
      ...{
        spec: {
          group: 'rollout.example.com',
          scope: 'Namespaced',
          names: { kind: 'Lamp', plural: 'lamps' },
          versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, subresources: { status: {} } }],
        },
      },
    });
    expect((await wait([definition])).failures).toEqual([]);
    while (
      (await openTarget({ server, environment, formerly: [] })).kindOf({ apiVersion: 'rollout.example.com/v1', kind: 'Lamp' }) === undefined
    )
      await sleep(20);
    const lamp = await apply({ apiVersion: 'rollout.example.com/v1', kind: 'Lamp', metadata: { name: 'desk' } });
    const say = async (type: string, status: string, message: string): Promise<void> => {
      const path = `/apis/rollout.example.com/v1/namespaces/${namespace}/lamps/desk/status`;
      const body = JSON.stringify({ status: { observedGeneration: 1, conditions: [{ type, status, reason: 'Bulb', message }] } });
      expect((await server.ask({ method: 'PATCH', path, body, type: 'application/merge-patch+json' })).status).toBe(200);
    };
    let looks = 0;
    const light = async (): Promise<void> => {
      looks += 1; // the first look finds no status, as its controller has not come to it
      await (looks === 1 ? say('Ready', 'False', 'is being screwed in') : say('Ready', 'True', 'shines'));
    };
    expect(await wait([lamp], { meanwhile: light })).toMatchObject({ failures: [], done: [objectName(lamp)] });
    expect(looks).toBe(2);
    await say('Stalled', 'True', 'is broken');
    expect(told(await wait([lamp]))).toEqual(['rollout.example.com/Lamp/NS/desk: it is stalled: Bulb: is broken']);
  });

  test('a claim whose class binds with the first pod is no failure', async () => {
    const storageClass = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: `late-${namespace}` } };
    await apply({ ...storageClass, ...{ provisioner: 'example.com/none', volumeBindingMode: 'WaitForFirstConsumer' } });
    const claim = (name: string, storageClassName: string) => {
      const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName };
      return apply({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name }, ...{ spec } });
    };
    const claims = [await claim('late', `late-${namespace}`), await claim('none', 'nobody')];
    const result = await wait(claims, { timeoutMs: minute });
    expect(told(result)).toEqual(['PersistentVolumeClaim/NS/none: it has not come up within 1m: it has no volume yet']);
    expect(result.done).toEqual([`PersistentVolumeClaim/${namespace}/late`]);
  });

  test('what somebody deletes meanwhile is missed at once', async () => {
    const web = await deployment('web', 'web:1', 1);
    const remove = () => server.ask({ method: 'DELETE', path: `/apis/apps/v1/namespaces/${namespace}/deployments/web` });
    expect(told(await wait([web], { meanwhile: remove }))).toEqual([
      'apps/Deployment/NS/web: it is not there any more: somebody else has deleted it',
    ]);
  });

  /** The real one, with its requests noted, and what a test makes of them. */
  function observed(of: (request: ApiRequest) => void): ApiServer {
    return {
      host: server.host,
      throwAway: true,
      kinds: (signal) => server.kinds(signal),
      discover: (signal) => server.discover(signal),
      ask: (request, signal) => {
        of(request);
        return server.ask(request, signal);
      },
    };
  }

  test('what is ready costs one list of each kind, in all namespaces', async () => {
    const objects = await Promise.all(Array.from({ length: 12 }, (_, at) => deployment(`web-${at}`, 'web:1', 0)));
    const sets = await Promise.all(Array.from({ length: 6 }, (_, at) => statefulSet(`db-${at}`, 'db:1', 0)));
    const all = [...objects, ...sets];
    await wait(all);
    const paths: string[] = [];
    await wait(all, { server: observed(({ path }) => void paths.push(path)) });
    expect(paths.filter((path) => path !== '/api' && path !== '/apis').toSorted()).toEqual([
      '/apis/apps/v1/deployments?labelSelector=lockkeeper.dev%2Fenvironment%3Drollouts&limit=100',
      '/apis/apps/v1/statefulsets?labelSelector=lockkeeper.dev%2Fenvironment%3Drollouts&limit=100',
    ]);
  });

  test('of many, only those that are not ready are asked for again; a list is never older than the last', async () => {
    const objects = await Promise.all(Array.from({ length: 7 }, (_, at) => deployment(`web-${at}`, 'web:1', 1)));
    const paths: string[] = [];
    let looks = 0;
    const run = async (): Promise<void> => {
      looks += 1;
      const all = await kubelet.podsOf('web:1', 7);
      const running = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
      if (looks === 2) for (const pod of all.slice(1)) await kubelet.say(pod, running);
      if (looks > 20) for (const pod of all.slice(0, 1)) await kubelet.say(pod, running);
    };
    expect((await wait(objects, { meanwhile: run, server: observed(({ path }) => void paths.push(path)) })).failures).toEqual([]);
    const asked = paths.filter((path) => path.includes('/deployments'));
    expect(asked[0]).toMatch(/limit=100$/);
    expect(asked[1]).toMatch(/&resourceVersion=\d+&resourceVersionMatch=NotOlderThan&limit=100$/);
    expect(asked.at(-1)).toMatch(/\/namespaces\/rollout-\d+\/deployments\/web-\d$/);
  });

  test('a server that is away for a while is waited for, and said when it stays away', async () => {
    const web = await deployment('web', 'web:1', 0);
    let failures = 3;
    const away = observed(({ path }) => {
      if (path.includes('deployments') && failures > 0) {
        failures -= 1;
        throw new OutsideError('cluster', 'connect ECONNREFUSED');
      }
    });
    expect((await wait([web], { server: away })).failures).toEqual([]);
    failures = Number.POSITIVE_INFINITY;
    expect((await wait([web], { server: away, timeoutMs: minute })).failures).toEqual([
      { object: web, message: 'how far it has come cannot be seen: connect ECONNREFUSED', outside: true },
    ]);
  });

  test('who may not look is told at once', async () => {
    const web = await deployment('web', 'web:1', 1);
    const closed = observed(({ path }) => {
      if (path.includes('deployments')) throw new RefusedError('cluster', 'deployments.apps is forbidden');
    });
    const meanwhile = jest.fn(() => Promise.resolve());
    const result = await wait([web], { server: closed, meanwhile });
    expect(told(result)).toEqual(['apps/Deployment/NS/web: how far it has come cannot be seen: deployments.apps is forbidden']);
    expect(meanwhile).not.toHaveBeenCalled();
  });

  test('a signal ends the wait in the middle', async () => {
    const web = await deployment('web', 'web:1', 1);
    const stop = new AbortController();
    const meanwhile = (): Promise<void> => Promise.resolve(stop.abort(new Error('the lock is lost')));
    await expect(wait([web], { meanwhile, signal: stop.signal })).rejects.toThrow('the lock is lost');
    const target = await openTarget({ server, environment, formerly: [] });
    const late = new AbortController();
    const pending = waitForRollouts(
      target,
      [web],
      { timeoutMs: 3600 * minute, since: new Date() },
      { phase: () => {}, done: () => {} },
      late.signal,
    );
    late.abort(new Error('stopped'));
    await expect(pending).rejects.toThrow('stopped');
  });
});
