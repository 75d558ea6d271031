import { nearest } from '../domain/nearest.ts';
import type { FieldPath } from '../manifests/desired-object.ts';

/** What to do about what the server says, first match wins. */
const advice: readonly (readonly [says: RegExp, help: string])[] = [
  [
    /quantit(?:y|ies)/i,
    'Write a number with a unit that Kubernetes knows: cpu 500m or 2, memory and storage 128Mi, 1Gi or 1G (not mb, GB or 500mm).',
  ],
  [
    /cannot unmarshal (?:bool|number).* of type string|expected string, got/,
    'Put it in quotes: YAML reads yes, no, on, off, y, n, true and false as truth values, and 1, 1.10 or 0777 as numbers.',
  ],
  [
    /cannot unmarshal string .* of type u?int|expected numeric|invalid type for .* got "string", expected "integer"|must be of type integer: "string"/,
    'Take the quotes away: a number belongs here.',
  ],
  [/cannot unmarshal string .* of type bool|must be of type boolean: "string"|expected boolean/, 'Write true or false without quotes.'],
  [
    /cannot unmarshal (?:object|array)|cannot unmarshal .* of type (?:map\[|\[\]|v\w+\.)|expected (?:list|map)/,
    'The indentation or the dashes are likely wrong: a list is wanted where a map stands, or the other way round.',
  ],
  [/already set in map|duplicate field/, 'Keep one of the two: of a key that is written twice only the last counts.'],
  [
    /duplicate entries for key/,
    'Remove one of the two: server-side apply, which the deployment uses, tells the items apart by these keys.',
  ],
  [
    /managedFields must be nil|was copied from a cluster/,
    'Remove metadata.managedFields (and uid, resourceVersion, creationTimestamp and status): they belong to the cluster that the object was copied from.',
  ],
  [
    /name must be provided/,
    'Write metadata.name instead of generateName: server-side apply, which the deployment uses, makes up no names.',
  ],
  [/`selector` does not match template `labels`/, 'The labels of the pod template must hold everything that spec.selector asks for.'],
  [
    /immutable|may not change|updates to .* are forbidden|may not be (?:changed|updated)|cannot change roleRef/i,
    'This cannot change once the object exists: give the object another name, or delete it in the cluster first, and with it what it holds.',
  ],
  [/illegal base64/, 'Values under data are base64 (echo -n TEXT | base64); plain text belongs under stringData.'],
  [/^namespaces "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?" not found/, 'Add the Namespace to the environment, or correct the name.'],
  [/^namespaces "[^"]*" not found/, 'No namespace can have this name: use lower-case letters, digits and - only, 63 at the most.'],
  [/RFC 1123 subdomain/, 'Use lower-case letters, digits, - and . only, beginning and ending with a letter or digit, 253 at the most.'],
  [
    /RFC 1123 label|RFC 1035 label|DNS-1035 label/,
    'Use lower-case letters, digits and - only, beginning and ending with a letter or digit (a Service begins with a letter), 63 at the most.',
  ],
  [/must be no more than 63 (?:bytes|characters)|must be no more than 15 characters/, 'Shorten it.'],
  [
    /name part must|prefix part|qualified name|a valid label must|a lowercase RFC 1123/,
    'A label or annotation key is [prefix/]name; names and label values have at most 63 letters, digits, -, _ and ., beginning and ending with a letter or digit.',
  ],
  [/Unsupported value/, 'Use one of the values that the server names; upper and lower case count.'],
  [/must be less than or equal to (?:cpu|memory|.* )?limit/, 'Lower the request or raise the limit.'],
  [/must be (?:between 1 and 65535|a valid port)/, 'A port is a number from 1 to 65535.'],
  [/no PriorityClass with name/, 'Add the PriorityClass to this environment, or correct the name.'],
  [/Required value/, 'Add the field.'],
];

/** Characters of a message that are looked at, from each end: what was wrong stands in the middle of it, and may be long. */
const longest = 2000;

export const withoutMiddle = (message: string): string =>
  message.length > 2 * longest ? `${message.slice(0, longest)}${message.slice(-longest)}` : message;

export function helpFor(message: string): string | undefined {
  const text = withoutMiddle(message);
  return advice.find(([says]) => says.test(text))?.[1];
}

/** For a field that the kind does not have: the one most likely meant. */
export function didYouMean(path: FieldPath, known: readonly string[]): string {
  const name = String(path.at(-1) ?? '');
  const meant = nearest(name, known);
  if (meant !== undefined) return `Did you mean ${meant}?`;
  return 'Check its spelling and its indentation: the server drops what it does not know, and the deployment refuses it.';
}
