import type { ApiServer } from '../../../../src/domain/cluster.ts';
import { OutsideError } from '../../../../src/domain/errors.ts';
import { describeWith } from '../../../support/parts.ts';
import { config, configId, pruneWorld, watching } from '../../../support/prune-world.ts';

const namespaceText = (name: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`;
const claim = (space: string): string =>
  `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data, namespace: ${space}}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n`;

const definition = (kind: string): string => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ${kind.toLowerCase()}s.prune.example.com}
spec:
  group: prune.example.com
  names: {kind: ${kind}, plural: ${kind.toLowerCase()}s}
  scope: Namespaced
  versions:
    - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
`;
const custom = (kind: string, space: string, name: string, more = ''): string =>
  `apiVersion: prune.example.com/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${space}${more}}\n`;
const definitionName = (kind: string): string => `apiextensions.k8s.io/CustomResourceDefinition/${kind.toLowerCase()}s.prune.example.com`;

describeWith('control-plane', 'prune and kinds that take others along', () => {
  const world = pruneWorld();
  const { put, deploy, change, has, hasConfig, namespace, prune } = world;
  const hasNamespace = (name: string): Promise<boolean> => has('v1', 'Namespace', '', name);
  const protect: readonly string[] = [];

  test('a volume claim, without a word about it', async () => {
    await namespace('kinds-a');
    await deploy('kinds-a', claim('kinds-a'));
    expect(await prune('kinds-a')).toMatchObject({
      deletes: [],
      kept: { 'PersistentVolumeClaim/kinds-a/data': 'prune.protect of environment.yml names PersistentVolumeClaim' },
    });
  });

  test.each(['ConfigMap', 'configmap', 'ConfigMaps', '/ConfigMap'])('prune.protect says %s, and means all of them', async (entry) => {
    await namespace('kinds-b');
    await deploy('kinds-b', config('kinds-b', 'old'));
    expect(await prune('kinds-b', { protect: [entry] })).toMatchObject({
      deletes: [],
      kept: { 'ConfigMap/kinds-b/old': `prune.protect of environment.yml names ${entry}` },
    });
  });

  test('prune.protect names a kind of another group: that is not meant', async () => {
    await namespace('kinds-c');
    await deploy('kinds-c', config('kinds-c', 'old'));
    expect(await prune('kinds-c', { protect: ['example.com/ConfigMap'] })).toMatchObject({ pruned: ['ConfigMap/kinds-c/old'] });
  });

  test.each(['kube-system', 'kube-public', 'kube-node-lease', 'default', 'lockkeeper-system'])(
    'the namespace %s, though nothing protects namespaces',
    async (name) => {
      await namespace(name);
      await world.mark('kinds-d', { apiVersion: 'v1', kind: 'Namespace', namespace: '', name });
      const { deletes, kept } = await prune('kinds-d', { protect });
      expect([deletes, kept[`Namespace/${name}`]]).toEqual([[], 'it is a namespace of the system']);
    },
  );

  test('a namespace in which a stranger keeps something', async () => {
    await deploy('kinds-e', `${namespaceText('kinds-e')}---\n${config('kinds-e', 'ours')}`);
    await put(config('kinds-e', 'strangers'));
    expect(await prune('kinds-e', { protect })).toMatchObject({
      pruned: ['ConfigMap/kinds-e/ours'],
      kept: { 'Namespace/kinds-e': 'it would take along what this run does not prune: ConfigMap/kinds-e/strangers' },
    });
    expect([await hasNamespace('kinds-e'), await hasConfig('kinds-e', 'strangers')]).toEqual([true, true]);
  });

  test('a namespace in which another environment keeps something', async () => {
    await deploy('kinds-f', namespaceText('kinds-f'));
    await deploy('kinds-f-other', config('kinds-f', 'theirs'));
    expect(await prune('kinds-f', { protect })).toMatchObject({ deletes: [] });
    expect(await hasConfig('kinds-f', 'theirs')).toBe(true);
  });

  test('a namespace in which something of ours stays', async () => {
    await deploy('kinds-g', `${namespaceText('kinds-g')}---\n${claim('kinds-g')}`);
    expect(await prune('kinds-g', { protect: ['PersistentVolumeClaim'] })).toMatchObject({
      deletes: [],
      kept: { 'Namespace/kinds-g': 'it would take along what this run does not prune: PersistentVolumeClaim/kinds-g/data' },
    });
  });

  test('a namespace in which something is wanted, and not there yet', async () => {
    await deploy('kinds-h', namespaceText('kinds-h'));
    expect(await prune('kinds-h', { protect, wanted: config('kinds-h', 'new') })).toMatchObject({
      deletes: [],
      kept: { 'Namespace/kinds-h': 'objects in it are wanted' },
    });
  });

  test('a namespace with nothing in it but what each has goes last, after what was in it', async () => {
    await deploy('kinds-i', `${namespaceText('kinds-i')}---\n${config('kinds-i', 'ours')}`);
    await put(config('kinds-i', 'kube-root-ca.crt'));
    await put('apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: kinds-i}\n');
    const { deletes } = await prune('kinds-i', { protect });
    expect(deletes).toEqual(['/api/v1/namespaces/kinds-i/configmaps/ours', '/api/v1/namespaces/kinds-i']);
  });

  test('somebody puts something into a namespace while we delete what was in it', async () => {
    await deploy('kinds-j', `${namespaceText('kinds-j')}---\n${config('kinds-j', 'ours')}`);
    const meanwhile = () => put(config('kinds-j', 'new'));
    expect(await prune('kinds-j', { protect, meanwhile })).toMatchObject({
      pruned: ['ConfigMap/kinds-j/ours'],
      kept: { 'Namespace/kinds-j': 'it would take along what this run does not prune: ConfigMap/kinds-j/new' },
    });
    expect(await hasConfig('kinds-j', 'new')).toBe(true);
  });

  test('a namespace that holds what was to go before it, and hangs', async () => {
    await deploy('kinds-k', `${namespaceText('kinds-k')}---\n${config('kinds-k', 'hangs', ', finalizers: [example.com/hold]')}`);
    const { kept, failures } = await prune('kinds-k', { protect });
    expect(kept).toEqual({ 'Namespace/kinds-k': 'it would take along what this run does not prune: ConfigMap/kinds-k/hangs' });
    expect(failures).toEqual(['ConfigMap/kinds-k/hangs: after 1 s it is being deleted still: example.com/hold holds it']);
    expect(await hasNamespace('kinds-k')).toBe(true);
    await change(configId('kinds-k', 'hangs'), { finalizers: null });
  });

  test('a namespace in which somebody makes something of a kind that was not there when the run began', async () => {
    await deploy('kinds-w', namespaceText('kinds-w'));
    const meanwhile = async (): Promise<void> => {
      await put(definition('Late'));
      await put(custom('Late', 'kinds-w', 'new'));
    };
    expect(await prune('kinds-w', { protect, meanwhile })).toMatchObject({
      deletes: [],
      kept: { 'Namespace/kinds-w': 'it would take along what this run does not prune: prune.example.com/Late/kinds-w/new' },
    });
  });

  test('a namespace, when an API goes away that may have something in it', async () => {
    await deploy('kinds-x', namespaceText('kinds-x'));
    let looks = 0;
    const discover: ApiServer['discover'] = async (signal) => {
      looks += 1;
      const seen = await world.server().discover(signal);
      return looks === 1 ? seen : { ...seen, unseen: ['the API x cannot be seen'] };
    };
    const server = { ...watching(world.server(), () => undefined), discover };
    expect(await prune('kinds-x', { protect, server })).toMatchObject({
      deletes: [],
      kept: { 'Namespace/kinds-x': 'what would go with it cannot be told: the API x cannot be seen' },
    });
  });

  test('a namespace of which not all can be seen', async () => {
    await deploy('kinds-l', namespaceText('kinds-l'));
    const server = watching(world.server(), ({ path }) =>
      path.includes('/namespaces/kinds-l/secrets?') ? Promise.reject(new OutsideError('host', 'no answer')) : undefined,
    );
    expect(await prune('kinds-l', { protect, server })).toMatchObject({
      deletes: [],
      kept: { 'Namespace/kinds-l': 'what would go with it cannot be told: secrets of v1 could not be listed (no answer)' },
    });
  });

  test('a definition of which a stranger has a custom resource', async () => {
    await namespace('kinds-m');
    await deploy('kinds-m', definition('Stranger'));
    await put(custom('Stranger', 'kinds-m', 'theirs'));
    expect(await prune('kinds-m', { protect })).toMatchObject({
      deletes: [],
      kept: {
        [definitionName('Stranger')]: 'it would take along what this run does not prune: prune.example.com/Stranger/kinds-m/theirs',
      },
    });
    expect(await has('prune.example.com/v1', 'Stranger', 'kinds-m', 'theirs')).toBe(true);
  });

  test('a definition and all its custom resources: they go first', async () => {
    await namespace('kinds-n');
    await deploy('kinds-n', definition('Own'));
    await deploy('kinds-n', `${custom('Own', 'kinds-n', 'a')}---\n${custom('Own', 'kinds-n', 'b')}`);
    const { deletes, failures } = await prune('kinds-n', { protect });
    expect(failures).toEqual([]);
    expect(deletes.map((path) => path.split('/').at(-1))).toEqual(['a', 'b', 'owns.prune.example.com']);
  });

  test('a definition of which a custom resource is wanted, and not there yet', async () => {
    await deploy('kinds-o', definition('Early'));
    await untilServed('Early');
    expect(await prune('kinds-o', { protect, wanted: custom('Early', 'kinds-o', 'new') })).toMatchObject({
      deletes: [],
      kept: { [definitionName('Early')]: 'custom resources of it are wanted' },
    });
  });

  test('a definition whose custom resource hangs: its controller is gone, and the finalizer is named with what to do', async () => {
    await namespace('kinds-p');
    await deploy('kinds-p', definition('Hanging'));
    await deploy('kinds-p', custom('Hanging', 'kinds-p', 'x', ', finalizers: [example.com/cleanup]'));
    const { failures, help, kept } = await prune('kinds-p', { protect });
    expect(help).toEqual([
      expect.stringContaining(`kubectl patch hangings.prune.example.com x -n kinds-p --type=merge -p '{"metadata":{"finalizers":null}}'`),
    ]);
    expect(failures).toEqual(['prune.example.com/Hanging/kinds-p/x: after 1 s it is being deleted still: example.com/cleanup holds it']);
    expect(kept).toEqual({
      [definitionName('Hanging')]: 'it would take along what this run does not prune: prune.example.com/Hanging/kinds-p/x',
    });
    const again = await prune('kinds-p', { protect, run: '20261121000001' });
    expect(again.deletes).toEqual([]);
    expect(again.kept).toMatchObject({
      'prune.example.com/Hanging/kinds-p/x': 'it is being deleted already, and waits for example.com/cleanup',
    });
  });

  test('a definition that is not served: what is stored under it cannot be told', async () => {
    await deploy('kinds-q', definition('Dark').replace('served: true', 'served: false'));
    const { deletes, kept } = await prune('kinds-q', { protect });
    expect([deletes, kept[definitionName('Dark')]]).toEqual([
      [],
      expect.stringContaining('the server does not serve darks.prune.example.com'),
    ]);
  });

  test('a hanging finalizer holds nothing up but itself', async () => {
    await namespace('kinds-r');
    await deploy('kinds-r', `${config('kinds-r', 'hangs', ', finalizers: [example.com/hold]')}---\n${config('kinds-r', 'goes')}`);
    expect(await prune('kinds-r')).toMatchObject({
      pruned: ['ConfigMap/kinds-r/goes'],
      failures: ['ConfigMap/kinds-r/hangs: after 1 s it is being deleted still: example.com/hold holds it'],
    });
    await change(configId('kinds-r', 'hangs'), { finalizers: null });
  });

  test('a finalizer that takes its time is waited for', async () => {
    await namespace('kinds-s');
    await deploy('kinds-s', config('kinds-s', 'slow', ', finalizers: [example.com/hold]'));
    const looks: string[] = [];
    const server = watching(world.server(), ({ method, path }) => {
      if (method !== 'GET' || !path.endsWith('/configmaps/slow')) return undefined;
      looks.push(path);
      if (looks.length === 2)
        return change(configId('kinds-s', 'slow'), { finalizers: null }).then(() => world.server().ask({ method, path }));
      return undefined;
    });
    expect(await prune('kinds-s', { server, patienceMs: 10_000 })).toMatchObject({ pruned: ['ConfigMap/kinds-s/slow'], failures: [] });
  });

  test('one delete that admission refuses hides no other, and is tried again next time', async () => {
    await namespace('kinds-t');
    await deploy('kinds-t', `${config('kinds-t', 'guarded')}---\n${config('kinds-t', 'free')}`);
    await put(`apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: kinds-t}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [DELETE], resources: [configmaps]}]
  validations: [{expression: "oldObject.metadata.name != 'guarded'", message: guarded objects stay}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: kinds-t}
spec: {policyName: kinds-t, validationActions: [Deny]}
`);
    const dry = { method: 'DELETE', path: '/api/v1/namespaces/kinds-t/configmaps/guarded?dryRun=All' } as const;
    while ((await world.server().ask(dry)).status === 200) await pause();
    const { pruned, failures } = await prune('kinds-t');
    expect(pruned).toEqual(['ConfigMap/kinds-t/free']);
    expect(failures).toEqual([expect.stringMatching(/^ConfigMap\/kinds-t\/guarded: it could not be deleted: .*guarded objects stay/)]);
    const binding = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/kinds-t';
    await world.server().ask({ method: 'DELETE', path: binding });
    while ((await world.server().ask(dry)).status !== 200) await pause();
    expect(await prune('kinds-t', { run: '20261121000001' })).toMatchObject({ pruned: ['ConfigMap/kinds-t/guarded'] });
  });

  test('the server goes away in the middle: what is left is named, and nothing is hammered', async () => {
    await namespace('kinds-u');
    const names = Array.from({ length: 40 }, (_, i) => `old-${i}`);
    await Promise.all(names.map((name) => deploy('kinds-u', config('kinds-u', name))));
    let asked = 0;
    const server = watching(world.server(), ({ method }) => {
      if (method === 'DELETE') asked += 1;
      return asked > 5 ? Promise.reject(new OutsideError('host', 'connection refused')) : undefined;
    });
    const { pruned, kept, failures, deletes } = await prune('kinds-u', { server, share: 1 });
    expect(failures).toEqual([expect.stringMatching(/^Prune was given up after \d objects?: connection refused$/)]);
    expect(pruned.length + Object.keys(kept).length).toBe(40);
    expect(deletes.length).toBeLessThan(40);
    const reasons = Object.values(kept);
    expect(new Set(reasons)).toEqual(
      new Set([
        'connection refused: the next run tries again',
        'connection refused: whether it was deleted is not known, and the next run sees to it',
      ]),
    );
    expect(reasons.filter((reason) => reason.includes('not known')).length).toBe(deletes.length - pruned.length);
  });

  test('what refuses or changes others’ requests goes first, what serves objects after them', async () => {
    await namespace('kinds-v');
    await deploy(
      'kinds-v',
      `${definition('Ordered')}---\n${config('kinds-v', 'c')}---\n${namespaceText('kinds-v-own')}---
apiVersion: v1
kind: Service
metadata: {name: s, namespace: kinds-v}
spec: {ports: [{port: 1}]}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: kinds-v}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: j, namespace: kinds-v}
spec: {schedule: "0 0 1 1 *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: c:1}]}}}}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: a, namespace: kinds-v}
`,
    );
    await deploy('kinds-v', custom('Ordered', 'kinds-v', 'o'));
    const { deletes } = await prune('kinds-v', { protect });
    expect(deletes.map((path) => path.split('/').slice(-2).join('/'))).toEqual([
      'validatingwebhookconfigurations/kinds-v',
      'ordereds/o',
      'cronjobs/j',
      'services/s',
      'configmaps/c',
      'serviceaccounts/a',
      'customresourcedefinitions/ordereds.prune.example.com',
      'namespaces/kinds-v-own',
    ]);
  });

  async function untilServed(kind: string): Promise<void> {
    while (!(await world.server().kinds()).some((one) => one.kind === kind)) await pause();
  }
});

const pause = (): Promise<void> =>
  new Promise((go) => {
    setTimeout(go, 50);
  });
