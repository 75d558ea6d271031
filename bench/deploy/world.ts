import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';

export const namespace = 'bench';
/** On every object, for kubectl's `-l`, and to take them all away again. */
export const partOf = 'app.kubernetes.io/part-of=bench';

/** A kind of the world, as kubectl's `--prune-allowlist` and a path name it. */
export interface BenchKind {
  /** `apps/v1`, `v1` */
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** What stands in an object below its metadata, as JSON is YAML. */
  readonly fields: (name: string, version: number) => object;
}

const pod = (name: string, version: number, more: object = {}): object => ({
  metadata: { labels: { app: name } },
  spec: {
    containers: [
      {
        name: 'app',
        image: `registry.example.com/bench/${name}:1.${version}.0`,
        args: ['--port=8080', '--log=json'],
        env: [
          { name: 'PORT', value: '8080' },
          { name: 'REGION', value: 'eu-north-1' },
        ],
        ports: [{ name: 'http', containerPort: 8080 }],
        resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '256Mi' } },
        securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
      },
    ],
    ...more,
  },
});
const selector = (name: string): object => ({ matchLabels: { app: name } });
const workload = (name: string, version: number): object => ({ selector: selector(name), template: pod(name, version) });
const job = (name: string, more: object): object => ({ template: pod(name, 0, { restartPolicy: 'Never' }), ...more });
const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }];
const binding = (kind: string, name: string): object => ({
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
  subjects: [{ kind: 'ServiceAccount', name, namespace }],
});
const text = (version: number): string => `version: ${version}\n${'# what an app is told at its start\n'.repeat(30)}`;

const row = (apiVersion: string, kind: string, plural: string, namespaced: boolean, fields: BenchKind['fields']): BenchKind => ({
  apiVersion,
  kind,
  plural,
  namespaced,
  fields,
});
const rbac = 'rbac.authorization.k8s.io/v1';

/** Those of which nothing waits for a controller, so that an API server alone applies and deletes them. */
export const kinds: readonly BenchKind[] = [
  row('v1', 'ConfigMap', 'configmaps', true, (_, version) => ({ data: { 'app.yaml': text(version) } })),
  row('v1', 'Secret', 'secrets', true, () => ({ data: { password: 'aHVudGVyMg==' } })),
  row('v1', 'Service', 'services', true, (name) => ({
    spec: { clusterIP: 'None', selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  })),
  row('v1', 'ServiceAccount', 'serviceaccounts', true, () => ({ automountServiceAccountToken: false })),
  row('v1', 'LimitRange', 'limitranges', true, () => ({ spec: { limits: [{ type: 'Container', max: { memory: '8Gi' } }] } })),
  row(rbac, 'Role', 'roles', true, () => ({ rules })),
  row(rbac, 'RoleBinding', 'rolebindings', true, (name) => binding('Role', name)),
  row(rbac, 'ClusterRole', 'clusterroles', false, () => ({ rules })),
  row(rbac, 'ClusterRoleBinding', 'clusterrolebindings', false, (name) => binding('ClusterRole', name)),
  row('apps/v1', 'Deployment', 'deployments', true, (name, version) => ({ spec: { replicas: 2, ...workload(name, version) } })),
  row('apps/v1', 'StatefulSet', 'statefulsets', true, (name, version) => ({ spec: { serviceName: name, ...workload(name, version) } })),
  row('apps/v1', 'DaemonSet', 'daemonsets', true, (name, version) => ({ spec: workload(name, version) })),
  row('batch/v1', 'Job', 'jobs', true, (name, version) => ({ spec: job(name, { parallelism: version }) })),
  row('batch/v1', 'CronJob', 'cronjobs', true, (name) => ({ spec: { schedule: '0 * * * *', jobTemplate: { spec: job(name, {}) } } })),
  row('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets', true, (name) => ({
    spec: { maxUnavailable: 1, selector: selector(name) },
  })),
  row('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies', true, (name) => ({
    spec: { podSelector: selector(name), ingress: [{ ports: [{ port: 8080 }] }] },
  })),
  row('networking.k8s.io/v1', 'Ingress', 'ingresses', true, (name) => ({
    spec: {
      rules: [
        {
          host: `${name}.example.com`,
          http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port: { name: 'http' } } } }] },
        },
      ],
    },
  })),
  row('networking.k8s.io/v1', 'IngressClass', 'ingressclasses', false, (name) => ({ spec: { controller: `example.com/${name}` } })),
  row('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', true, (name) => ({
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      maxReplicas: 5,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
    },
  })),
  row('scheduling.k8s.io/v1', 'PriorityClass', 'priorityclasses', false, () => ({ value: 1000 })),
];

const perFile = 10;

/**
 * An environment of that many objects, as many of each kind. Of the next `version` each that stays is another than it was, a tenth has gone, and as
 * many have come.
 */
export function makeEnvironment(folder: string, objects: number, version: 1 | 2): void {
  mkdirSync(join(folder, 'manifests'), { recursive: true });
  writeFileSync(join(folder, 'environment.yml'), 'name: bench\nmanifests:\n  - manifests/\n');
  const each = objects / kinds.length;
  const first = version === 1 ? 0 : Math.round(each / 10);
  for (const kind of kinds) {
    const documents = Array.from({ length: each }, (_, at) => documentOf(kind, `app-${first + at}`, version));
    for (let at = 0; at < each; at += perFile)
      writeFileSync(join(folder, 'manifests', `${kind.plural}-${at}.yaml`), documents.slice(at, at + perFile).join('---\n'));
  }
}

/** In block style, as people write it. */
function documentOf({ apiVersion, kind, namespaced, fields }: BenchKind, name: string, version: number): string {
  const [label = '', value = ''] = partOf.split('=');
  const metadata = {
    name,
    ...(namespaced && { namespace }),
    labels: { app: name, [label]: value },
    annotations: { 'example.com/version': `${version}` },
  };
  return dump({ apiVersion, kind, metadata, ...fields(name, version) }, { noRefs: true, lineWidth: -1 });
}
