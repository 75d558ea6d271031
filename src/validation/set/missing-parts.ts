import type { Finding } from '../../domain/finding.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { Field } from './field.ts';
import { findingAt, type ObjectSet, spoken, spokenNear } from './object-set.ts';
import type { Reference } from './references/reference.ts';

const rule = 'dangling-reference';

/** Keys and ports that the named object, which is in the set, does not have. Always an error: its author wrote all that is in it. */
export function missingParts(references: readonly Reference[], set: ObjectSet): Finding[] {
  return references.flatMap((reference) => {
    const targets = set.get(reference.to);
    return targets.length === 0 ? [] : [...missingKeys(reference, targets), ...missingPort(reference, targets)];
  });
}

const parts = ['data', 'binaryData', 'stringData'];

function missingKeys({ from, to, keys = [] }: Reference, targets: readonly DesiredObject[]): Finding[] {
  const wanted = keys.filter(({ text }) => text !== '');
  if (wanted.length === 0 || targets.some(isFilledLater)) return [];
  const there = targets.flatMap(({ value }) => parts.map((part) => new Field(value).at(part)));
  return wanted
    .filter((key) => !there.some((part) => part.at(key.text).value !== undefined))
    .map((key) =>
      findingAt(from, key.path, {
        severity: 'error',
        rule,
        message: `${spoken(from)} needs the key ${key.text} of ${spokenNear(to, from)}, which has no such key.`,
        help: 'Correct the key, add it there, or set optional: true where the program can do without: its pods will not start otherwise.',
      }),
    );
}

/** Nothing in it, or of a type that a controller fills. https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets */
function isFilledLater({ value }: DesiredObject): boolean {
  const target = new Field(value);
  return target.at('type').text === 'kubernetes.io/service-account-token' || parts.every((part) => target.at(part).entries.length === 0);
}

function missingPort({ from, to, port }: Reference, targets: readonly DesiredObject[]): Finding[] {
  if (port === undefined || !['string', 'number'].includes(typeof port.value)) return [];
  const specs = targets.map(({ value }) => new Field(value).at('spec'));
  const has = specs.some(
    (spec) => spec.at('type').text === 'ExternalName' || spec.at('ports').items.some((own) => isPort(own, port.value)),
  );
  if (has) return [];
  const ports = specs.flatMap((spec) => spec.at('ports').items.map(describePort)).slice(0, 10);
  return [
    findingAt(from, port.path, {
      severity: 'error',
      rule,
      message: `${spoken(from)} sends requests to port ${String(port.value)} of ${spokenNear(to, from)}, which has no such port.`,
      help: ports.length === 0 ? 'That Service has no ports.' : `Its ports are: ${ports.join(', ')}.`,
    }),
  ];
}

const isPort = (own: Field, wanted: unknown): boolean =>
  typeof wanted === 'string' ? own.at('name').text === wanted : own.at('port').value === wanted;

function describePort(own: Field): string {
  const name = own.at('name').text;
  return `${String(own.at('port').value)}${name === '' ? '' : ` (${name})`}`;
}
