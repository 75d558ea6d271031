import type { ObjectId } from '../../domain/finding.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { Field } from './field.ts';
import { groupOf, kindOf, namespaceOf } from './object-set.ts';
import { containersOf, workloadOf } from './workloads.ts';

/** Made in a cluster because of an object of the set; in every namespace where it names none. */
interface Made {
  readonly kind: string;
  readonly name: string;
  readonly everywhere?: true;
}

const secret = (name: string): Made[] => [{ kind: 'Secret', name }];

type Maker = (value: Field, name: string) => readonly Made[];

/** Kinds whose controllers make an object of a name that is known beforehand. */
const makers: ReadonlyMap<string, Maker> = new Map(
  Object.entries<Maker>({
    'cert-manager.io/Certificate': (value) => secret(value.at('spec', 'secretName').text),
    'external-secrets.io/ExternalSecret': (value, name) => secret(value.at('spec', 'target', 'name').text || name),
    'external-secrets.io/ClusterExternalSecret': (value, name) => {
      const target = value.at('spec', 'externalSecretSpec', 'target', 'name').text;
      return [{ kind: 'Secret', name: target || value.at('spec', 'externalSecretName').text || name, everywhere: true }];
    },
    'kubernetes-client.io/ExternalSecret': (_, name) => secret(name),
    'bitnami.com/SealedSecret': (value, name) => [...secret(name), ...secret(value.at('spec', 'template', 'metadata', 'name').text)],
    'isindir.github.com/SopsSecret': (value) => value.at('spec', 'secretTemplates').items.flatMap((item) => secret(item.at('name').text)),
    'onepassword.com/OnePasswordItem': (_, name) => secret(name),
    'secrets.doppler.com/DopplerSecret': (value) => secret(value.at('spec', 'managedSecret', 'name').text),
    'secrets.hashicorp.com/VaultStaticSecret': (value) => secret(value.at('spec', 'destination', 'name').text),
    'secrets.hashicorp.com/VaultDynamicSecret': (value) => secret(value.at('spec', 'destination', 'name').text),
    'secrets.hashicorp.com/VaultPKISecret': (value) => secret(value.at('spec', 'destination', 'name').text),
    'secrets-store.csi.x-k8s.io/SecretProviderClass': (value) =>
      value.at('spec', 'secretObjects').items.flatMap((item) => secret(item.at('secretName').text)),
    'objectbucket.io/ObjectBucketClaim': (_, name) => [...secret(name), { kind: 'ConfigMap', name }],
    'trust.cert-manager.io/Bundle': (_, name) => ['ConfigMap', 'Secret'].map((kind) => ({ kind, name, everywhere: true })),
    'monitoring.coreos.com/Prometheus': () => [{ kind: 'Service', name: 'prometheus-operated' }],
    'monitoring.coreos.com/Alertmanager': () => [{ kind: 'Service', name: 'alertmanager-operated' }],
    'monitoring.coreos.com/ThanosRuler': () => [{ kind: 'Service', name: 'thanos-ruler-operated' }],
    // A program that may reach a Secret of this name by the API keeps it itself.
    'rbac.authorization.k8s.io/Role': (value) =>
      value
        .at('rules')
        .items.filter((rule) => rule.at('resources').items.some(({ text }) => text === 'secrets'))
        .flatMap((rule) => rule.at('resourceNames').items.flatMap(({ text }) => secret(text))),
    'networking.k8s.io/Ingress': certificatesOfIngress,
    Service: (value) =>
      ['service.beta.openshift.io/serving-cert-secret-name', 'service.alpha.openshift.io/serving-cert-secret-name'].flatMap((annotation) =>
        secret(value.at('metadata', 'annotations', annotation).text),
      ),
    // https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage: TEMPLATE-STATEFULSET-0 and on
    'apps/StatefulSet': (value, name) =>
      value
        .at('spec', 'volumeClaimTemplates')
        .items.map((template) => ({ kind: 'PersistentVolumeClaim', name: `${template.at('metadata', 'name').text}-${name}-` })),
  }),
);

/** https://cert-manager.io/docs/usage/ingress/#supported-annotations, and those of others that do the same. */
const certificateAnnotations = new Set([
  'cert-manager.io/issuer',
  'cert-manager.io/cluster-issuer',
  'certmanager.k8s.io/issuer',
  'certmanager.k8s.io/cluster-issuer',
  'kubernetes.io/tls-acme',
  'cert.gardener.cloud/purpose',
]);

function certificatesOfIngress(value: Field): Made[] {
  const annotated = value.at('metadata', 'annotations').entries.some(([key]) => certificateAnnotations.has(key));
  return annotated ? value.at('spec', 'tls').items.flatMap((tls) => secret(tls.at('secretName').text)) : [];
}

/** Groups whose objects are instructions to controllers and give rise to nothing that others refer to, beyond what `makers` says. */
const quiet = new Set([
  ...['', 'apps', 'batch', 'autoscaling', 'policy', 'extensions', 'cert-manager.io', 'acme.cert-manager.io', 'trust.cert-manager.io'],
  ...['external-secrets.io', 'kubernetes-client.io', 'bitnami.com', 'secrets.hashicorp.com', 'onepassword.com', 'isindir.github.com'],
  ...['traefik.io', 'traefik.containo.us', 'networking.istio.io', 'security.istio.io', 'telemetry.istio.io', 'cilium.io', 'keda.sh'],
  ...['crd.projectcalico.org', 'projectcalico.org', 'kyverno.io', 'metallb.io', 'linkerd.io', 'policy.linkerd.io'],
  ...['route.openshift.io', 'projectcontour.io', 'configuration.konghq.com', 'elbv2.k8s.aws', 'karpenter.sh', 'karpenter.k8s.aws'],
  ...['cloud.google.com', 'networking.gke.io'],
]);
const quietKinds = new Set([
  ...['ServiceMonitor', 'PodMonitor', 'PrometheusRule', 'Probe', 'ScrapeConfig', 'AlertmanagerConfig'].map(
    (kind) => `monitoring.coreos.com/${kind}`,
  ),
  ...['Rollout', 'AnalysisTemplate', 'ClusterAnalysisTemplate', 'AppProject'].map((kind) => `argoproj.io/${kind}`),
]);
/** They bring whole sets of objects that we do not see, into any namespace. */
const deliverers = new Set([
  'helm.toolkit.fluxcd.io/HelmRelease',
  'kustomize.toolkit.fluxcd.io/Kustomization',
  'argoproj.io/Application',
  'argoproj.io/ApplicationSet',
  'helm.cattle.io/HelmChart',
]);

/** Operators known to name all that they make after the object that they make it for. */
const namesakes = new Set([
  ...['postgresql.cnpg.io', 'acid.zalan.do', 'pgv2.percona.com', 'pxc.percona.com', 'psmdb.percona.com', 'mysql.oracle.com'],
  ...['k8s.mariadb.com', 'mongodbcommunity.mongodb.com', 'databases.spotahome.com', 'dragonflydb.io', 'scylla.scylladb.com'],
  ...['kafka.strimzi.io', 'rabbitmq.com', 'minio.min.io', 'elasticsearch.k8s.elastic.co', 'kibana.k8s.elastic.co', 'k8s.keycloak.org'],
  ...['monitoring.coreos.com', 'grafana.integreatly.org', 'opentelemetry.io', 'jaegertracing.io', 'loki.grafana.com'],
]);

/** Has a controller that makes objects, as far as we know. */
function isOperated(object: DesiredObject): boolean {
  const group = groupOf(object.apiVersion);
  return !quiet.has(group) && !group.endsWith('.k8s.io') && !quietKinds.has(kindOf(object));
}

/** What the objects of a set make come to be, besides themselves. */
export class Controllers {
  readonly #made = new Set<string>();
  /** Namespaces, and names in them, of objects with a controller of their own. */
  readonly #named = new Set<string>();
  /** Namespaces with an object whose controller may make anything, under any name. */
  readonly #open = new Set<string>();
  readonly #delivers: boolean;

  constructor(objects: readonly DesiredObject[]) {
    for (const object of objects) {
      for (const { kind, name, everywhere } of madeBy(object)) this.#made.add(keyOf(kind, everywhere ? '*' : namespaceOf(object), name));
      if (!isOperated(object)) continue;
      const namespace = deliverers.has(kindOf(object)) ? '' : namespaceOf(object);
      this.#named.add(keyOf(namespace, object.name));
      if (!namesakes.has(groupOf(object.apiVersion))) this.#open.add(namespace);
    }
    this.#delivers = objects.some((object) => deliverers.has(kindOf(object)));
  }

  /** A controller makes it, as far as its name tells. */
  make(id: ObjectId): boolean {
    const [kind, namespace] = [id.kind, namespaceOf(id)];
    const claim = kind === 'PersistentVolumeClaim' ? [id.name.slice(0, id.name.lastIndexOf('-') + 1)] : [];
    const made = [id.name, ...claim].some((name) => ['*', namespace].some((where) => this.#made.has(keyOf(kind, where, name))));
    return made || (['Secret', 'Service'].includes(kind) && this.isNamedAfterOperated(namespace, id.name));
  }

  /** Operators name what they make after what they were asked for: `orders-db-app` for a database `orders-db`; the labels of its pods hold that name, too. */
  isNamedAfterOperated(namespace: string, name: string): boolean {
    if (this.#named.size === 0) return false;
    return partsOf(name).some((part) => [namespace, ''].some((where) => this.#named.has(keyOf(where, part))));
  }

  /** Some controller may make it, of a name that we cannot know. */
  mayMake(id: ObjectId): boolean {
    return this.#delivers || this.#open.has(namespaceOf(id)) || this.isNamedAfterOperated(namespaceOf(id), id.name);
  }
}

/** Names in the arguments of Jobs count too: such a Job makes the certificate of a webhook, and is told the name of its Secret. */
function madeBy(object: DesiredObject): readonly Made[] {
  const value = new Field(object.value);
  const made = makers.get(kindOf(object))?.(value, object.name) ?? [];
  const workload = kindOf(object) === 'batch/Job' ? workloadOf(object) : undefined;
  const words = workload === undefined ? [] : containersOf(workload.pod).flatMap((container) => container.at('args').items);
  return [...made, ...words.flatMap(({ text }) => secret(text.slice(text.lastIndexOf('=') + 1)))];
}

const mostWords = 8;

/** Every run of words in a name: of `a-b.c` these are `a`, `a-b`, `a-b.c`, `b`, `b.c`, `c`. */
function partsOf(name: string): string[] {
  const words = name
    .slice(0, 253)
    .split(/(?=[-.])/)
    .slice(0, mostWords);
  return words.flatMap((_, start) =>
    words.slice(start).map((__, length) =>
      words
        .slice(start, start + length + 1)
        .join('')
        .replace(/^[-.]/, ''),
    ),
  );
}

const keyOf = (...parts: readonly string[]): string => parts.join('\n');
