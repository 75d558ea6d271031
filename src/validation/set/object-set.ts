import type { Finding, ObjectId } from '../../domain/finding.ts';
import type { DesiredObject, FieldPath } from '../../manifests/desired-object.ts';

export const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '');

/** `apps/Deployment`, and `Service` of the core group; the version is left out. */
export const kindOf = ({ apiVersion, kind }: Pick<ObjectId, 'apiVersion' | 'kind'>): string =>
  [groupOf(apiVersion), kind].filter(Boolean).join('/');

/** Built-in kinds that have no namespace: one that is written nevertheless makes no other object. */
const clusterWide = new Set([
  'Namespace',
  'Node',
  'PersistentVolume',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apiregistration.k8s.io/APIService',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'networking.k8s.io/IngressClass',
  'node.k8s.io/RuntimeClass',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'scheduling.k8s.io/PriorityClass',
  'storage.k8s.io/CSIDriver',
  'storage.k8s.io/StorageClass',
]);

export const isClusterWide = (id: Pick<ObjectId, 'apiVersion' | 'kind'>): boolean => clusterWide.has(kindOf(id));

/** What is left out is `default`: https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/ */
export const namespaceOf = (id: ObjectId): string => (isClusterWide(id) || id.namespace === 'default' ? '' : id.namespace);

/** The same for two objects that are one to the cluster, in whatever version they are written. */
export const identityOf = (id: ObjectId): string => [kindOf(id), namespaceOf(id), id.name].join('\n');

/** `Deployment web in namespace shop` */
export function spoken(id: ObjectId): string {
  const namespace = isClusterWide(id) ? '' : id.namespace;
  return `${id.kind} ${id.name}${namespace === '' ? '' : ` in namespace ${namespace}`}`;
}

/** The namespace left out where it is that of the one who speaks. */
export const spokenNear = (id: ObjectId, from: ObjectId): string =>
  spoken({ ...id, namespace: id.namespace === from.namespace ? '' : id.namespace });

/** `spec.containers[0].image` */
export const spokenPath = (path: FieldPath): string =>
  path.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${key}`)).join('');

/** `manifests/web.yaml:12` */
export function spokenPlace(object: DesiredObject, path: FieldPath): string {
  const { file, line } = object.at(path);
  return `${file}:${line}`;
}

/** Objects by what they are. */
export class ObjectSet {
  readonly objects: readonly DesiredObject[];
  readonly #byIdentity: ReadonlyMap<string, readonly DesiredObject[]>;
  readonly #byKind: ReadonlyMap<string, readonly DesiredObject[]>;
  readonly #byNamespace: ReadonlyMap<string, readonly DesiredObject[]>;

  constructor(objects: readonly DesiredObject[]) {
    this.objects = objects;
    this.#byIdentity = Map.groupBy(objects, identityOf);
    this.#byKind = Map.groupBy(objects, kindOf);
    this.#byNamespace = Map.groupBy(objects, (object) => `${kindOf(object)}\n${namespaceOf(object)}`);
  }

  /** More than one where the set holds it twice. */
  get(id: ObjectId): readonly DesiredObject[] {
    return this.#byIdentity.get(identityOf(id)) ?? [];
  }

  inNamespace(kind: string, namespace: string): readonly DesiredObject[] {
    return this.#byNamespace.get(`${kind}\n${namespace}`) ?? [];
  }

  /** `apps/Deployment`, `Service` */
  ofKind(...kinds: readonly string[]): readonly DesiredObject[] {
    return kinds.flatMap((kind) => this.#byKind.get(kind) ?? []);
  }
}

/** A finding at a field of an object. */
export function findingAt(object: DesiredObject, path: FieldPath, said: Pick<Finding, 'severity' | 'rule' | 'message' | 'help'>): Finding {
  const { apiVersion, kind, namespace, name } = object;
  return { ...said, ...object.at(path), object: { apiVersion, kind, namespace, name } };
}
