import type { Finding } from '../../domain/finding.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { Field } from './field.ts';
import { findingAt, groupOf, kindOf, spokenPath } from './object-set.ts';

/** What templates and examples leave where a value belongs. */
const shapes: readonly RegExp[] = [
  /\$\{[A-Za-z_]/, // ${TAG}
  /\$\([A-Za-z_][\w.-]*\)/, // $(TAG)
  /\{\{/, // {{ .Values.tag }}
  /<[A-Za-z][\w .-]*>/, // <REPLACE_ME>
  /%[A-Z][A-Z_]{2}[A-Z0-9_]*%/, // %VERSION%
  /__[A-Z][A-Z0-9_]*__/, // __TAG__
  /@[A-Z][A-Z0-9_]+@/, // @TAG@
  /(?<![a-z0-9])(?:change|replace)[-_]?(?:me|this)(?![a-z0-9])/i, // CHANGEME
  /(?<![a-z0-9])your[-_](?:domain|registry|image|repo|repository|org|organization|company)(?![a-z0-9])/i, // your-registry/web
];

/** Kubernetes names and images are shorter. */
const longest = 4096;

export function hasPlaceholder(text: string): boolean {
  const looked = text.slice(0, longest);
  return shapes.some((shape) => shape.test(looked));
}

/** Programs, not manifests, read what stands here, and each has templates of its own; Kubernetes itself puts variables into some of them. */
const readByOthers = new Set([
  ...['annotations', 'managedFields', 'command', 'args', 'env', 'subPathExpr', 'httpHeaders', 'description', 'caBundle'],
  ...['volumeAttributes', 'parameters', 'mountOptions', 'expression', 'matchConditions', 'conditions', 'filters'],
]);
/** Any key may stand in these. */
const labelMaps = new Set(['labels', 'matchLabels', 'selector', 'nodeSelector']);

/** Of these only the name and the labels are looked at: the rest is text for programs. */
const carriesText = new Set([
  'ConfigMap',
  'Secret',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/MutatingAdmissionPolicy',
]);
/** Others may end in k8s.io, too. */
const builtInGroups = new Set([
  ...['', 'apps', 'batch', 'autoscaling', 'policy', 'networking.k8s.io', 'gateway.networking.k8s.io', 'rbac.authorization.k8s.io'],
  ...['storage.k8s.io', 'scheduling.k8s.io', 'node.k8s.io', 'admissionregistration.k8s.io', 'apiextensions.k8s.io'],
  ...['apiregistration.k8s.io', 'coordination.k8s.io', 'discovery.k8s.io', 'certificates.k8s.io', 'flowcontrol.apiserver.k8s.io'],
]);

/** Templates that nobody filled in, where Kubernetes itself reads the value: images, names, labels, hosts and the like. */
export function placeholders(objects: readonly DesiredObject[]): Finding[] {
  return objects.flatMap((object) => [...fieldsToRead(object)].map((field) => left(object, field)));
}

function left(object: DesiredObject, field: Field): Finding {
  const shown = field.text.length > 80 ? `${field.text.slice(0, 79)}…` : field.text;
  return findingAt(object, field.path, {
    severity: 'error',
    rule: 'placeholder',
    message: `${spokenPath(field.path)} is ${shown}: a placeholder that nobody filled in.`,
    help: 'Write the value itself: what stands in the repository is applied as it is, and nothing is put in on the way.',
  });
}

function* fieldsToRead(object: DesiredObject): Generator<Field> {
  const root = new Field(object.value);
  if (builtInGroups.has(groupOf(object.apiVersion)) && !carriesText.has(kindOf(object))) yield* unfilled(root, new Set());
  else for (const key of ['name', 'namespace', 'labels']) yield* unfilled(root.at('metadata', key), new Set());
}

/** No object of Kubernetes nests deeper. */
const deepest = 100;

/** Aliases make one value of many places: each is looked at once. */
function* unfilled(field: Field, seen: Set<unknown>): Generator<Field> {
  if (typeof field.value === 'string') {
    if (hasPlaceholder(field.value)) yield field;
    return;
  }
  if (typeof field.value !== 'object' || field.value === null || seen.has(field.value) || field.path.length > deepest) return;
  seen.add(field.value);
  const any = labelMaps.has(String(field.path.at(-1)));
  for (const item of field.items) yield* unfilled(item, seen);
  for (const [key, value] of field.entries) if (any || !readByOthers.has(key)) yield* unfilled(value, seen);
}
