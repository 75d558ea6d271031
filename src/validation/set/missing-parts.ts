import type { Finding } from '../../domain/finding.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { Field } from './field.ts';
import { findingAt, type ObjectSet, spoken, spokenNear } from './object-set.ts';
import type { Reference } from './references/reference.ts';

const rule = 'dangling-reference';

/** What an object holds; read once, however many refer to it. */
interface Held {
  /** undefined where somebody else fills it, so that anything may be in it. */
  readonly keys: ReadonlySet<string> | undefined;
  /** Names and numbers; undefined where it is no Service of this cluster. */
  readonly ports: ReadonlySet<unknown> | undefined;
}

/** Keys and ports that the named object, which is in the set, does not have. Always an error: its author wrote all that is in it. */
export function missingParts(references: readonly Reference[], set: ObjectSet): Finding[] {
  const known = new Map<DesiredObject, Held>();
  const heldBy = (object: DesiredObject): Held => {
    const held = known.get(object) ?? { keys: keysOf(object), ports: portsOf(object) };
    known.set(object, held);
    return held;
  };
  return references.flatMap((reference) => {
    if (reference.keys === undefined && reference.port === undefined) return [];
    const targets = set.get(reference.to).map(heldBy);
    return targets.length === 0 ? [] : [...missingKeys(reference, targets), ...missingPort(reference, targets)];
  });
}

/** Nothing in it, or of a type that a controller fills. https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets */
function keysOf({ value }: DesiredObject): ReadonlySet<string> | undefined {
  const target = new Field(value);
  const keys = ['data', 'binaryData', 'stringData'].flatMap((part) => target.at(part).entries.map(([key]) => key));
  return keys.length === 0 || target.at('type').text === 'kubernetes.io/service-account-token' ? undefined : new Set(keys);
}

function portsOf({ value }: DesiredObject): ReadonlySet<unknown> | undefined {
  const spec = new Field(value).at('spec');
  if (spec.at('type').text === 'ExternalName') return undefined;
  return new Set(
    spec
      .at('ports')
      .items.flatMap((port) => [port.at('port').value, port.at('name').value])
      .filter(isPort),
  );
}

const isPort = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';

function missingKeys({ from, to, keys = [] }: Reference, targets: readonly Held[]): Finding[] {
  return keys
    .filter(({ text }) => text !== '' && targets.every((target) => target.keys?.has(text) === false))
    .map((key) =>
      findingAt(from, key.path, {
        severity: 'error',
        rule,
        message: `${spoken(from)} needs the key ${key.text} of ${spokenNear(to, from)}, which has no such key.`,
        help: 'Correct the key, add it there, or set optional: true where the program can do without: its pods will not start otherwise.',
      }),
    );
}

const mostPorts = 10;

function missingPort({ from, to, port }: Reference, targets: readonly Held[]): Finding[] {
  if (port === undefined || !isPort(port.value) || !targets.every(({ ports }) => ports?.has(port.value) === false)) return [];
  const ports = targets.flatMap((target) => [...(target.ports ?? []).values().take(mostPorts)]);
  return [
    findingAt(from, port.path, {
      severity: 'error',
      rule,
      message: `${spoken(from)} sends requests to port ${port.value} of ${spokenNear(to, from)}, which has no such port.`,
      help: ports.length === 0 ? 'That Service has no ports.' : `Its ports are: ${ports.slice(0, mostPorts).join(', ')}.`,
    }),
  ];
}
