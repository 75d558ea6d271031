import type { DesiredObject } from '../../src/manifests/desired-object.ts';
import { readObjects } from '../../src/manifests/documents.ts';

/** The objects of a YAML text, as an environment reads them. */
export function desired(text: string, file = 'a.yaml'): readonly DesiredObject[] {
  const { objects, findings } = readObjects(Buffer.from(text), { file }, 'refused');
  expect(findings).toEqual([]);
  return objects;
}

/** An object of any value, malformed ones too, at line 1. */
export function objectOf(value: Record<string, unknown>): DesiredObject {
  const { name, namespace } = (value['metadata'] ?? {}) as Record<string, unknown>;
  const text = (part: unknown): string => (typeof part === 'string' ? part : '');
  const place = { file: 'a.yaml', line: 1 };
  return {
    apiVersion: text(value['apiVersion']),
    kind: text(value['kind']),
    namespace: text(namespace),
    name: text(name),
    place,
    body: new Uint8Array(),
    type: 'application/yaml',
    value,
    at: () => place,
  };
}
