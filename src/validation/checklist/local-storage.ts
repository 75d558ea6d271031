import type { DesiredObject } from '../../manifests/desired-object.ts';
import { Field } from '../set/field.ts';
import type { ObjectSet } from '../set/object-set.ts';

export interface LocalStorage {
  isLocalClaim(namespace: string, name: string): boolean;
  /** A claim's template, or a claim. */
  isLocalTemplate(template: Field): boolean;
}

/** Provisioners whose volumes are a disk, or a folder, of one node. */
const provisioners = ['kubernetes.io/no-provisioner', 'rancher.io/local-path', 'openebs.io/local', 'topolvm.io'];

/** What the environment's own volumes, classes and claims say; the cluster's others are unknown. https://kubernetes.io/docs/concepts/storage/volumes/#local */
export function localStorageOf(set: ObjectSet): LocalStorage {
  const volumes = set.ofKind('PersistentVolume').filter(isOnNode);
  const specs = volumes.map(specOf);
  const names = new Set(volumes.map(({ name }) => name));
  const classes = new Set([
    ...set
      .ofKind('storage.k8s.io/StorageClass')
      .filter(isLocalClass)
      .map(({ name }) => name),
    ...specs.map((spec) => spec.at('storageClassName').text).filter((name) => name !== ''),
  ]);
  const isLocalTemplate = (template: Field): boolean =>
    classes.has(template.at('spec', 'storageClassName').text) || names.has(template.at('spec', 'volumeName').text);
  const claims = new Set([
    ...specs.map((spec) => claimKey(spec.at('claimRef', 'namespace').text, spec.at('claimRef', 'name').text)),
    ...set
      .ofKind('PersistentVolumeClaim')
      .filter(({ value }) => isLocalTemplate(new Field(value)))
      .map(({ namespace, name }) => claimKey(namespace, name)),
  ]);
  return { isLocalTemplate, isLocalClaim: (namespace, name) => claims.has(claimKey(namespace, name)) };
}

const specOf = ({ value }: DesiredObject): Field => new Field(value).at('spec');

const claimKey = (namespace: string, name: string): string => `${namespace || 'default'}/${name}`;

const isOnNode = (volume: DesiredObject): boolean => ['local', 'hostPath'].some((source) => specOf(volume).at(source).isThere);

const isLocalClass = ({ value }: DesiredObject): boolean => provisioners.includes(new Field(value).at('provisioner').text);
