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

function hideIn(value: Value, before: Value | undefined): Value {
  const secret = /^secret$/i.test(String(value['kind'])); // written wrongly, its values are no less secret
  const parts = secret ? ['data', 'stringData'] : [];
  const entries = Object.entries(value).map(([key, part]) => {
    if (parts.includes(key)) return [key, hideAll(part, before?.[key], before !== undefined)];
    return [key, key === 'metadata' ? hideCopy(record(part), record(before?.['metadata'])) : part];
  });
  return Object.fromEntries(entries);
}

function hideAll(part: unknown, before: unknown, compare: boolean): unknown {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return hidden;
  const old = record(before);
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, !compare || !(key in old) || old[key] === value ? hidden : hiddenChange]),
  );
}

function hideCopy(metadata: Value, before: Value): Value {
  const annotations = record(metadata['annotations']);
  if (!(lastApplied in annotations)) return metadata;
  const old = record(before['annotations'])[lastApplied];
  const shown = old === undefined || old === annotations[lastApplied] ? hidden : hiddenChange;
  return { ...metadata, annotations: { ...annotations, [lastApplied]: shown } };
}
