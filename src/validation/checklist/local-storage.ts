import type { DesiredObject } from '../../manifests/desired-object.ts';
import { textAt, valueAt } from './values.ts';
import { groupKind, namespaceOf } from './workload.ts';

export interface LocalStorage {
  isLocalClaim(namespace: string, name: string): boolean;
  /** A claim's template, or a claim. */
  isLocalTemplate(template: unknown): boolean;
}

/** Provisioners whose volumes are a disk, or a folder, of one node. */
const provisioners = ['kubernetes.io/no-provisioner', 'rancher.io/local-path', 'openebs.io/local', 'topolvm.io'];

/** What the environment's own volumes, classes and claims say; the cluster's others are unknown. https://kubernetes.io/docs/concepts/storage/volumes/#local */
export function localStorageOf(objects: readonly DesiredObject[]): LocalStorage {
  const volumes = objects.filter((object) => groupKind(object) === '/PersistentVolume' && isOnNode(object));
  const names = new Set(volumes.map(({ name }) => name));
  const claimed = new Set(
    volumes.map(({ value }) => claimKey(textAt(value, 'spec', 'claimRef', 'namespace'), textAt(value, 'spec', 'claimRef', 'name'))),
  );
  const classes = new Set([
    ...objects.filter(isLocalClass).map(({ name }) => name),
    ...volumes.map(({ value }) => textAt(value, 'spec', 'storageClassName')),
  ]);
  classes.delete('');
  const isLocalTemplate = (template: unknown): boolean =>
    classes.has(textAt(template, 'spec', 'storageClassName')) || names.has(textAt(template, 'spec', 'volumeName'));
  const claims = new Map(
    objects
      .filter((object) => groupKind(object) === '/PersistentVolumeClaim')
      .map((object) => [claimKey(namespaceOf(object), object.name), isLocalTemplate(object.value)]),
  );
  return {
    isLocalTemplate,
    isLocalClaim: (namespace, name) => claimed.has(claimKey(namespace, name)) || (claims.get(claimKey(namespace, name)) ?? false),
  };
}

const claimKey = (namespace: string, name: string): string => `${namespace}/${name}`;

const isOnNode = ({ value }: DesiredObject): boolean =>
  ['local', 'hostPath'].some((source) => (valueAt(value, 'spec', source) ?? undefined) !== undefined);

const isLocalClass = (object: DesiredObject): boolean =>
  groupKind(object) === 'storage.k8s.io/StorageClass' && provisioners.includes(textAt(object.value, 'provisioner'));
