import type { ObjectId } from '../../../domain/finding.ts';
import type { DesiredObject } from '../../../manifests/desired-object.ts';
import type { Field } from '../field.ts';

/** One object names another. */
export interface Reference {
  readonly from: DesiredObject;
  /** Holds the name. */
  readonly field: Field;
  readonly to: ObjectId;
  /** What has to be in it: keys of a ConfigMap or Secret. */
  readonly keys?: readonly Field[];
  /** What has to be in it: a port of a Service, by name or number. */
  readonly port?: Field;
  /** Nothing stops where it is missing: images may be public, a StatefulSet runs without the names of its pods. */
  readonly mild?: true;
}

/** The kinds that are referred to, in the version to ask a cluster for. */
export const kinds = {
  configMap: { apiVersion: 'v1', kind: 'ConfigMap' },
  secret: { apiVersion: 'v1', kind: 'Secret' },
  claim: { apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
  volume: { apiVersion: 'v1', kind: 'PersistentVolume' },
  serviceAccount: { apiVersion: 'v1', kind: 'ServiceAccount' },
  service: { apiVersion: 'v1', kind: 'Service' },
  priorityClass: { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass' },
  runtimeClass: { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass' },
  storageClass: { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' },
  ingressClass: { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass' },
  role: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role' },
  clusterRole: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' },
} as const;

type Needs = Pick<Reference, 'keys' | 'port' | 'mild'>;

/** Reads references of one object; what names nothing is none. */
export class ReferenceReader {
  readonly #from: DesiredObject;

  constructor(from: DesiredObject) {
    this.#from = from;
  }

  /** An object of the same namespace. */
  near(kind: Pick<ObjectId, 'apiVersion' | 'kind'>, field: Field, needs: Needs = {}): Reference[] {
    return this.far(kind, this.#from.namespace, field, needs);
  }

  clusterWide(kind: Pick<ObjectId, 'apiVersion' | 'kind'>, field: Field): Reference[] {
    return this.far(kind, '', field);
  }

  far(kind: Pick<ObjectId, 'apiVersion' | 'kind'>, namespace: string, field: Field, needs: Needs = {}): Reference[] {
    return field.text === '' ? [] : [{ from: this.#from, field, to: { ...kind, namespace, name: field.text }, ...needs }];
  }
}
