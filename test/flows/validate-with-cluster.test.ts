import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClusterClient, connectCluster } from '../../src/adapters/cluster/client.ts';
import { kubeconfigText } from '../../src/adapters/cluster/control-plane/kubeconfig.ts';
import { createLocal } from '../../src/adapters/forges/local/local.ts';
import { readConfig } from '../../src/config/load.ts';
import { noEnvironmentFile } from '../../src/domain/environment.ts';
import { createJudging, type Judging } from '../../src/serve/judging.ts';
import { type ValidationSettings, validateEnvironment } from '../../src/validation/validate.ts';
import { sharedControlPlane } from '../support/control-plane.ts';
import { desired } from '../support/desired.ts';
import { startServer } from '../support/http-server.ts';
import { standingIn } from '../support/left-over.ts';
import { localFixture } from '../support/local-fixture.ts';
import { describeWith } from '../support/parts.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { path, validationWorld } from '../support/validation-world.ts';

const never = new AbortController().signal;
const object = (apiVersion: string, kind: string, metadata: object, more: object = {}) =>
  JSON.stringify({ apiVersion, kind, metadata, ...more });
const namespace = (name: string) => object('v1', 'Namespace', { name });

/** What a deployment of `staging` writes on it. */
const deployed = (identity: string) => ({
  labels: { 'lockkeeper.dev/environment': 'staging', 'lockkeeper.dev/deployed-at': '20261121170000' },
  annotations: { 'lockkeeper.dev/identity': identity },
});

const definition = (name: string, most: number) => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: ${name}s.canal.example.com }
spec:
  group: canal.example.com
  scope: Namespaced
  names: { plural: ${name}s, kind: ${name === 'lock' ? 'Lock' : 'Gate'} }
  conversion: { strategy: Webhook, webhook: { conversionReviewVersions: [v1], clientConfig: { url: "https://converter.example.com" } } }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties: { gates: { type: integer }, open: { type: integer } }
              x-kubernetes-validations: [{ rule: "self.open <= ${most}", message: "at most ${most} of its gates may be open" }]
`;
const custom = (kind: string, open: number) =>
  `apiVersion: canal.example.com/v1\nkind: ${kind}\nmetadata: { name: panama, namespace: there }\nspec: { open: ${open} }\n`;

const web = (config: string, secret: string, where = 'there') => `apiVersion: v1
kind: Pod
metadata: { name: web, namespace: ${where} }
spec: { containers: [{ name: web, image: "registry.example.com/web:1", envFrom: [{ configMapRef: { name: ${config} } }, { secretRef: { name: ${secret} } }] }] }
`;

/** Looked at here; the checklist has a page and tests of its own. */
const rules = ['dangling-reference', 'missing-namespace', 'missing-definition', 'api-server'];

describeWith('control-plane', 'an environment whose cluster has something already', () => {
  const plane = sharedControlPlane();
  const folder = temporaryFolder();
  let cluster: ClusterClient;
  let judging: Judging;
  const open: Judging[] = [];
  let kubeconfigs = '';

  const create = async (path: string, body: string): Promise<string> => {
    const reply = await cluster.ask({ method: 'POST', path, body, type: 'application/yaml' });
    expect([path, reply.status]).toEqual([path, 201]);
    return reply.body;
  };

  /** Judges with a server of our own; `cluster` is reached as the kubeconfig says. */
  async function judgingAs(token: string, url?: string): Promise<Judging> {
    const { address } = await plane();
    const file = join(kubeconfigs, `${open.length}`);
    writeFileSync(file, kubeconfigText({ ...address, token, ...(url !== undefined && { url }) }));
    const text = `forges: { local: { type: local, path: ./r } }
environments: [{ name: staging, repository: "local:staging", cluster: theirs }]
clusters: { theirs: { kubeconfig: ${file} } }
`;
    const { config } = readConfig('app.yml', text, { env: {}, readFile: () => '' });
    const one = createJudging({ env: process.env, config, debug: () => {}, warn: () => {} });
    open.push(one);
    return one;
  }

  /** A token of somebody who may read no more than those kinds, from the cluster itself. */
  async function tokenFor(name: string, resources: readonly string[]): Promise<string> {
    const account = { kind: 'ServiceAccount', name, namespace: 'there' };
    await create('/api/v1/namespaces/there/serviceaccounts', object('v1', 'ServiceAccount', { name }));
    const role = object(
      'rbac.authorization.k8s.io/v1',
      'ClusterRole',
      { name },
      { rules: [{ apiGroups: ['*'], resources, verbs: ['get'] }] },
    );
    await create('/apis/rbac.authorization.k8s.io/v1/clusterroles', role);
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
    const binding = object('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', { name }, { roleRef, subjects: [account] });
    await create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', binding);
    const asked = object('authentication.k8s.io/v1', 'TokenRequest', {}, { spec: { expirationSeconds: 3600 } });
    const body = await create(`/api/v1/namespaces/there/serviceaccounts/${name}/token`, asked);
    return (JSON.parse(body) as { readonly status: { readonly token: string } }).status.token;
  }

  async function findingsOf(text: string, by: Judging, settings: Partial<ValidationSettings>, environment = 'staging') {
    const state = { environment: noEnvironmentFile, objects: desired(text), findings: [], complete: true, bundles: new Map() };
    const { findings } = await validateEnvironment(by, { environment, state }, { registries: [], ...settings }, never);
    return findings.filter(({ rule }) => rules.includes(rule));
  }

  async function judged(text: string, by = judging, settings: Partial<ValidationSettings> = {}): Promise<string[]> {
    const findings = await findingsOf(text, by, { cluster: 'theirs', ...settings });
    return findings.map(({ severity, line, message }) => `${severity} ${line}: ${message}`);
  }

  beforeAll(async () => {
    kubeconfigs = mkdtempSync(join(tmpdir(), 'lockkeeper-test-'));
    const { address } = await plane();
    cluster = connectCluster(address, { throwAway: false });
    await create('/api/v1/namespaces', namespace('there'));
    const configs = '/api/v1/namespaces/there/configmaps';
    await create(configs, object('v1', 'ConfigMap', { name: 'c' }));
    await create(configs, object('v1', 'ConfigMap', { name: 'left', ...deployed('/ConfigMap/there/left') }));
    await create('/api/v1/namespaces/there/secrets', object('v1', 'Secret', { name: 's' }, { stringData: { password: 'hunter2' } }));
    await create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition('lock', 2));
    await create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition('gate', 2));
    judging = await judgingAs(address.token ?? '');
  });
  afterAll(async () => {
    for (const one of open) await one.close();
    await cluster.close();
    rmSync(kubeconfigs, { recursive: true });
  });

  test('what is there settles references and namespaces; what is in neither is an error', async () => {
    expect(await judged(web('c', 's'))).toEqual([]);
    expect(await judged(web('d', 't'))).toEqual([
      'error 4: Pod web in namespace there needs ConfigMap d, which is neither in this environment nor in its cluster.',
      'error 4: Pod web in namespace there needs Secret t, which is neither in this environment nor in its cluster.',
    ]);
    expect(await judged(web('c', 's', 'nowhere'))).toEqual([
      'error 3: The namespace nowhere is neither in this environment nor in its cluster.',
      'error 4: Pod web in namespace nowhere needs ConfigMap c, which is neither in this environment nor in its cluster.',
      'error 4: Pod web in namespace nowhere needs Secret s, which is neither in this environment nor in its cluster.',
    ]);
  });

  test('without a cluster it is told as before', async () => {
    const findings = await findingsOf(web('d', 't'), judging, {});
    expect(findings.map(({ severity, rule }) => `${severity} ${rule}`)).toEqual([
      'warning missing-namespace',
      'error dangling-reference',
      'warning dangling-reference',
    ]);
  });

  test('what the deployment will prune is not there, unless the environment is another one', async () => {
    expect(await judged(web('left', 's'))).toEqual([
      'error 4: Pod web in namespace there needs ConfigMap left, which is neither in this environment nor in its cluster.',
    ]);
    expect(await findingsOf(web('left', 's'), judging, { cluster: 'theirs' }, 'production')).toEqual([]);
  });

  test('what its user may not read is not known: as without a cluster, and nothing of it is judged wrongly', async () => {
    const limited = await judgingAs(await tokenFor('limited', ['configmaps', 'namespaces']));
    expect(await judged(web('d', 't'), limited)).toEqual([
      'error 4: Pod web in namespace there needs ConfigMap d, which is neither in this environment nor in its cluster.',
      'warning 4: Pod web in namespace there needs Secret t, which is not in this environment.',
    ]);
    expect(await judged(web('c', 's'), limited)).toEqual([
      'warning 4: Pod web in namespace there needs Secret s, which is not in this environment.',
    ]);
    expect(await judged(custom('Lock', 3), limited, { missingDefinitions: 'error' })).toEqual([
      'error 1: Not checked: no definition of Lock in canal.example.com/v1 was found.',
    ]);
  });

  test('a definition that only the cluster has judges, with its rules in CEL; that of the environment goes before it', async () => {
    const before = await standingIn(cluster);
    expect(await judged(custom('Lock', 2))).toEqual([]);
    expect(await judged(`${custom('Lock', 3)}---\n${custom('Gate', 4)}`)).toEqual([
      'error 4: spec: Invalid value: at most 2 of its gates may be open',
      'error 9: spec: Invalid value: at most 2 of its gates may be open',
    ]);
    expect(await judged(`${custom('Lock', 3)}---\n${custom('Gate', 3)}---\n${definition('lock', 3)}`)).toEqual([
      'error 9: spec: Invalid value: at most 2 of its gates may be open',
    ]);
    const given = folder();
    writeFileSync(join(given, 'lock.yaml'), definition('lock', 5));
    expect(await judged(custom('Lock', 6), judging, { definitions: given })).toEqual([
      'error 4: spec: Invalid value: at most 5 of its gates may be open',
    ]);
    expect(await standingIn(cluster)).toEqual(before);
  });

  test('a merge request that takes away what an untouched file needs is told so, and not that it was so before', async () => {
    const root = folder();
    const fixture = localFixture(root, createLocal({ name: 'local', path: root }), () => Promise.resolve());
    const file = (name: string) => object('v1', 'ConfigMap', { name, namespace: 'there' });
    await fixture.createRepository(path, {
      'environment.yml': 'name: staging\nmanifests: [manifests/]\n',
      'manifests/config.yaml': file('mine'),
      'manifests/old.yaml': web('never', 's').replace('name: web,', 'name: old,'),
      'manifests/web.yaml': web('mine', 's'),
    });
    const lease: Judging['lease'] = (of, signal) => judging.lease({ ...of, cluster: 'theirs' }, signal);
    const { validate, ours } = validationWorld(fixture, { ...judging, lease });
    await fixture.pushAsPerson(path, 'feature', { 'manifests/config.yaml': file('other') }, 'change');
    const id = await fixture.openAsPerson(path, 'feature', 'Rename it');
    await validate(id);
    const [text = ''] = await ours(id);
    const [shown = '', before = ''] = text.split('<details>');
    expect(shown).toContain('Pod web in namespace there needs ConfigMap mine, which is neither in this environment nor in its cluster');
    expect(shown).not.toContain('ConfigMap never');
    expect(before).toContain('ConfigMap never, which is neither in this environment nor in its cluster');
  });

  test('a cluster that does not answer gives no verdict', async () => {
    const gone = await startServer(() => {});
    await gone[Symbol.asyncDispose]();
    const { address, version } = await plane();
    const cut = await judgingAs(address.token ?? '', gone.url);
    await expect(judged(web('c', 's'), cut)).rejects.toThrow('connection refused');
    await expect(judged(web('c', 's'), cut, { kubernetes: version })).rejects.toThrow('connection refused');
    const stranger = await judgingAs('a-token-of-nobody');
    await expect(judged(web('c', 's'), stranger, { kubernetes: version })).rejects.toThrow('its credentials are not accepted');
  });

  test('Secrets are asked for without what is in them, and one client asks', async () => {
    const [one, other] = await Promise.all([judging.lease({ cluster: 'theirs' }, never), judging.lease({ cluster: 'theirs' }, never)]);
    one.release();
    other.release();
    expect([one.cluster === other.cluster, one.cluster === one.server, one.cluster?.throwAway]).toEqual([true, false, false]);
    const replies: string[] = [];
    const watched = {
      ...judging,
      lease: async (...of: Parameters<Judging['lease']>) => {
        const lease = await judging.lease(...of);
        const { cluster: theirs } = lease;
        if (theirs === undefined) throw new Error('no cluster');
        const ask = async (...request: Parameters<ClusterClient['ask']>) => {
          const reply = await theirs.ask(...request);
          replies.push(`${request[0].path} ${reply.body}`);
          return reply;
        };
        return {
          ...lease,
          cluster: { host: theirs.host, throwAway: false, kinds: () => theirs.kinds(), discover: () => theirs.discover(), ask },
        };
      },
    };
    expect(await judged(web('c', 's'), watched)).toEqual([]);
    const secret = replies.filter((one) => one.startsWith('/api/v1/namespaces/there/secrets/s '));
    expect(secret).toHaveLength(1);
    expect(secret[0]).toContain('PartialObjectMetadata');
    expect(secret[0]).not.toMatch(/aHVudGVyMg|"data"/);
  });
});
