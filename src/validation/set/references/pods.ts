import { Field } from '../field.ts';
import { containersOf, type Workload } from '../workloads.ts';
import { kinds, type Reference, ReferenceReader } from './reference.ts';

/** What pods need before they start. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ */
export function podReferences({ object, pod }: Workload): Reference[] {
  const read = new ReferenceReader(object);
  // A claim that a StatefulSet makes takes the place of a volume of its name.
  const templates = new Field(object.value).at('spec', 'volumeClaimTemplates').items;
  const ownClaims = new Set(templates.map((template) => template.at('metadata', 'name').text).filter(Boolean));
  const account = pod.at('serviceAccountName').text === '' ? pod.at('serviceAccount') : pod.at('serviceAccountName');
  return [
    ...read.near(kinds.serviceAccount, account),
    ...read.clusterWide(kinds.priorityClass, pod.at('priorityClassName')),
    ...read.clusterWide(kinds.runtimeClass, pod.at('runtimeClassName')),
    ...pod.at('imagePullSecrets').items.flatMap((item) => read.near(kinds.secret, item.at('name'), { mild: true })),
    ...containersOf(pod).flatMap((container) => environmentReferences(container, read)),
    ...pod
      .at('volumes')
      .items.filter((volume) => !ownClaims.has(volume.at('name').text))
      .flatMap((volume) => volumeReferences(volume, read)),
  ];
}

function environmentReferences(container: Field, read: ReferenceReader): Reference[] {
  const single = container.at('env').items.flatMap((variable) => {
    const source = variable.at('valueFrom');
    return [
      ...keyReference(kinds.configMap, source.at('configMapKeyRef'), read),
      ...keyReference(kinds.secret, source.at('secretKeyRef'), read),
    ];
  });
  const whole = container
    .at('envFrom')
    .items.flatMap((source) => [
      ...keyReference(kinds.configMap, source.at('configMapRef'), read),
      ...keyReference(kinds.secret, source.at('secretRef'), read),
    ]);
  return [...single, ...whole];
}

type Keyed = typeof kinds.configMap | typeof kinds.secret;

function keyReference(kind: Keyed, source: Field, read: ReferenceReader): Reference[] {
  return isOptional(source) ? [] : read.near(kind, source.at('name'), { keys: [source.at('key')] });
}

function volumeReferences(volume: Field, read: ReferenceReader): Reference[] {
  return [
    ...filesReference(kinds.configMap, volume.at('configMap'), 'name', read),
    ...filesReference(kinds.secret, volume.at('secret'), 'secretName', read),
    ...volume
      .at('projected', 'sources')
      .items.flatMap((source) => [
        ...filesReference(kinds.configMap, source.at('configMap'), 'name', read),
        ...filesReference(kinds.secret, source.at('secret'), 'name', read),
      ]),
    ...read.near(kinds.claim, volume.at('persistentVolumeClaim', 'claimName')),
    ...read.clusterWide(kinds.storageClass, volume.at('ephemeral', 'volumeClaimTemplate', 'spec', 'storageClassName')),
  ];
}

function filesReference(kind: Keyed, source: Field, name: string, read: ReferenceReader): Reference[] {
  const keys = source.at('items').items.map((item) => item.at('key'));
  return isOptional(source) ? [] : read.near(kind, source.at(name), { keys });
}

const isOptional = (source: Field): boolean => source.at('optional').value === true;
