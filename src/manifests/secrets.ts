import { isDeepStrictEqual } from 'node:util';
import { record } from './objects.ts';

type Value = Readonly<Record<string, unknown>>;

const hidden = '(hidden)';
/** Says that it changed, and nothing of what it was or is. */
const hiddenChange = '(hidden, changed)';
/** Holds a copy of the whole object. https://kubernetes.io/docs/reference/labels-annotations-taints/#kubectl-kubernetes-io-last-applied-configuration */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Both states of one object with the values of a Secret, and copies of the object in annotations, hidden; whether a value changed is shown, its length is not. */
export function hideSecrets(from: Value, to: Value): readonly [Value, Value] {
  return [hideIn(from, undefined), hideIn(to, from)];
}

/** One state alone, for an object that came or went. */
export const hideSecretsOf = (value: Value): Value => hideIn(value, undefined);

/** All that is no value, and no mistake for one. https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/secret-v1/ */
const plain = new Set(['apiVersion', 'kind', 'metadata', 'type', 'immutable']);

const isSecret = (value: Value): boolean => /^secret$/i.test(String(value['kind'])); // written wrongly, its values are no less secret

function hideIn(value: Value, before: Value | undefined): Value {
  const secret = isSecret(value);
  const shared: Shared = new Map();
  const entries = Object.entries(value).map(([key, part]) => {
    if (key === 'metadata') return [key, hideCopy(record(part), record(before?.['metadata']))];
    if (secret && !plain.has(key)) return [key, hideAll(part, before?.[key], before !== undefined)];
    return [key, hideInside(part, before?.[key], shared)];
  });
  return Object.fromEntries(entries);
}

type Shared = Map<object, unknown>;

/** Templates carry Secrets, too; whatever else says `kind: Secret` merely names one. Aliases make one value of many places: it stays one. */
function hideInside(part: unknown, before: unknown, shared: Shared): unknown {
  if (typeof part !== 'object' || part === null) return part;
  const known = shared.get(part);
  if (known !== undefined) return known;
  shared.set(part, hidden); // what holds itself ends here
  const shown = Array.isArray(part)
    ? part.map((item: unknown, index) => hideInside(item, Array.isArray(before) ? before[index] : undefined, shared))
    : hideFields(record(part), record(before), shared);
  shared.set(part, shown);
  return shown;
}

function hideFields(value: Value, before: Value, shared: Shared): Value {
  const values = isSecret(value) ? ['data', 'stringData'] : [];
  const shown = (key: string, item: unknown): unknown =>
    values.includes(key) ? hideAll(item, before[key], key in before) : hideInside(item, before[key], shared);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(key, item)]));
}

function hideAll(part: unknown, before: unknown, compare: boolean): unknown {
  const shown = (value: unknown, old: unknown): string =>
    !compare || old === undefined || isDeepStrictEqual(old, value) ? hidden : hiddenChange;
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return shown(part, before);
  const old = record(before);
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, shown(value, old[key])]));
}

function hideCopy(metadata: Value, before: Value): Value {
  const annotations = record(metadata['annotations']);
  if (!(lastApplied in annotations)) return metadata;
  const old = record(before['annotations'])[lastApplied];
  const shown = old === undefined || old === annotations[lastApplied] ? hidden : hiddenChange;
  return { ...metadata, annotations: { ...annotations, [lastApplied]: shown } };
}
