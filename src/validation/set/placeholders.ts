import type { Finding } from '../../domain/finding.ts';
import type { DesiredObject, FieldPath } from '../../manifests/desired-object.ts';
import { Field } from './field.ts';
import { findingAt, groupOf, kindOf, spokenPath } from './object-set.ts';

/** What templates and examples leave where a value belongs. */
const shapes: readonly RegExp[] = [
  /\$\{[A-Za-z_]/, // ${TAG}
  /\$[A-Z][A-Z0-9_]+/, // $TAG
  /\$\([A-Za-z_][\w.-]*\)/, // $(TAG)
  /\{\{/, // {{ .Values.tag }}
  /<[A-Za-z][\w .-]*>/, // <REPLACE_ME>
  /%[A-Z][A-Z_]{2}[A-Z0-9_]*%/, // %VERSION%
  /__[A-Z][A-Z0-9_]*__/, // __TAG__
  /@[A-Z][A-Z0-9_]+@/, // @TAG@
  /(?<![a-z0-9])(?:change|replace)[-_]?(?:me|this)(?![a-z0-9])/i, // CHANGEME
  /(?<![a-z0-9])your[-_](?:domain|registry|image|repo|repository|org|organization|company)(?![a-z0-9])/i, // your-registry/web
];

/** What each of them has, and hardly any other text. */
const sign = /[$<%@]|\{\{|__|change|replace|your/i;

/** Kubernetes names and images are shorter. */
const longest = 4096;

export function hasPlaceholder(text: string): boolean {
  const looked = text.slice(0, longest);
  return sign.test(looked) && shapes.some((shape) => shape.test(looked));
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
  return objects.flatMap((object) => {
    const found: FieldPath[] = [];
    const root = new Field(object.value);
    for (const path of pathsToRead(object)) findUnfilled(root.at(...path).value, [...path], found, new Set());
    return found.map((path) => left(object, root.at(...path)));
  });
}

function left(object: DesiredObject, { text, path }: Field): Finding {
  const shown = text.length > 80 ? `${text.slice(0, 79)}…` : text;
  return findingAt(object, path, {
    severity: 'error',
    rule: 'placeholder',
    message: `${spokenPath(path)} is ${shown}: a placeholder that nobody filled in.`,
    help: 'Write the value itself: what stands in the repository is applied as it is, and nothing is put in on the way.',
  });
}

const pathsToRead = (object: DesiredObject): readonly FieldPath[] =>
  builtInGroups.has(groupOf(object.apiVersion)) && !carriesText.has(kindOf(object))
    ? [[]]
    : ['name', 'namespace', 'labels'].map((key) => ['metadata', key]);

/** No object of Kubernetes nests deeper. */
const deepest = 100;

/** `path` leads to the value, and is the same again afterwards. Aliases make one value of many places: each is looked at once. */
function findUnfilled(value: unknown, path: (string | number)[], found: FieldPath[], seen: Set<unknown>): void {
  if (typeof value === 'string') {
    if (hasPlaceholder(value)) found.push([...path]);
    return;
  }
  if (typeof value !== 'object' || value === null || seen.has(value) || path.length > deepest) return;
  seen.add(value);
  const any = Array.isArray(value) || labelMaps.has(String(path.at(-1)));
  for (const [key, item] of Object.entries(value)) {
    if (!any && readByOthers.has(key)) continue;
    path.push(Array.isArray(value) ? Number(key) : key);
    findUnfilled(item, path, found, seen);
    path.pop();
  }
}
